package io.redrl.web;

import io.redrl.identify.Identification;
import io.redrl.identify.Residual;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A picture that an answer may hold. */
enum Picture {
    /** What was looked at, as viewers turn it. */
    IMAGE {
        @Override
        Optional<Image> of(Identification found) {
            return Optional.of(found.image());
        }
    },
    /** G(I). */
    REPAIRED {
        @Override
        Optional<Image> of(Identification found) {
            return found.repaired();
        }
    },
    /** The magnified perturbation. */
    PERTURBATION {
        @Override
        Optional<Image> of(Identification found) {
            return found.residual().map(Residual::magnified);
        }
    },
    /** The pixels that the image targets. */
    SALIENCY {
        @Override
        Optional<Image> of(Identification found) {
            return found.victim().flatMap(Identification.Victim::saliency).map(Identification.Saliency::overlay);
        }
    };

    abstract Optional<Image> of(Identification found);

    /** Its name in answers. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Those that are wanted and there, as data URIs of PNG files. */
    static Map<String, String> of(Set<Picture> wanted, Identification found) {
        Map<String, String> pictures = new LinkedHashMap<>();
        wanted.forEach(picture -> picture.of(found)
                .ifPresent(image -> pictures.put(
                        picture.id(),
                        "data:image/png;base64," + Base64.getEncoder().encodeToString(ImageCodec.png(image)))));
        return pictures;
    }
}

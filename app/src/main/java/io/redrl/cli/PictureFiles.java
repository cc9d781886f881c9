package io.redrl.cli;

import io.redrl.identify.Identification;
import io.redrl.identify.Identification.Saliency;
import io.redrl.identify.Identification.Victim;
import io.redrl.identify.Residual;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Pictures of identified images as PNG files in one folder, under names made from the images' and never the same twice. */
final class PictureFiles {
    private final Optional<Path> folder;
    private final Set<String> taken = new HashSet<>();
    private boolean written;

    PictureFiles(Optional<Path> folder) {
        this.folder = folder;
    }

    /** Writes what there is; says what under which name. Nothing if no folder is wanted. */
    Map<String, String> write(Identification identification) {
        Map<String, String> files = new LinkedHashMap<>();
        if (folder.isEmpty()) {
            return files;
        }
        String name = free(identification.fileName());
        write(folder.get(), name, "repaired", identification.repaired(), files);
        write(folder.get(), name, "perturbation", identification.residual().map(Residual::magnified), files);
        write(
                folder.get(),
                name,
                "saliency",
                identification.victim().flatMap(Victim::saliency).map(Saliency::overlay),
                files);
        return files;
    }

    /** The folder, if anything was written into it. */
    Optional<Path> written() {
        return written ? folder : Optional.empty();
    }

    private void write(Path folder, String name, String what, Optional<Image> picture, Map<String, String> files) {
        picture.ifPresent(found -> {
            Path file = folder.resolve(name + "-" + what + ".png");
            // Pixel by pixel: a repaired image is to be looked at by networks too.
            ImageCodec.writePng(file, found);
            written = true;
            files.put(what, file.toString());
        });
    }

    private String free(String fileName) {
        String name = fileName.replaceFirst("\\.[^.]*$", "");
        String free = name;
        for (int i = 2; !taken.add(free); i++) {
            free = name + "-" + i;
        }
        return free;
    }
}

package io.redrl.identify;

import io.redrl.base.RedrlException;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reconstruction of images by the G of a recogniser, which is loaded when first needed. */
final class Repair implements AutoCloseable {
    /** Larger images are not repaired: G keeps dozens of maps of an image in memory. */
    static final int MOST_PIXELS = 1 << 20;

    private static final int PIXELS_AT_ONCE = 1 << 16;

    private final Optional<Path> folder;
    private @Nullable Recogniser loaded;

    Repair(Optional<Path> folder) {
        this.folder = folder;
    }

    /** Whether there is a G. */
    boolean isPossible() {
        return folder.isPresent();
    }

    /** G(I) of images of any size, in their order; empty where there is no G or the image is too large. */
    List<Optional<Image>> of(List<Image> images) {
        List<Optional<Image>> repaired =
                new ArrayList<>(java.util.Collections.nCopies(images.size(), Optional.empty()));
        if (folder.isEmpty()) {
            return repaired;
        }
        Map<ImageShape, List<Integer>> byShape = new LinkedHashMap<>();
        for (int i = 0; i < images.size(); i++) {
            Image image = images.get(i);
            if (image.height() * (long) image.width() <= MOST_PIXELS) {
                byShape.computeIfAbsent(image.shape(), key -> new ArrayList<>()).add(i);
            }
        }
        byShape.forEach((shape, places) -> {
            int most = Math.max(1, PIXELS_AT_ONCE / (shape.height() * shape.width()));
            for (int from = 0; from < places.size(); from += most) {
                List<Integer> part = places.subList(from, Math.min(places.size(), from + most));
                List<Image> batch = part.stream().map(images::get).toList();
                List<Image> found = Scopes.valued(
                        () -> Tensors.images(recogniser(folder.get()).reconstruct(Tensors.pixels(batch))));
                for (int i = 0; i < part.size(); i++) {
                    repaired.set(part.get(i), Optional.of(found.get(i)));
                }
            }
        });
        return repaired;
    }

    private Recogniser recogniser(Path model) {
        if (loaded == null) {
            Recogniser opened = Recogniser.load(model);
            if (!opened.hasReconstructor()) {
                opened.close();
                throw new RedrlException(model + " has no reconstructor to repair images with");
            }
            loaded = opened;
        }
        return loaded;
    }

    @Override
    public void close() {
        if (loaded != null) {
            loaded.close();
        }
    }
}

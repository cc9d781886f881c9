package io.redrl.identify;

import io.redrl.base.RedrlException;
import io.redrl.image.Image;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Reconstruction of images by the G of the recogniser that judges, or of another one, which is loaded when first needed. */
final class Repair implements AutoCloseable {
    /** Larger images are not repaired: G keeps dozens of maps of an image in memory. */
    static final int MOST_PIXELS = 1 << 20;

    private final Recogniser judge;
    private final Optional<Path> other;
    private @Nullable Recogniser loaded;

    Repair(Recogniser judge, Optional<Path> other) {
        this.judge = judge;
        this.other = other;
    }

    /** Whether the judge's own G repairs. */
    boolean isJudges() {
        return other.isEmpty() && judge.hasReconstructor();
    }

    /** Whether anybody's G does. */
    boolean isPossible() {
        return other.isPresent() || judge.hasReconstructor();
    }

    /** G(I) where it {@linkplain #isPossible is possible}, clamped to [0, 1], {@code [N,3,H,W]} in the caller's scope. */
    Tensor of(Tensor images) {
        return recogniser().reconstruct(images);
    }

    /** The same for an image of any size; null if there is no G, or the image is too large. */
    @Nullable
    Image of(Image image) {
        if (!isPossible() || image.height() * (long) image.width() > MOST_PIXELS) {
            return null;
        }
        return Scopes.valued(() -> Tensors.images(of(Tensors.pixels(List.of(image)))))
                .get(0);
    }

    private Recogniser recogniser() {
        if (other.isEmpty()) {
            return judge;
        }
        if (loaded == null) {
            Recogniser opened = Recogniser.load(other.get());
            if (!opened.hasReconstructor()) {
                opened.close();
                throw new RedrlException(other.get() + " has no reconstructor to repair images with");
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

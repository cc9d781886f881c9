package io.redrl.identify;

import io.redrl.base.Checks;
import io.redrl.image.ImageShape;
import io.redrl.image.Picture;
import io.redrl.image.Scaling;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Repairs images by the G of the recogniser that judges, or of another one, which is loaded when first needed. */
final class Repair implements AutoCloseable {
    /** Larger images are not repaired: G keeps dozens of maps of an image in memory. */
    private static final int MOST_PIXELS = 1 << 20;

    private static final int LONGEST_SIDE_SHOWN = 1024;

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

    /** The same for grey levels of any size; null if there is no G, or the image is too large. */
    byte @Nullable [] of(byte[] pixels, ImageShape shape) {
        if (!isPossible() || shape.height() * (long) shape.width() > MOST_PIXELS) {
            return null;
        }
        return Scopes.valued(() -> Tensors.greyLevels(of(tensor(List.of(pixels), shape))));
    }

    private Recogniser recogniser() {
        if (other.isEmpty()) {
            return judge;
        }
        if (loaded == null) {
            Recogniser opened = Recogniser.load(other.get());
            if (!opened.hasReconstructor()) {
                opened.close();
                Checks.require(false, "%s has no reconstructor to repair images with", other.get());
            }
            loaded = opened;
        }
        return loaded;
    }

    /** Images of one size as a batch in [0, 1], in the caller's scope. */
    static Tensor tensor(List<byte[]> images, ImageShape shape) {
        byte[] all = new byte[images.size() * shape.values()];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i), 0, all, i * shape.values(), shape.values());
        }
        return Tensors.pixels(all, images.size(), shape.channels(), shape.height(), shape.width());
    }

    /** What there is to show. */
    static Identification.Pictures pictures(
            byte[] pixels, byte @Nullable [] repaired, @Nullable Residual residual, ImageShape shape, int gain) {
        return new Identification.Pictures(
                picture(pixels, shape),
                Optional.ofNullable(repaired).map(levels -> picture(levels, shape)),
                Optional.ofNullable(residual).map(differences -> picture(differences.shown(gain), shape)),
                Optional.empty());
    }

    private static Picture picture(byte[] pixels, ImageShape shape) {
        ImageShape shown = shape.height() * (long) shape.width() <= MOST_PIXELS
                ? shape
                : Scaling.within(shape, LONGEST_SIDE_SHOWN);
        return Picture.of(
                shown.height(), shown.width(), shown.equals(shape) ? pixels : Scaling.scaled(pixels, shape, shown));
    }

    @Override
    public void close() {
        if (loaded != null) {
            loaded.close();
        }
    }
}

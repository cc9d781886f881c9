package io.redrl.adversarial;

import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.image.ImageShape;
import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Many images as one tensor in native memory, as small as they are stored: the one place where rows of a set become a
 * tensor. Closing it frees the memory, unless that is lent.
 *
 * @param packed {@code [N,C,H,W]} uint8 (grey levels) or float32 in [0, 1]
 * @param owned whether closing this frees it
 */
public record ImageStack(Tensor packed, boolean owned) implements AutoCloseable {
    private static final double WHITE = 255;

    /** Rows at hand as images, {@code [N,C,H,W]} float32 in [0, 1]; joins the caller's scope. */
    public static Tensor pixels(List<AdversarialExample> rows) {
        return Scopes.scopedNoGrad(() -> floats(ComputeDevice.place(packed(rows))));
    }

    /**
     * The images of rows: 8-bit if all of them are stored so.
     *
     * @param rows of one shape, at least one
     */
    public static ImageStack of(List<AdversarialExample> rows) {
        return new ImageStack(Scopes.valuedNoGrad(() -> Scopes.owned(packed(rows))), true);
    }

    /**
     * 8-bit images.
     *
     * @param pixels of each of {@code count} images, {@code [C,H,W]}
     */
    public static ImageStack of(int count, ImageShape shape, IntFunction<byte[]> pixels) {
        return new ImageStack(
                Scopes.valuedNoGrad(() -> Scopes.owned(packed(count, shape, ScalarType.Byte, pixels))), true);
    }

    /** Images that somebody else frees. */
    static ImageStack lent(Tensor packed) {
        return new ImageStack(packed, false);
    }

    private static Tensor packed(List<AdversarialExample> rows) {
        Checks.require(!rows.isEmpty(), "no rows: a tensor of images needs at least one");
        ImageShape shape = rows.get(0).image().shape();
        for (AdversarialExample row : rows) {
            Checks.require(
                    row.image().shape().equals(shape),
                    "images of one tensor must have one shape, got %s and %s",
                    shape,
                    row.image().shape());
        }
        return rows.stream().allMatch(row -> row.image().storage() == Storage.UINT8)
                ? packed(rows.size(), shape, ScalarType.Byte, i -> rows.get(i)
                        .image()
                        .bytes())
                : packed(rows.size(), shape, ScalarType.Float, i -> rows.get(i)
                        .image()
                        .floatBytes());
    }

    /** Filled in place: sets may be larger than any Java array. */
    private static Tensor packed(int count, ImageShape shape, ScalarType type, IntFunction<byte[]> bytes) {
        Tensor tensor = torch.empty(
                new long[] {count, shape.channels(), shape.height(), shape.width()},
                new TensorOptions(type),
                new MemoryFormatOptional());
        BytePointer target = new BytePointer(tensor.data_ptr());
        for (int i = 0; i < count; i++) {
            byte[] image = bytes.apply(i);
            target.position((long) i * image.length).put(image, 0, image.length);
        }
        return tensor;
    }

    private static Tensor floats(Tensor packed) {
        return packed.scalar_type().intern() == ScalarType.Byte
                ? packed.to(ScalarType.Float).div(new Scalar(WHITE))
                : packed;
    }

    /**
     * Some of the images.
     *
     * @param places of each
     * @param flips whether each is mirrored
     * @return {@code [N,C,H,W]} float32 in [0, 1]; caller's scope
     */
    public Tensor at(long[] places, boolean[] flips) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = floats(Tensors.picked(packed, places));
            long[] mask = new long[flips.length];
            boolean any = false;
            for (int i = 0; i < flips.length; i++) {
                mask[i] = flips[i] ? 1 : 0;
                any |= flips[i];
            }
            if (!any) {
                return images;
            }
            Tensor mirrored = Tensors.longs(mask).to(ScalarType.Bool).reshape(-1, 1, 1, 1);
            return torch.where(mirrored, images.flip(3), images);
        });
    }

    @Override
    public void close() {
        if (owned) {
            packed.close();
        }
    }
}

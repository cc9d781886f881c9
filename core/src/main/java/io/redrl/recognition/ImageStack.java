package io.redrl.recognition;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.Storage;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Many images as one tensor of native memory, as small as they are stored. Closing it frees the memory.
 *
 * @param packed {@code [N,C,H,W]} uint8 (grey levels) or float32 in [0, 1]; owned
 */
record ImageStack(Tensor packed) implements AutoCloseable {
    private static final double WHITE = 255;

    /** The images of rows: 8-bit if all of them are stored so. */
    static ImageStack of(List<AdversarialExample> rows, ImageShape shape) {
        boolean floats = rows.stream().anyMatch(row -> row.image().storage() == Storage.FLOAT32);
        int values = shape.values();
        return packed(rows.size(), shape, floats, (target, i) -> {
            AdversarialExample row = rows.get(i);
            if (floats && row.image().storage() == Storage.UINT8) {
                float[] scaled = new float[values];
                for (int v = 0; v < values; v++) {
                    scaled[v] = (row.pixels()[v] & 0xff) / (float) WHITE;
                }
                new FloatPointer(target).position((long) i * values).put(scaled, 0, values);
            } else {
                put(target, i, row.pixels());
            }
        });
    }

    /** 8-bit images. */
    static ImageStack of(int count, ImageShape shape, IntFunction<byte[]> pixels) {
        return packed(count, shape, false, (target, i) -> put(target, i, pixels.apply(i)));
    }

    private static void put(BytePointer target, int place, byte[] bytes) {
        target.position((long) place * bytes.length).put(bytes, 0, bytes.length);
    }

    @FunctionalInterface
    private interface Writer {
        void write(BytePointer target, int place);
    }

    /** Filled in place: sets may be larger than any Java array. */
    private static ImageStack packed(int count, ImageShape shape, boolean floats, Writer writer) {
        return new ImageStack(Scopes.valuedNoGrad(() -> {
            Tensor tensor = torch.empty(
                    new long[] {count, shape.channels(), shape.height(), shape.width()},
                    new TensorOptions(floats ? ScalarType.Float : ScalarType.Byte),
                    new MemoryFormatOptional());
            for (int i = 0; i < count; i++) {
                writer.write(new BytePointer(tensor.data_ptr()), i);
            }
            return Scopes.owned(tensor);
        }));
    }

    /**
     * Some of the images.
     *
     * @param places of each
     * @param flips whether each is mirrored
     * @return {@code [N,C,H,W]} float32 in [0, 1]; caller's scope
     */
    Tensor at(long[] places, boolean[] flips) {
        return Scopes.scopedNoGrad(() -> {
            Tensor picked = packed.index_select(0, Tensors.longs(places)).to(ScalarType.Float);
            Tensor images = packed.scalar_type().intern() == ScalarType.Byte ? picked.div(new Scalar(WHITE)) : picked;
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
        packed.close();
    }
}

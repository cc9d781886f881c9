package io.redrl.adversarial;

import io.redrl.base.RedrlException;
import io.redrl.data.ImageDataset;
import io.redrl.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Rows of an adversarial set as tensors. */
public final class RowTensors {
    private RowTensors() {}

    /**
     * The images as stored.
     *
     * @param rows images of one size, at least one
     * @return {@code [N,3,H,W]} float32 in [0, 1], in the caller's scope
     */
    public static Tensor adversarial(List<AdversarialExample> rows) {
        AdversarialExample first = rows.get(0);
        int values = 3 * first.height() * first.width();
        float[] pixels = new float[Math.multiplyExact(rows.size(), values)];
        for (int i = 0; i < rows.size(); i++) {
            AdversarialExample row = rows.get(i);
            if (row.height() != first.height() || row.width() != first.width()) {
                throw new RedrlException("images of one batch must have one size, got %d × %d and %d × %d"
                        .formatted(first.height(), first.width(), row.height(), row.width()));
            }
            copy(row, pixels, i * values, values);
        }
        return Tensors.floats(pixels, rows.size(), 3, first.height(), first.width());
    }

    private static void copy(AdversarialExample row, float[] to, int start, int values) {
        byte[] bytes = row.pixels();
        boolean floats = row.storage().equals("float32");
        if (bytes.length != (floats ? 4 * values : values)) {
            throw new RedrlException("image %d of %s has %d bytes, expected %d"
                    .formatted(row.index(), row.attack(), bytes.length, floats ? 4 * values : values));
        }
        if (floats) {
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(to, start, values);
        } else {
            for (int k = 0; k < values; k++) {
                to[start + k] = (bytes[k] & 0xff) / 255f;
            }
        }
    }

    /**
     * The clean images that the rows were made from.
     *
     * @param data the split that the rows' indices belong to
     * @return {@code [N,3,H,W]} float32 in [0, 1], in the caller's scope
     */
    public static Tensor clean(List<AdversarialExample> rows, ImageDataset data) {
        int[] indices = rows.stream().mapToInt(AdversarialExample::index).toArray();
        return Tensors.pixels(
                data.pixels(indices),
                rows.size(),
                3,
                data.shape().height(),
                data.shape().width());
    }
}

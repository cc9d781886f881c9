package io.redrl.adversarial;

import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;

/** Pixels to the bytes of a row and back: grey levels rounded half up, or little-endian float32. */
final class StoredPixels {
    private StoredPixels() {}

    /** The name of a storage in rows. */
    static String name(Storage storage) {
        return storage.name().toLowerCase(Locale.ROOT);
    }

    /** The storage of this name. */
    static Storage storage(String name) {
        for (Storage storage : Storage.values()) {
            if (name(storage).equals(name)) {
                return storage;
            }
        }
        throw new RedrlException("Unknown storage " + name + "; known: uint8, float32");
    }

    private static int bytesPerValue(Storage storage) {
        return storage == Storage.UINT8 ? 1 : Float.BYTES;
    }

    /** The bytes of {@code images} ({@code [N,C,H,W]} float32 in [0, 1]), one array per image. */
    static byte[][] encode(Tensor images, Storage storage) {
        int n = Math.toIntExact(Tensors.shape(images)[0]);
        byte[] all;
        if (storage == Storage.UINT8) {
            all = Tensors.greyLevels(images);
        } else {
            float[] floats = Tensors.toFloats(images);
            ByteBuffer buffer = ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            buffer.asFloatBuffer().put(floats);
            all = buffer.array();
        }
        byte[][] rows = new byte[n][all.length / n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(all, i * rows[i].length, rows[i], 0, rows[i].length);
        }
        return rows;
    }

    /** The number of channels of a row. */
    static int channels(AdversarialExample row) {
        return row.pixels().length / (row.height() * row.width() * bytesPerValue(storage(row.storage())));
    }

    /** The float32 values of a row, in [0, 1]. */
    static float[] floats(AdversarialExample row) {
        byte[] pixels = row.pixels();
        if (storage(row.storage()) == Storage.UINT8) {
            float[] values = new float[pixels.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (pixels[i] & 0xff) / 255f;
            }
            return values;
        }
        FloatBuffer buffer =
                ByteBuffer.wrap(pixels).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    /** The grey levels of a row; float32 rows are rounded half up. */
    static byte[] greyLevels(AdversarialExample row) {
        if (storage(row.storage()) == Storage.UINT8) {
            return row.pixels();
        }
        float[] values = floats(row);
        return Scopes.valued(() -> Tensors.greyLevels(Tensors.floats(values, values.length)));
    }

    /** The images of several rows, {@code [N,C,H,W]} float32 in [0, 1], in the caller's scope. */
    static Tensor tensor(List<AdversarialExample> rows) {
        Checks.require(!rows.isEmpty(), "no rows: pixels need at least one");
        AdversarialExample first = rows.get(0);
        int channels = channels(first);
        int values = channels * first.height() * first.width();
        float[] all = new float[Math.multiplyExact(rows.size(), values)];
        for (int i = 0; i < rows.size(); i++) {
            AdversarialExample row = rows.get(i);
            Checks.require(
                    row.height() == first.height() && row.width() == first.width(),
                    "rows of one tensor must have one size, got %dx%d and %dx%d",
                    first.height(),
                    first.width(),
                    row.height(),
                    row.width());
            System.arraycopy(floats(row), 0, all, i * values, values);
        }
        return Scopes.scoped(() -> Tensors.floats(all, rows.size(), channels, first.height(), first.width()));
    }
}

package io.redrl.adversarial;

import com.jerolba.carpet.annotation.NotNull;
import com.jerolba.carpet.annotation.ParquetString;
import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.bytedeco.pytorch.Tensor;

/**
 * An image as an adversarial set stores it: 8-bit grey levels, or float32 as an attack left it.
 *
 * @param height in pixels
 * @param width in pixels
 * @param storage of each value
 * @param pixels C·H·W values, channel by channel, rows from top to bottom: unsigned grey levels, or little-endian float32 in
 *     [0, 1]
 */
public record StoredImage(
        int height,
        int width,
        @NotNull @ParquetString Storage storage,
        @NotNull Binary pixels) {
    /** Checks that the pixels fill whole channels. */
    public StoredImage {
        Checks.positive("height of a stored image", height);
        Checks.positive("width of a stored image", width);
        // A reader may lend its own buffer, or a slice of a page.
        pixels = Binary.fromConstantByteArray(pixels.copy().getBytesUnsafe());
        Checks.require(
                pixels.length() % Math.multiplyExact(Math.multiplyExact(height, width), storage.bytes()) == 0,
                "an image of %d×%d stored as %s has %d bytes, which are no whole number of channels: the set is damaged",
                height,
                width,
                storage,
                pixels.length());
    }

    /** An image whose bytes are these, not copied: nobody writes into them from now on. */
    public static StoredImage of(int height, int width, Storage storage, byte[] bytes) {
        return new StoredImage(height, width, storage, Binary.fromConstantByteArray(bytes));
    }

    /** Each of {@code [N,C,H,W]} float32 in [0, 1]; grey levels are rounded half up. */
    public static List<StoredImage> of(Tensor images, Storage storage) {
        int n = Math.toIntExact(images.size(0));
        byte[] all = storage == Storage.UINT8 ? Tensors.greyLevels(images) : bytes(Tensors.toFloats(images));
        int each = all.length / n;
        List<StoredImage> stored = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            byte[] own = Arrays.copyOfRange(all, i * each, (i + 1) * each);
            stored.add(of((int) images.size(2), (int) images.size(3), storage, own));
        }
        return stored;
    }

    /** The same image without its pixels: all that statistics need, at a hundredth of the memory. */
    StoredImage withoutPixels() {
        return new StoredImage(height, width, storage, Binary.EMPTY);
    }

    /** Channels, height and width. */
    public ImageShape shape() {
        return new ImageShape(pixels.length() / (height * width * storage.bytes()), height, width);
    }

    /** The pixels as they are stored; not to be written into. */
    public byte[] bytes() {
        return pixels.getBytesUnsafe();
    }

    /** The pixels as little-endian float32 in [0, 1]. */
    byte[] floatBytes() {
        return storage == Storage.FLOAT32 ? bytes() : bytes(floats());
    }

    /** The pixels in [0, 1]. */
    float[] floats() {
        byte[] bytes = bytes();
        float[] values = new float[bytes.length / storage.bytes()];
        if (storage == Storage.FLOAT32) {
            buffer(bytes).get(values);
        } else {
            for (int i = 0; i < values.length; i++) {
                values[i] = (bytes[i] & 0xff) / 255f;
            }
        }
        return values;
    }

    /** The image in 8 bits; float32 is rounded half up. */
    public Image rounded() {
        return new Image(shape(), greyLevels());
    }

    /** The grey levels; float32 is rounded half up. */
    byte[] greyLevels() {
        return storage == Storage.UINT8
                ? bytes()
                : Scopes.valued(() -> {
                    float[] values = floats();
                    return Tensors.greyLevels(Tensors.floats(values, values.length));
                });
    }

    private static byte[] bytes(float[] values) {
        byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
        buffer(bytes).put(values);
        return bytes;
    }

    private static FloatBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
}

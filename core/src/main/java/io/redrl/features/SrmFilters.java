package io.redrl.features;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * SRM filters: fixed high-pass filters of the spatial rich model (Fridrich and Kodovský, "Rich Models for Steganalysis of Digital
 * Images", 2012) on each colour.
 *
 * <p>Differences of first, second and third order along rows and columns, and the 3×3 and 5×5 square kernels, each divided by the
 * weight of its centre pixel.
 */
public final class SrmFilters {
    private static final float[][] ROWS = {{0, 0, -1, 1, 0}, {0, 0.5f, -1, 0.5f, 0}, {0, 1 / 3f, -1, 1, -1 / 3f}};
    private static final float[][] SQUARE_3 = {{-0.25f, 0.5f, -0.25f}, {0.5f, -1, 0.5f}, {-0.25f, 0.5f, -0.25f}};
    private static final float[][] SQUARE_5 = {
        {-1 / 12f, 2 / 12f, -2 / 12f, 2 / 12f, -1 / 12f},
        {2 / 12f, -6 / 12f, 8 / 12f, -6 / 12f, 2 / 12f},
        {-2 / 12f, 8 / 12f, -1, 8 / 12f, -2 / 12f},
        {2 / 12f, -6 / 12f, 8 / 12f, -6 / 12f, 2 / 12f},
        {-1 / 12f, 2 / 12f, -2 / 12f, 2 / 12f, -1 / 12f}
    };
    private static final int SIZE = 5;

    /** Filters per colour. */
    public static final int KERNELS = 8;

    /** Maps in all: every filter on every colour. */
    public static final int MAPS = 3 * KERNELS;

    private SrmFilters() {}

    /**
     * The maps of images; at the border the image is continued by its own edge pixels, so that flat images give zero
     * everywhere.
     *
     * @param images {@code [N,3,H,W]} float32 in [0, 1]
     * @return {@code [N,24,H,W]} float32, the eight maps of red first; caller's scope
     */
    public static Tensor maps(Tensor images) {
        return Scopes.scopedNoGrad(() -> {
            Tensor padded = torch.replication_pad2d(images.contiguous(), SIZE / 2, SIZE / 2, SIZE / 2, SIZE / 2);
            Tensor kernels = Tensors.floats(kernels(), MAPS, 1, SIZE, SIZE);
            return torch.conv2d(
                    padded, kernels, new TensorOptional(), new long[] {1, 1}, new long[] {0, 0}, new long[] {1, 1}, 3);
        });
    }

    private static float[] kernels() {
        float[] all = new float[MAPS * SIZE * SIZE];
        for (int colour = 0; colour < 3; colour++) {
            int at = colour * KERNELS;
            for (float[] row : ROWS) {
                for (int i = 0; i < SIZE; i++) {
                    set(all, at, SIZE / 2, i, row[i]);
                    set(all, at + 1, i, SIZE / 2, row[i]);
                }
                at += 2;
            }
            square(all, at, SQUARE_3);
            square(all, at + 1, SQUARE_5);
        }
        return all;
    }

    private static void square(float[] all, int map, float[][] kernel) {
        int margin = (SIZE - kernel.length) / 2;
        for (int y = 0; y < kernel.length; y++) {
            for (int x = 0; x < kernel.length; x++) {
                set(all, map, y + margin, x + margin, kernel[y][x]);
            }
        }
    }

    private static void set(float[] all, int map, int y, int x, float value) {
        all[(map * SIZE + y) * SIZE + x] = value;
    }
}

package io.redrl.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final ImageShape SHAPE = new ImageShape(2, 3, 4);

    private static byte[] numbered() {
        byte[] image = new byte[SHAPE.values()];
        for (int i = 0; i < image.length; i++) {
            image[i] = (byte) (i + 1);
        }
        return image;
    }

    /** The slow definition: value at (c, y, x) of the image mirrored, then moved by (down, right). */
    private static byte[] moved(byte[] image, boolean flip, int down, int right) {
        byte[] out = new byte[image.length];
        for (int c = 0; c < 2; c++) {
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 4; x++) {
                    int fromY = y - down;
                    int fromX = x - right;
                    if (fromY >= 0 && fromY < 3 && fromX >= 0 && fromX < 4) {
                        out[(c * 3 + y) * 4 + x] = image[(c * 3 + fromY) * 4 + (flip ? 3 - fromX : fromX)];
                    }
                }
            }
        }
        return out;
    }

    @Property(tries = 200)
    void givesOneOfTheMirroredAndMovedImages(@ForAll long seed, @ForAll @IntRange(max = 5) int padding) {
        byte[] image = numbered();
        byte[] out = new byte[image.length + 3];
        new Augmentation(true, padding).apply(image, SHAPE, new Seed(seed), out, 3);
        byte[] got = Arrays.copyOfRange(out, 3, out.length);
        boolean known = false;
        for (int down = -padding; down <= padding; down++) {
            for (int right = -padding; right <= padding; right++) {
                known |= Arrays.equals(got, moved(image, false, down, right))
                        || Arrays.equals(got, moved(image, true, down, right));
            }
        }
        assertThat(known).isTrue();
        assertThat(out).startsWith(0, 0, 0);
    }

    @Test
    void leavesTheImageAloneWhenItMayNeitherFlipNorMove() {
        byte[] out = new byte[SHAPE.values()];
        new Augmentation(false, 0).apply(numbered(), SHAPE, new Seed(1), out, 0);
        assertThat(out).isEqualTo(numbered());
    }

    @Test
    void reachesEveryVariantAndRepeatsItself() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            byte[] first = new byte[SHAPE.values()];
            byte[] second = new byte[SHAPE.values()];
            new Augmentation(true, 1).apply(numbered(), SHAPE, new Seed(i), first, 0);
            new Augmentation(true, 1).apply(numbered(), SHAPE, new Seed(i), second, 0);
            assertThat(second).isEqualTo(first);
            seen.add(Arrays.toString(first));
        }
        assertThat(seen).hasSize(2 * 3 * 3);
    }
}

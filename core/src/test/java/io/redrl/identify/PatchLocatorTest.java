package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.image.ImageShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchLocatorTest {
    private static final ImageShape SHAPE = ImageShape.square(32);

    private static Box best(byte[] pixels, ImageShape shape) {
        return PatchLocator.best(ChromaResidual.of(pixels, shape)).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"3,20,8,8,4", "0,0,16,16,2", "14,9,5,9,8", "24,24,8,8,16"})
    void aPatchIsFoundWhereItIs(int left, int top, int width, int height, int level) {
        Box patch = new Box(left, top, width, height, 1);
        for (int seed = 0; seed < 5; seed++) {
            byte[] pixels = MadeImages.grained(MadeImages.smooth(SHAPE, seed), SHAPE, patch, level, false);
            Box found = best(pixels, SHAPE);
            // The filter sees one pixel further than the patch, so that small boxes are large by comparison.
            assertThat(MadeImages.overlap(found, patch))
                    .as("%s for %s", found, patch)
                    .isGreaterThan(0.5);
            assertThat(found.share()).isGreaterThan(PatchLocator.SHARE_OF_ITSELF);
        }
    }

    @Test
    void grainAllOverIsNoBox() {
        byte[] pixels = MadeImages.grained(MadeImages.smooth(SHAPE, 1), SHAPE, MadeImages.whole(SHAPE), 8, false);
        assertThat(best(pixels, SHAPE).share()).isLessThan(PatchLocator.SHARE_OF_A_PATCH / 2);
    }

    @Test
    void textureInWhichAllColoursAgreeIsNotTakenForAPatch() {
        Box texture = new Box(4, 4, 10, 10, 1);
        Box patch = new Box(18, 18, 8, 8, 1);
        byte[] pixels = MadeImages.grained(MadeImages.smooth(SHAPE, 2), SHAPE, texture, 25, true);
        pixels = MadeImages.grained(pixels, SHAPE, patch, 4, false);
        assertThat(MadeImages.overlap(best(pixels, SHAPE), patch)).isGreaterThan(0.6);
    }

    @Test
    void largeImagesAreSearchedInCells() {
        ImageShape large = new ImageShape(3, 300, 200);
        Box patch = new Box(60, 120, 50, 60, 1);
        byte[] pixels = MadeImages.grained(MadeImages.smooth(large, 3), large, patch, 6, false);
        Box found = best(pixels, large);
        assertThat(MadeImages.overlap(found, patch))
                .as("%s for %s", found, patch)
                .isGreaterThan(0.6);
        assertThat(found.left() + found.width()).isLessThanOrEqualTo(200);
    }

    @Test
    void nothingIsFoundInFlatOrTinyImages() {
        assertThat(PatchLocator.best(ChromaResidual.of(new byte[SHAPE.values()], SHAPE)))
                .isEmpty();
        ImageShape tiny = new ImageShape(3, 7, 40);
        byte[] grain = MadeImages.grained(new byte[tiny.values()], tiny, new Box(2, 2, 4, 4, 1), 9, false);
        assertThat(PatchLocator.best(ChromaResidual.of(grain, tiny))).isEmpty();
    }
}

package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.testing.MadeImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchLocatorTest {
    private static final ImageShape SHAPE = ImageShape.square(32);

    private static Box best(Image image) {
        return PatchLocator.best(ChromaResidual.of(image)).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"3,20,8,8,4", "0,0,16,16,2", "14,9,5,9,8", "24,24,8,8,16"})
    void aPatchIsFoundWhereItIs(int left, int top, int width, int height, int level) {
        Box patch = new Box(left, top, width, height, 1);
        for (int seed = 0; seed < 5; seed++) {
            Image image = MadeImages.grained(MadeImages.smooth(SHAPE, seed), patch, level, false);
            Box found = best(image);
            // The filter sees one pixel further than the patch, so that small boxes are large by comparison.
            assertThat(MadeImages.overlap(found, patch))
                    .as("%s for %s", found, patch)
                    .isGreaterThan(0.5);
            assertThat(found.share()).isGreaterThan(PatchLocator.SHARE_OF_ITSELF);
        }
    }

    @Test
    void grainAllOverIsNoBox() {
        Image image = MadeImages.grained(MadeImages.smooth(SHAPE, 1), MadeImages.whole(SHAPE), 8, false);
        assertThat(best(image).share()).isLessThan(PatchLocator.SHARE_OF_A_PATCH / 2);
    }

    @Test
    void textureInWhichAllColoursAgreeIsNotTakenForAPatch() {
        Box texture = new Box(4, 4, 10, 10, 1);
        Box patch = new Box(18, 18, 8, 8, 1);
        Image image = MadeImages.grained(MadeImages.smooth(SHAPE, 2), texture, 25, true);
        image = MadeImages.grained(image, patch, 4, false);
        assertThat(MadeImages.overlap(best(image), patch)).isGreaterThan(0.6);
    }

    @Test
    void largeImagesAreSearchedInCells() {
        ImageShape large = new ImageShape(3, 300, 200);
        Box patch = new Box(60, 120, 50, 60, 1);
        Image image = MadeImages.grained(MadeImages.smooth(large, 3), patch, 6, false);
        Box found = best(image);
        assertThat(MadeImages.overlap(found, patch))
                .as("%s for %s", found, patch)
                .isGreaterThan(0.6);
        assertThat(found.left() + found.width()).isLessThanOrEqualTo(200);
    }

    @Test
    void nothingIsFoundInFlatOrTinyImages() {
        assertThat(PatchLocator.best(ChromaResidual.of(new Image(SHAPE, new byte[SHAPE.values()]))))
                .isEmpty();
        ImageShape tiny = new ImageShape(3, 7, 40);
        Image grain = MadeImages.grained(new Image(tiny, new byte[tiny.values()]), new Box(2, 2, 4, 4, 1), 9, false);
        assertThat(PatchLocator.best(ChromaResidual.of(grain))).isEmpty();
    }
}

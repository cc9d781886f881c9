package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redrl.data.TestData;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.testing.MadeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
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

    /** A smooth sky over ground whose grain fades in: half of the picture differs from the other half, but nothing has an edge. */
    @ParameterizedTest
    @CsvSource({"600,800", "1200,1600", "300,200"})
    void aLargePhotographThatIsSmoothInPartsHasNoPatch(int height, int width) {
        ImageShape shape = new ImageShape(3, height, width);
        for (int seed = 0; seed < 3; seed++) {
            Image image = MadeImages.smooth(shape, seed);
            byte[] pixels = image.pixels().clone();
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < pixels.length; i++) {
                int row = i / width % height;
                double grain = 8 * Math.max(0, Math.min(1, 3.0 * row / height - 1));
                pixels[i] = (byte) Math.max(0, Math.min(255, (pixels[i] & 0xff) + (random.nextDouble() - 0.5) * grain));
            }
            Optional<Box> found = PatchLocator.best(ChromaResidual.of(new Image(shape, pixels)));
            assertThat(found).as("%s", found).isEmpty();
        }
    }

    @Test
    void realPhotographsHaveNoPatchOfHalfTheirSize() throws IOException {
        Optional<Path> folder = TestData.shared("photographs");
        assumeTrue(folder.isPresent(), "skipped: the photographs of shared/data are not on this machine");
        List<Path> files;
        try (Stream<Path> all = Files.list(folder.orElseThrow())) {
            files = all.filter(file -> file.toString().endsWith(".JPEG"))
                    .sorted()
                    .toList();
        }
        int boxes = 0;
        int photographs = 0;
        for (int i = 0; i < files.size(); i += 12) {
            Image image = ImageCodec.read(files.get(i)).image();
            photographs++;
            boxes += PatchLocator.best(ChromaResidual.of(image))
                            .filter(box -> box.share() >= PatchLocator.SHARE_OF_ITSELF)
                            .isPresent()
                    ? 1
                    : 0;
        }
        assertThat(boxes).as("photographs of %d with a box", photographs).isLessThanOrEqualTo(photographs / 20);
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

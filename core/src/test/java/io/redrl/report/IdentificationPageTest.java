package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.calibration.Prediction;
import io.redrl.identify.Box;
import io.redrl.identify.Identification;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Tiling;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdentificationPageTest {
    private static final Prediction CLEAN = Prediction.uncalibrated(0.8, 0.2, 0, 0, 0, 0);
    private static final Prediction PGD = Prediction.uncalibrated(0.2, 0.8, 0, 0, 0, 0);

    private static Image noise(int height, int width) {
        byte[] levels = new byte[3 * height * width];
        new SplittableRandom(1).nextBytes(levels);
        return new Image(new ImageShape(3, height, width), levels);
    }

    private static Identification found(Prediction prediction, Image picture, Optional<Box> box) {
        return new Identification(
                "folder/a.png",
                picture.shape(),
                new Identification.Reading(Tiling.Kind.WHOLE, 1, 1, 1),
                prediction,
                picture,
                Optional.of(picture),
                Optional.empty(),
                box,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    @Test
    void allImagesAreCountedAndTheFirstAreShown() {
        IdentificationPage page = new IdentificationPage();
        Image dot = noise(1, 1);
        for (int i = 0; i < 510; i++) {
            page.add(found(i < 505 ? CLEAN : PGD, dot, Optional.empty()));
        }
        assertThat(page.text())
                .contains("510 images: 505 clean, 5 attacked, 0 unknown. Shown are the first 500.")
                .containsOnlyOnce("Shown are");
    }

    @Test
    void largePicturesAreScaledDownAndEndThePage() {
        IdentificationPage page = new IdentificationPage();
        Identification large = found(PGD, noise(600, 900), Optional.of(new Box(90, 60, 300, 200, 1)));
        page.add(large);
        String one = page.text();
        assertThat(one.length()).as("two pictures of 320 by 213").isLessThan(650_000);
        assertThat(one).contains("viewBox=\"0 0 900 600\"", "viewBox=\"0 0 320 213\"", "x=\"90\" y=\"60\"");
        for (int i = 0; i < 99; i++) {
            page.add(large);
        }
        assertThat(page.text().length()).isLessThan(35_000_000);
        assertThat(page.text()).contains("100 images: 0 clean, 100 attacked", "Shown are the first");
    }
}

package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.identify.Box;
import io.redrl.identify.Identification;
import io.redrl.identify.Strength;
import io.redrl.identify.Verdict;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Tiling;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdentificationPageTest {
    private static final Verdict CLEAN = verdict(Verdict.Outcome.CLEAN, "clean", "clean", 0.8);
    private static final Verdict PGD = verdict(Verdict.Outcome.ATTACKED, "pgd", "PGD or BIM", 0.1);

    private static Verdict verdict(Verdict.Outcome outcome, String id, String label, double clean) {
        return new Verdict(
                outcome,
                id,
                label,
                Optional.of(Math.max(clean, 0.7)),
                1 - clean,
                List.of(
                        new Verdict.Candidate("clean", "clean", clean),
                        new Verdict.Candidate("pgd", "PGD or BIM", 0.9 - clean),
                        new Verdict.Candidate("fgsm", "FGSM", 0.1)),
                List.of(
                        new Verdict.Candidate("clean", "clean", clean),
                        new Verdict.Candidate("linf-budget", "L∞ budget", 1 - clean)),
                List.of("pgd", "fgsm"),
                0.3);
    }

    private static Image noise(int height, int width) {
        byte[] levels = new byte[3 * height * width];
        new SplittableRandom(1).nextBytes(levels);
        return new Image(new ImageShape(3, height, width), levels);
    }

    private static Identification found(Verdict verdict, Image picture, Optional<Box> box) {
        return new Identification(
                "folder/a.png",
                picture.shape(),
                new Identification.Reading(Tiling.Kind.WHOLE, 1, 1, 1),
                verdict,
                picture,
                Optional.of(picture),
                Optional.empty(),
                box,
                Optional.empty(),
                Optional.of(new Strength(
                        new Strength.Interval(8 / 255.0, 7 / 255.0, 10 / 255.0),
                        new Strength.Interval(1.2, 1.0, 1.5),
                        List.of(0.1, 0.7, 0.2))),
                Optional.empty(),
                List.of(),
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
    void familiesAlgorithmsAlternativesAndStrengthAreTold() {
        IdentificationPage page = new IdentificationPage();
        page.add(found(PGD, noise(8, 8), Optional.empty()));
        assertThat(page.text())
                .contains(
                        "PGD or BIM, 70.0",
                        "L∞ budget</th>",
                        "<dd><span>PGD or BIM 80.0",
                        "<dd>FGSM</dd>",
                        "L∞ 8/255 (7/255 to 10/255), L2 1.20 (1.00 to 1.50)",
                        "two to ten 70.0");
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

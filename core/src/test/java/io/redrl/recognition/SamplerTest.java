package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.adversarial.StoredImage;
import io.redrl.attack.Storage;
import io.redrl.attack.Outcome;
import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.AttackClass;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private final Toy.Images images = new Toy.Images(10);
    private final RecogniserSpec paired = Toy.spec(RecogniserInput.IMAGE);

    @Test
    void aPairedStepHoldsEveryImageInAllSixClassesWithOneOrientation() {
        try (Sampler pool = new Sampler(Toy.rows(images, "uint8"), images, true)) {
            Sampler.Draw draw = pool.draw(paired, 1);
            for (int i = 0; i < 24; i++) {
                int first = i / 6 * 6;
                assertThat(draw.classes()[i]).isEqualTo(i % 6);
                assertThat(draw.slots()[i]).isEqualTo(draw.slots()[first]);
                assertThat(draw.flips()[i]).isEqualTo(draw.flips()[first]);
                assertThat(draw.rows()[i]).isEqualTo(draw.slots()[i] * 6 + draw.classes()[i]);
            }
        }
    }

    @Test
    void everyImageComesOncePerEpochAndStepsRepeat() {
        try (Sampler pool = new Sampler(Toy.rows(images, "uint8"), images, true)) {
            List<Long> seen = new ArrayList<>();
            for (int step = 0; step < 5; step++) {
                Sampler.Draw draw = pool.draw(paired, step);
                for (int i = 0; i < 24; i += 6) {
                    seen.add(draw.slots()[i]);
                }
                assertThat(pool.draw(paired, step).rows()).containsExactly(draw.rows());
            }
            assertThat(seen.subList(0, 10)).doesNotHaveDuplicates();
            assertThat(seen.subList(10, 20)).doesNotHaveDuplicates().isNotEqualTo(seen.subList(0, 10));
        }
    }

    @Test
    void anExposedStepHasChangedImagesWholeAndStrangersAfterTheBatch() {
        List<AdversarialExample> rows = Toy.rows(images, "uint8");
        AdversarialExample other = Toy.row(images, 3, AttackClass.PGD, "uint8");
        ExposureExamples more = ExposureExamples.of(rows, List.of(other), images, new Seed(1));
        RecogniserSpec exposed =
                Toy.trained(paired, "{\"steps\": 100, \"exposure\": {\"augmented\": 0.5, \"outliers\": 5}}");
        try (Sampler pool = new Sampler(rows, more, images, true, null)) {
            int changed = 0;
            Set<Long> strangers = new TreeSet<>();
            for (int step = 0; step < 100; step++) {
                Sampler.Draw draw = pool.draw(exposed, step);
                assertThat(draw.classes()).hasSize(24);
                assertThat(draw.rows()).hasSize(29);
                for (int i = 0; i < 24; i++) {
                    long unchanged = draw.slots()[i] * 6 + draw.classes()[i];
                    long first = draw.rows()[i / 6 * 6] - draw.slots()[i] * 6;
                    assertThat(draw.rows()[i] - unchanged).isEqualTo(first).isIn(0L, 60L);
                    changed += first == 0 ? 0 : 1;
                }
                for (int i = 24; i < 29; i++) {
                    strangers.add(draw.rows()[i]);
                    assertThat(draw.slots()[i])
                            .isEqualTo(more.all().get((int) draw.rows()[i] - 60).index());
                }
                // Only what is asked for is drawn anew: the batch without exposure is the same but for the changes.
                assertThat(pool.draw(paired, step).slots()).containsExactly(Arrays.copyOf(draw.slots(), 24));
            }
            assertThat(changed).isBetween(900, 1500);
            assertThat(strangers)
                    .hasSizeGreaterThan(20)
                    .allMatch(row -> row >= 120 && row < 120 + more.strangers().size());
            Scopes.run(() -> assertThat(Tensors.greyLevels(pool.adversarial(new long[] {61, 120}, new boolean[2])))
                    .containsExactly(joined(more.changed().get(1).pixels(), other.pixels())));
        }
        assertThatThrownBy(() -> new Sampler(rows.subList(0, 12), more, images, true, null))
                .hasMessageContaining("60 examples are shown changed, expected all 12");
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void anUnpairedStepDrawsOneClassPerImage() {
        RecogniserSpec unpaired =
                paired.withTraining(TrainingSettings.compact().withPaired(false).withSteps(50, 10));
        try (Sampler pool = new Sampler(Toy.rows(images, "uint8"), images, false)) {
            int[] counts = new int[6];
            for (int step = 0; step < 50; step++) {
                Sampler.Draw draw = pool.draw(unpaired, step);
                assertThat(draw.slots()).doesNotHaveDuplicates();
                for (long attack : draw.classes()) {
                    counts[(int) attack]++;
                }
            }
            for (int count : counts) {
                assertThat(count).isBetween(50, 120);
            }
        }
    }

    @Test
    void pixelsComeBackAsStoredAndMirroredTogether() {
        for (String storage : new String[] {"uint8", "float32"}) {
            List<AdversarialExample> rows = Toy.rows(images, storage);
            try (Sampler pool = new Sampler(rows, images, true)) {
                Scopes.run(() -> {
                    float[] plain = Tensors.toFloats(pool.clean(new long[] {3}, new boolean[1]));
                    float[] mirrored = Tensors.toFloats(pool.clean(new long[] {3}, new boolean[] {true}));
                    byte[] pixels = images.pixels(3);
                    for (int i = 0; i < plain.length; i++) {
                        int opposite = i / Toy.SIZE * Toy.SIZE + Toy.SIZE - 1 - i % Toy.SIZE;
                        assertThat(plain[i]).isEqualTo((pixels[i] & 0xff) / 255f);
                        assertThat(mirrored[opposite]).isEqualTo(plain[i]);
                    }
                    // Row 3·6 is image 3 as the class clean stores it.
                    assertThat(Tensors.toFloats(pool.adversarial(new long[] {18, 19}, new boolean[] {true, false})))
                            .startsWith(mirrored);
                });
            }
        }
    }

    @Test
    void pairedTrainingLeavesOutImagesWithoutAllClasses() {
        List<AdversarialExample> rows = new ArrayList<>(Toy.rows(images, "uint8"));
        rows.remove(7); // image 1, PGD
        try (Sampler pool = new Sampler(rows, images, true);
                Sampler unpaired = new Sampler(rows, images, false)) {
            assertThat(pool.size()).isEqualTo(9);
            assertThat(unpaired.size()).isEqualTo(10);
            assertThat(pool.checksum()).isEqualTo(unpaired.checksum());
        }
        assertThatThrownBy(() -> new Sampler(rows.subList(0, 5), images, true))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("no image among 5 examples has all six classes");
    }

    @Test
    void refusesExamplesThatDoNotFit() {
        byte[] pixels = images.pixels(0);
        assertThatThrownBy(() -> pool(99, Toy.SIZE, pixels))
                .hasMessageContaining("image index of an adversarial example must be in [0, 9], got 99");
        assertThatThrownBy(() -> pool(0, 2 * Toy.SIZE, Arrays.copyOf(pixels, 2 * pixels.length)))
                .hasMessageContaining("made from other data");
    }

    private void pool(int index, int width, byte[] pixels) {
        AdversarialExample example = new AdversarialExample(
                index,
                0,
                "pgd",
                "toy",
                "{}",
                Outcome.NOT_ATTACKED,
                StoredImage.of(Toy.SIZE, width, Storage.UINT8, pixels));
        new Sampler(List.of(example), images, false).close();
    }
}

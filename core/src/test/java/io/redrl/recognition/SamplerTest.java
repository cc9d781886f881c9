package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.StoredImage;
import io.redrl.attack.AttackClass;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.MadeImages;
import io.redrl.testing.Toy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final int VALUES = 3 * Toy.SIZE * Toy.SIZE;

    private final MadeImages images = Toy.images(10);
    private final RecogniserSpec paired = Toy.trained(Toy.spec(RecogniserInput.RESIDUAL_AND_IMAGE), "{\"steps\": 50}");
    private final RecogniserSpec unmirrored = Toy.trained(paired, "{\"flip\": false}");

    private static byte[] image(Tensor batch, int at) {
        return Tensors.greyLevels(batch.narrow(0, at, 1));
    }

    @Test
    void aPairedStepHasAllClassesOfEachImageMirroredTogether() {
        List<AdversarialExample> rows = Toy.rows(images, "uint8");
        try (TrainingImages packed = new TrainingImages(paired, rows, images)) {
            Sampler sampler = new Sampler(paired, packed);
            Scopes.run(() -> {
                Batch batch = sampler.batch(3);
                long[] labels = Tensors.toLongs(batch.labels());
                assertThat(batch.size()).isEqualTo(24);
                for (int i = 0; i < 24; i++) {
                    int first = i / 6 * 6;
                    assertThat(labels[i]).isEqualTo(i % 6);
                    assertThat(batch.images()[i]).isEqualTo(batch.images()[first]);
                    assertThat(batch.mirrored()[i]).isEqualTo(batch.mirrored()[first]);
                    byte[] stored = rows.get(batch.images()[i] * 6 + i % 6).pixels();
                    assertThat(image(batch.adversarial(), i))
                            .isEqualTo(batch.mirrored()[i] ? mirrored(stored) : stored);
                    byte[] clean = images.pixels(batch.images()[i]);
                    assertThat(image(Objects.requireNonNull(batch.clean()), i))
                            .isEqualTo(batch.mirrored()[i] ? mirrored(clean) : clean);
                }
            });
        }
    }

    private static byte[] mirrored(byte[] pixels) {
        byte[] mirrored = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            mirrored[i / Toy.SIZE * Toy.SIZE + Toy.SIZE - 1 - i % Toy.SIZE] = pixels[i];
        }
        return mirrored;
    }

    @Test
    void everyImageComesOncePerEpochAndStepsRepeat() {
        try (TrainingImages packed = new TrainingImages(paired, Toy.rows(images, "uint8"), images)) {
            Sampler sampler = new Sampler(paired, packed);
            List<Integer> seen = new ArrayList<>();
            for (int step = 0; step < 5; step++) {
                int[] drawn = drawn(sampler, step);
                for (int i = 0; i < 24; i += 6) {
                    seen.add(drawn[i]);
                }
                assertThat(drawn(sampler, step)).containsExactly(drawn);
            }
            assertThat(seen.subList(0, 10)).doesNotHaveDuplicates();
            assertThat(seen.subList(10, 20)).doesNotHaveDuplicates().isNotEqualTo(seen.subList(0, 10));
        }
    }

    private static int[] drawn(Sampler sampler, int step) {
        return Scopes.valued(() -> sampler.batch(step).images());
    }

    @Test
    void exposureShowsImagesAugmentedAsAWholeAndOutliersBesideThem() {
        List<AdversarialExample> rows = Toy.rows(images, "uint8");
        ExposureExamples more =
                ExposureExamples.of(rows, List.of(Toy.row(images, 3, AttackClass.PGD, "uint8")), images, new Seed(1));
        RecogniserSpec plain = Toy.trained(Toy.spec(RecogniserInput.IMAGE), "{\"flip\": false, \"steps\": 100}");
        RecogniserSpec exposed = Toy.trained(plain, "{\"exposure\": {\"augmented\": 0.5, \"outliers\": 6}}");
        try (TrainingImages packed = new TrainingImages(exposed, rows, more, images, null)) {
            Sampler sampler = new Sampler(exposed, packed);
            Sampler without = new Sampler(plain, packed);
            int augmented = 0;
            Set<Integer> outliers = new HashSet<>();
            for (int step = 0; step < 100; step++) {
                int at = step;
                augmented += Scopes.valued(() -> {
                    Batch batch = sampler.batch(at);
                    assertThat(batch.clean())
                            .as("not looked at, so not decoded")
                            .isNull();
                    assertThat(batch.shown().size(0)).isEqualTo(30);
                    int count = 0;
                    for (int i = 0; i < 24; i++) {
                        int row = batch.images()[i] * 6 + i % 6;
                        boolean whole = Arrays.equals(
                                image(batch.adversarial(), i / 6 * 6),
                                rows.get(batch.images()[i] * 6).pixels());
                        byte[] expected = whole
                                ? rows.get(row).pixels()
                                : more.augmented().get(row).pixels();
                        assertThat(image(batch.adversarial(), i)).isEqualTo(expected);
                        count += whole ? 0 : 1;
                    }
                    for (int i = 0; i < 6; i++) {
                        outliers.add(Arrays.hashCode(image(Objects.requireNonNull(batch.outliers()), i)));
                    }
                    // Only what is asked for is drawn anew: the batch without exposure is the same but for the
                    // augmentation.
                    assertThat(without.batch(at).images()).containsExactly(batch.images());
                    return count;
                });
            }
            assertThat(augmented).isBetween(900, 1500);
            assertThat(outliers).hasSizeGreaterThan(20);
            assertThat(more.outliers())
                    .extracting(row -> Arrays.hashCode(row.pixels()))
                    .containsAll(outliers);
        }
        assertThatThrownBy(() -> new TrainingImages(exposed, rows.subList(0, 12), more, images, null))
                .hasMessageContaining("60 examples are augmented, expected all 12");
        try (TrainingImages bare = new TrainingImages(plain, rows, images)) {
            assertThatThrownBy(() -> new Sampler(exposed, bare)).hasMessageContaining("there are none to show");
        }
    }

    @Test
    void anUnpairedStepDrawsOneClassPerImage() {
        RecogniserSpec unpaired = Toy.trained(paired, "{\"paired\": false, \"batch\": 10}");
        try (TrainingImages packed = new TrainingImages(unpaired, Toy.rows(images, "uint8"), images)) {
            Sampler sampler = new Sampler(unpaired, packed);
            int[] counts = new int[6];
            for (int step = 0; step < 50; step++) {
                int at = step;
                long[] labels = Scopes.valued(() -> {
                    Batch batch = sampler.batch(at);
                    assertThat(batch.images()).doesNotHaveDuplicates();
                    return Tensors.toLongs(batch.labels());
                });
                for (long label : labels) {
                    counts[(int) label]++;
                }
            }
            assertThat(counts).hasSize(6);
            for (int count : counts) {
                assertThat(count).isBetween(50, 120);
            }
        }
    }

    @Test
    void floatPixelsComeBackAsStored() {
        List<AdversarialExample> rows = Toy.rows(images, "float32");
        try (TrainingImages packed = new TrainingImages(unmirrored, rows, images)) {
            Scopes.run(() -> {
                float[] values = Tensors.toFloats(packed.adversarial(new int[] {19}, new boolean[1], new boolean[1]));
                java.nio.FloatBuffer stored = java.nio.ByteBuffer.wrap(
                                rows.get(19).pixels())
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer();
                assertThat(values).hasSize(VALUES);
                for (int i = 0; i < VALUES; i++) {
                    assertThat(values[i]).isEqualTo(stored.get(i));
                }
            });
        }
    }

    @Test
    void pairedTrainingLeavesOutImagesWithoutAllClasses() {
        List<AdversarialExample> rows = new ArrayList<>(Toy.rows(images, "uint8"));
        rows.remove(7); // image 1, PGD
        RecogniserSpec unpaired = Toy.trained(paired, "{\"paired\": false}");
        try (TrainingImages whole = new TrainingImages(paired, rows, images);
                TrainingImages all = new TrainingImages(unpaired, rows, images)) {
            assertThat(whole.size()).isEqualTo(9);
            assertThat(all.size()).isEqualTo(10);
            assertThat(whole.checksum()).isEqualTo(all.checksum());
        }
        assertThatThrownBy(() -> new TrainingImages(paired, rows.subList(0, 5), images))
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
        new TrainingImages(unmirrored, List.of(example), images).close();
    }
}

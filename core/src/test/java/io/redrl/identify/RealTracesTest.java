package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackOutcome;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Outcome;
import io.redrl.attack.PatchSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.attack.Storage;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.TorchScriptClassifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.MadeImages;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Estimates from real attacks on real photographs, with a victim that the constants were not fitted on. */
class RealTracesTest {
    private static final int IMAGES = 24;
    private static final ImageShape SHAPE = ImageShape.square(32);

    private static Classifier victim;
    private static ImageDataset images;

    @BeforeAll
    static void open() {
        Optional<Path> file = TestData.shared("resnet20-cifar10.torchscript.pt");
        Assumptions.assumeTrue(file.isPresent(), "no resnet20-cifar10.torchscript.pt in the shared data folder");
        victim = TorchScriptClassifier.open(file.get(), ImageShape.square(32));
        images = TestData.cifar10(Split.TEST);
    }

    @AfterAll
    static void close() {
        if (victim != null) {
            victim.close();
        }
    }

    /** The attacked pixels of the first test images. */
    private static byte[][] attacked(AttackSpec spec) {
        int[] first = IntStream.range(0, IMAGES).toArray();
        long[] ids = IntStream.range(0, IMAGES).asLongStream().toArray();
        return Scopes.valued(() -> {
            AttackBatch batch =
                    new AttackBatch(Tensors.pixels(images.images(first)), images.labels(first), ids, new Seed(7));
            AttackOutcome outcome = AttackRunner.run(spec, victim, batch, Storage.UINT8);
            assertThat(outcome.outcomes()).extracting(Outcome::linf).allMatch(linf -> linf < 0.07);
            byte[] all = Tensors.greyLevels(outcome.adversarial());
            byte[][] rows = new byte[IMAGES][];
            for (int i = 0; i < IMAGES; i++) {
                rows[i] = java.util.Arrays.copyOfRange(all, i * SHAPE.values(), (i + 1) * SHAPE.values());
            }
            return rows;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16})
    void theEpsilonOfPgdIsEstimatedWithinAQuarterInTheMedian(int levels) {
        byte[][] attacked = attacked(new PgdSpec(levels / 255.0, 0.01, 30, false));
        double[] ratios = new double[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            ChromaResidual noise = ChromaResidual.of(new Image(SHAPE, attacked[i]));
            double estimate = EpsilonEstimate.of(noise, AttackClass.PGD, null).orElseThrow();
            ratios[i] = 255 * estimate / levels;
        }
        java.util.Arrays.sort(ratios);
        assertThat(ratios[IMAGES / 2]).isBetween(0.75, 1.25);
    }

    @Test
    void mostPatchesAreFoundAndMostCleanImagesHaveNone() {
        byte[][] attacked = attacked(PatchSpec.DEFAULTS);
        int found = 0;
        int reported = 0;
        for (int i = 0; i < IMAGES; i++) {
            Box truth = changed(images.pixels(i), attacked[i]);
            Optional<Box> box = PatchLocator.best(ChromaResidual.of(new Image(SHAPE, attacked[i])))
                    .filter(b -> b.share() >= PatchLocator.SHARE_OF_A_PATCH);
            found += box.filter(b -> MadeImages.overlap(b, truth) >= 0.5).isPresent() ? 1 : 0;
            reported += PatchLocator.best(ChromaResidual.of(images.image(i)))
                            .filter(b -> b.share() >= PatchLocator.SHARE_OF_ITSELF)
                            .isPresent()
                    ? 1
                    : 0;
        }
        assertThat(found).as("patches found").isGreaterThanOrEqualTo(IMAGES * 6 / 10);
        assertThat(reported).as("boxes in clean images").isLessThanOrEqualTo(IMAGES / 5);
    }

    private static Box changed(byte[] clean, byte[] attacked) {
        int left = 32;
        int top = 32;
        int right = -1;
        int bottom = -1;
        for (int i = 0; i < clean.length; i++) {
            if (clean[i] != attacked[i]) {
                int place = i % 1024;
                int row = Math.floorDiv(place, 32);
                left = Math.min(left, place % 32);
                right = Math.max(right, place % 32);
                top = Math.min(top, row);
                bottom = Math.max(bottom, row);
            }
        }
        return new Box(left, top, right - left + 1, bottom - top + 1, 1);
    }
}

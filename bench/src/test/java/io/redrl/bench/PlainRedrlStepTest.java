package io.redrl.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.FeatureExtractor;
import io.redrl.model.InitialState;
import io.redrl.model.ReconstructorSpec;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.TrainingStep;
import io.redrl.recognition.StepMetrics;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainRedrlStepTest {
    private static final int BATCH = 4;

    @TempDir
    Path folder;

    /** Noise, in ten classes. */
    private record Noise(int size) implements ImageDataset {
        @Override
        public String id() {
            return "noise/test";
        }

        @Override
        public ImageShape shape() {
            return ImageShape.square(32);
        }

        @Override
        public List<String> classNames() {
            return IntStream.range(0, 10).mapToObj(Integer::toString).toList();
        }

        @Override
        public byte[] pixels(int index) {
            byte[] pixels = new byte[shape().values()];
            SplittableRandom random = new Seed(9).child(index).random();
            random.nextBytes(pixels);
            return pixels;
        }

        @Override
        public int label(int index) {
            return index % 10;
        }

        @Override
        public String imageId(int index) {
            return id() + "/" + index;
        }

        @Override
        public String checksum() {
            return "noise " + size;
        }
    }

    /** The paper's form, with thinner networks. */
    private static RecogniserSpec spec() {
        RecogniserSpec paper = RecogniserSpec.paper();
        return paper.withNetworks(
                        new ReconstructorSpec(6, 2, InitialState.RANDOM),
                        new AttackClassifierSpec(
                                4, 2, AttackClassifierSpec.Stem.LARGE, 64, 8, AttackClassifierSpec.Pooling.MEAN))
                .withTraining(paper.training().withSteps(1_000, BATCH).withPrecision(Precision.FP32));
    }

    @Test
    void thePlainStepIsOursInAllButSpeed() {
        ImageDataset data = new Noise(192);
        Path weights = folder.resolve("f.safetensors");
        PlainRedrlStep.writeFeatures(weights, new Seed(3));
        RecogniserSpec spec = spec();
        List<AdversarialExample> rows = TrainingSides.rows(data);
        try (Subject phi = Subject.random("vgg8", new Seed(5), data, false);
                FeatureExtractor f = FeatureExtractor.load(weights);
                TrainingStep ours = TrainingStep.of(spec, rows, data, phi.ours(), f);
                PlainRedrlStep plain = new PlainRedrlStep(
                        spec, phi.plain(), weights, spec.training().learningRate(0, 48), false)) {
            // The second step's losses show that gradients and optimisers agree too.
            for (int step = 0; step < 2; step++) {
                int number = step;
                PlainRedrlStep.StepLosses expected = Scopes.valued(() -> plain.run(ours.batch(number)));
                StepMetrics got = ours.run(number);
                assertThat(got.attackLoss()).isCloseTo(expected.attack(), within(1e-3));
                assertThat(got.reconstructionLoss())
                        .isCloseTo(expected.reconstruction(), within(1e-3 * expected.reconstruction()));
                assertThat(got.featureLoss()).isCloseTo(expected.features(), within(1e-3 * expected.features()));
                assertThat(got.imageClassificationLoss()).isCloseTo(expected.imageClassification(), within(1e-2));
            }
        }
    }

    @Test
    void ratiosAreToTheFasterPlainSideOfTheSameTurn() {
        List<TrainingSides.Summary> summaries = TrainingSides.summaries(List.of(
                List.of(took("plain all threads", 4, 8), took("plain in lanes", 5, 5), took("ours float32", 2, 2)),
                List.of(
                        took("plain all threads", 40, 80),
                        took("plain in lanes", 50, 50),
                        took("ours float32", 10, 10))));
        TrainingSides.Summary ours = summaries.get(2);
        assertThat(ours.side()).isEqualTo("ours float32");
        assertThat(ours.ratio()).isEqualTo((2.0 + 4.0) / 2);
        assertThat(ours.cpuRatio()).isEqualTo((2.5 + 5.0) / 2);
        assertThat(ours.imagesPerSecond()).isCloseTo((20 / 2.0 + 20 / 10.0) / 2, within(1e-9));
        assertThat(summaries.get(0).ratio()).isEqualTo(1);
    }

    private static TrainingSides.Took took(String side, double seconds, double cpuSeconds) {
        return new TrainingSides.Took(side, 20, seconds, cpuSeconds);
    }
}

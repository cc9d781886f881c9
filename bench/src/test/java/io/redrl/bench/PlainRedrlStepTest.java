package io.redrl.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.FeatureExtractor;
import io.redrl.model.InitialState;
import io.redrl.model.ReconstructorSpec;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.StepMetrics;
import io.redrl.recognition.TrainingStep;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainRedrlStepTest {
    private static final int BATCH = 4;

    @TempDir
    Path folder;

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
        ImageDataset data = new BlockyNoise(192);
        Path weights = folder.resolve("f.safetensors");
        PlainRedrlStep.writeFeatures(weights, new Seed(3));
        RecogniserSpec spec = spec();
        List<AdversarialExample> rows = TrainingBenchmark.rows(data, 48);
        try (Subject phi = Subject.random("vgg8", new Seed(5), data);
                FeatureExtractor f = FeatureExtractor.load(weights);
                TrainingStep ours = TrainingStep.of(spec, rows, data, phi.ours(), f);
                PlainRedrlStep plain = new PlainRedrlStep(
                        spec, phi.plain(), weights, spec.training().learningRate(0, 48))) {
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
}

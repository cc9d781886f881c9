package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.AdversarialSetBuilder;
import io.redrl.adversarial.ReferenceLabel;
import io.redrl.adversarial.SetRows;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Progress;
import io.redrl.evaluation.Evaluator;
import io.redrl.evaluation.Exemplars;
import io.redrl.evaluation.PredictionRow;
import io.redrl.image.ImageShape;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.InitialState;
import io.redrl.model.ReconstructorSpec;
import io.redrl.recognition.LossSettings;
import io.redrl.recognition.Recogniser;
import io.redrl.recognition.RecogniserInput;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.Trainer;
import io.redrl.tensor.Lanes;
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.MadeImages;
import io.redrl.testing.OwnClassPath;
import io.redrl.testing.Toy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training and testing on a set that is larger than the heap. */
class LargeSetIT {
    private static final int SIDE = 64;
    private static final int COUNT = 1200;
    private static final String HEAP = "-Xmx60m";

    @TempDir
    private Path folder;

    private static MadeImages images() {
        return MadeImages.colours("large/train", COUNT, SIDE);
    }

    @Test
    void aSetLargerThanTheHeapIsLearntFromInTwoLanesAndTestedOn() throws Exception {
        List<AttackSpec> attacks = AttackClass.attacks().stream()
                .map(attack -> AttackCatalog.defaults(attack.id()).with("steps", 1))
                .toList();
        FunctionVictim victim = FunctionVictim.linear("v1", 3, ImageShape.square(SIDE), 1);
        AdversarialPlan plan = AdversarialPlan.of(
                        images(),
                        List.of("v1"),
                        attacks,
                        IntStream.range(0, COUNT).boxed().toList(),
                        1)
                .withReferenceLabel(ReferenceLabel.PREDICTION);
        AdversarialSet set = new AdversarialSetBuilder()
                .build(plan, images(), Map.of("v1", victim), folder.resolve("set"), Progress.silent());
        assertThat((long) set.size() * SIDE * SIDE * 3).isGreaterThan(80L << 20);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=4g",
                        "-cp",
                        OwnClassPath.text(),
                        InSmallHeap.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.txt").toFile())
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(folder.resolve("out.txt"))
                .content()
                .contains("tested " + set.size())
                .contains("too large");
    }

    /** What the process with the small heap does. */
    static final class InSmallHeap {
        private InSmallHeap() {}

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            AdversarialSet set = AdversarialSet.open(folder.resolve("set"));
            try (SetRows rows = SetRows.open(set, folder)) {
                List<Callable<String>> lanes = List.of(
                        () -> learn(rows, "image", RecogniserInput.IMAGE, folder),
                        () -> learn(rows, "redrl", RecogniserInput.RESIDUAL_AND_IMAGE, folder));
                Lanes.map(lanes);
                try (Recogniser trained = Recogniser.load(folder.resolve("redrl"))) {
                    List<PredictionRow> predictions = Evaluator.predictions(
                            "redrl", rows, Evaluator.uncalibrated(trained::logits, null), 100, Progress.silent());
                    Exemplars.choose(rows, 2);
                    System.out.println("tested " + predictions.size());
                }
            }
            try {
                List<AdversarialExample> all = set.examples();
                System.out.println("fits: " + all.size());
            } catch (OutOfMemoryError e) {
                System.out.println("too large");
            }
        }

        private static String learn(SetRows rows, String name, RecogniserInput input, Path folder) {
            RecogniserSpec spec = Toy.trained(Toy.spec(input), "{\"steps\": 2, \"batch\": 12}")
                    .withInput(name, input);
            RecogniserSpec alone = spec.withLosses(
                            name,
                            new LossSettings(0.01, 0, 0, 0.2, spec.losses().featureScale()))
                    .withNetworks(
                            new ReconstructorSpec(6, 1, InitialState.NEAR_IDENTITY),
                            new AttackClassifierSpec(
                                    6, 1, AttackClassifierSpec.Stem.SMALL, 0, 16, AttackClassifierSpec.Pooling.MEAN));
            Trainer.train(alone, rows, images(), null, null, folder.resolve(name), Progress.silent());
            return name;
        }
    }
}

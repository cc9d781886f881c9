package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.attack.AttackSpec;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.evaluation.Evaluation;
import io.redrl.recognition.RecogniserSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DryRunIT {
    @TempDir
    Path folder;

    private DryRun.Outcome run(Path file, int images) {
        return DryRun.run(file, Optional.empty(), images, folder.resolve("runs"), folder, Progress.silent());
    }

    @Test
    void runsEveryStageOnAFewImagesAndCountsTheWhole() throws IOException {
        Path file = TinyExperiment.write(folder);
        String yaml = Files.readString(file);
        int from = yaml.indexOf("    - {name: image-only");
        TinyExperiment.yaml(
                folder,
                yaml.substring(0, from).replace("steps: 4,", "steps: 40,") + """
                    - {name: image-only, input: image}
                    - name: redrl-plus
                      input: linear-prediction-residual-and-image
                      victim-features: [vgg8]
                      training: {exposure: {augmented: 0.5, outliers: 2}}
                  outliers: [{attack: mi-fgsm, epsilon: 8/255, steps: 10}]
                  repeats: {image-only: 2}
                """
                        + yaml.substring(yaml.indexOf("saliency:"))
                        + TinyExperiment.ROBUSTNESS
                                .replace("[redrl, image-only]", "[image-only]")
                                .replace("mi-fgsm", "apgd"));
        DryRun.Outcome outcome = run(file, 2);

        assertThat(outcome.costs())
                .extracting(DryRun.Cost::stage)
                .contains("victims/vgg8", "victims/resnet20", "saliency", "sets/robustness-validation")
                .contains("calibration/image-only", "robustness/image-only", "evaluation")
                .doesNotContain("victims/elsewhere")
                .doesNotHaveDuplicates();
        assertThat(outcome.costs())
                .allSatisfy(cost -> assertThat(cost.rate()).isPositive().isFinite());
        assertThat(items(outcome, "victims/vgg8")).as("epochs of all images").isEqualTo(2 * 32);
        // An image clean, and with 2 + 30 + 40 + 2 + 2 steps of attacks, one configuration of each.
        assertThat(items(outcome, "sets/train")).isEqualTo(8 * (1 + 76));
        assertThat(items(outcome, "sets/test")).as("every configuration").isEqualTo(4 * (1 + 78));
        assertThat(items(outcome, "sets/outliers")).isEqualTo(8 * 10);
        assertThat(items(outcome, "victim-features")).isEqualTo(8 * 6);
        // Every row changed, and of each image one outlier and three synthetic ones.
        assertThat(items(outcome, "victim-features-exposure")).isEqualTo(8 * 6 + 8 * 4);
        assertThat(items(outcome, "recognisers/image-only.seed2")).isEqualTo(40 * 12);
        assertThat(items(outcome, "evaluation")).isEqualTo(3 * 4 * 7 + 32);
        assertThat(outcome.hours()).isPositive();
        Path run = folder.resolve("runs/tiny-dry-run");
        assertThat(run.resolve("cost.json")).isRegularFile();
        assertThat(folder.resolve("runs/tiny")).doesNotExist();
        assertThat(Evaluation.load(run.resolve("evaluation")).recognition()).hasSize(3);
        StageMark mark = Json.read(run.resolve("recognisers/image-only/stage.json"), StageMark.class);
        assertThat(mark.items()).as("8 steps of all classes of an image").isEqualTo(8 * 6);
    }

    @Test
    void theRateIsThatOfWhatTheSecondRunDidMore() {
        assertThat(DryRun.rate(mark(10, 5.0), mark(40, 6.5))).isEqualTo(20);
        assertThat(DryRun.rate(mark(10, 5.0), mark(40, 4.0)))
                .as("faster the second time")
                .isEqualTo(10);
        assertThat(DryRun.rate(mark(40, 3.0), mark(40, 4.0)))
                .as("no more to do")
                .isEqualTo(10);
    }

    private static StageMark mark(long items, double seconds) {
        return new StageMark("a", "", "", true, seconds, items, "images");
    }

    private static long items(DryRun.Outcome outcome, String stage) {
        return outcome.costs().stream()
                .filter(cost -> cost.stage().equals(stage))
                .findFirst()
                .orElseThrow()
                .items();
    }

    @Test
    void refusesANumberOfImagesThatIsNoDryRun() throws IOException {
        Path file = TinyExperiment.write(folder);
        assertThatThrownBy(() -> run(file, 1))
                .isInstanceOf(RedrlException.class)
                .hasMessage("dry-run must be in [2, 1000], got 1");
        assertThatThrownBy(() -> run(file, 1001)).hasMessageContaining("got 1001");
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void cutsLengthsAndNothingElse() {
        ExperimentSpec whole = ExperimentSpec.read(Path.of("../experiments/cifar10.yaml"), warning -> {});
        ExperimentSpec few = DryRun.cut(whole, 8, 100, 2);

        assertThat(few.attacks()).hasSameSizeAs(whole.attacks());
        for (int i = 0; i < few.attacks().size(); i++) {
            AttackSpec attack = whole.attacks().get(i);
            assertThat(PlannedSet.steps(few.attacks().get(i)))
                    .as("one step for 25 of %s", attack)
                    .isEqualTo(PlannedSet.steps(attack) / 25);
            assertThat(few.attacks().get(i).with("steps", PlannedSet.steps(attack)))
                    .isEqualTo(attack);
        }
        List<RecogniserSpec> cut =
                few.variants().stream().map(Variant::settings).toList();
        List<RecogniserSpec> full =
                whole.variants().stream().map(Variant::settings).toList();
        assertThat(cut).hasSameSizeAs(full);
        for (int i = 0; i < full.size(); i++) {
            assertThat(cut.get(i).training().totalSteps(8)).isEqualTo(4);
            assertThat(cut.get(i).withTraining(full.get(i).training())).isEqualTo(full.get(i));
        }
    }

    @Test
    void saysWhereDataAreMissing() {
        assertThatThrownBy(() -> DryRun.run(
                        Path.of("../experiments/tiny-imagenet.yaml"),
                        Optional.of("tiny-imagenet:" + folder.resolve("none.zip")),
                        4,
                        folder.resolve("runs"),
                        folder,
                        Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("none.zip");
    }
}

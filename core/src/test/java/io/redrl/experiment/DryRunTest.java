package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.attack.AttackSpec;
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

class DryRunTest {
    @TempDir
    Path folder;

    @Test
    void runsEveryStageOnAFewImagesAndCountsTheWhole() throws IOException {
        Path file = TinyExperiment.write(folder);
        TinyExperiment.yaml(
                folder,
                Files.readString(file)
                        .replace("variants:", "repeats: {redrl: 2}\n  variants:")
                        .replace("steps: 4,", "steps: 40,"));
        DryRun.Outcome outcome =
                DryRun.run(file, Optional.empty(), 4, folder.resolve("runs"), folder, Progress.silent());

        assertThat(outcome.costs())
                .extracting(DryRun.Cost::stage)
                .contains("training vgg8", "train set: pgd", "test set: patch", "saliency of vgg8", "training redrl")
                .contains("training redrl.seed2", "testing oracle", "testing vgg8")
                .doesNotHaveDuplicates();
        assertThat(outcome.costs())
                .allSatisfy(cost -> assertThat(cost.rate()).isPositive().isFinite());
        assertThat(items(outcome, "training vgg8")).isEqualTo(2 * 32);
        assertThat(items(outcome, "train set: patch")).isEqualTo(8);
        assertThat(items(outcome, "test set: patch")).isEqualTo(2 * 4);
        assertThat(items(outcome, "training redrl.seed2")).isEqualTo(40 * 12);
        assertThat(items(outcome, "testing oracle")).isEqualTo(4 * 7);
        assertThat(outcome.hours()).isPositive();
        assertThat(folder.resolve("runs/tiny-rehearsal/cost.json")).isRegularFile();
        assertThat(folder.resolve("runs/tiny")).doesNotExist();
        assertThat(folder.resolve("runs/tiny-rehearsal/saliency-of-all/statistics-vgg8.json"))
                .isRegularFile();
        assertThat(Evaluation.load(folder.resolve("runs/tiny-rehearsal/evaluation"))
                        .recognition())
                .hasSize(4);
    }

    @Test
    void countsWhatExposureAndEvidenceCost() throws IOException {
        Path file = TinyExperiment.write(folder);
        String yaml = Files.readString(file);
        int from = yaml.indexOf("    - {name: image-only");
        TinyExperiment.yaml(folder, yaml.substring(0, from) + """
                    - name: redrl-plus
                      input: linear-prediction-residual-and-image
                      victim-features: [vgg8]
                      training: {exposure: {augmented: 0.5, outliers: 2}}
                  outliers: [{attack: mi-fgsm, epsilon: 8/255, steps: 10}]
                """ + yaml.substring(yaml.indexOf("saliency:")));
        DryRun.Outcome outcome =
                DryRun.run(file, Optional.empty(), 4, folder.resolve("runs"), folder, Progress.silent());

        assertThat(outcome.costs())
                .allSatisfy(cost -> assertThat(cost.rate()).isPositive().isFinite());
        assertThat(items(outcome, "strangers set: mi-fgsm")).isEqualTo(8);
        assertThat(items(outcome, "evidence")).isEqualTo(8 * 6);
        // Every row changed, and of each image one row of the stranger and three made up.
        assertThat(items(outcome, "evidence of exposure")).isEqualTo(8 * 6 + 8 * 4);
    }

    private static long items(DryRun.Outcome outcome, String stage) {
        return outcome.costs().stream()
                .filter(c -> c.stage().equals(stage))
                .findFirst()
                .orElseThrow()
                .items();
    }

    @Test
    void cutsLengthsAndNothingElse() {
        ExperimentSpec whole = ExperimentSpec.read(Path.of("../experiments/cifar10.yaml"), warning -> {});
        ExperimentSpec few = DryRun.cut(whole, 8);

        assertThat(few.attacks()).hasSameSizeAs(whole.attacks()).allMatch(a -> DryRun.steps(a) <= 2);
        assertThat(few.attacks().stream().map(AttackSpec::id).toList())
                .isEqualTo(whole.attacks().stream().map(AttackSpec::id).toList());
        List<RecogniserSpec> cut = few.recogniserSpecs();
        List<RecogniserSpec> full = whole.recogniserSpecs();
        assertThat(cut).hasSameSizeAs(full);
        for (int i = 0; i < full.size(); i++) {
            assertThat(cut.get(i).training().totalSteps(8)).isEqualTo(3);
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

    @Test
    void theFirstStretchOfWorkIsLeftOutOfARate() {
        RateMeter meter = new RateMeter(Progress.silent(), new WorkClock());
        try (Progress.Task task = meter.start("training redrl", 3, "images")) {
            task.advance(1_000_000_000_000L);
            task.advance(1);
            task.note("");
            task.advance(1);
        }
        try (Progress.Task task = meter.start("training redrl.seed2", 1, "images")) {
            task.advance(1_000_000_000_000L);
        }
        assertThat(meter.rate("training redrl").orElseThrow()).isLessThan(1e10);
        assertThat(meter.rate("training redrl.seed2").orElseThrow()).isGreaterThan(1e10);
        assertThat(meter.rate("testing")).isEmpty();
    }
}

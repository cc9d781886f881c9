package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Checksums;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentRunnerIT {
    @TempDir
    static Path folder;

    @Test
    void makesEveryTableAndComesToTheSameEndHoweverOftenItIsStopped() throws IOException {
        Path file = TinyExperiment.write(folder);
        WatchedRun whole = WatchedRun.toTheEnd();
        ExperimentRunner.Outcome outcome = ExperimentRunner.run(file, folder.resolve("whole"), folder, whole);
        Path evaluated = folder.resolve("whole/tiny/evaluation");
        Evaluation evaluation = Evaluation.load(evaluated);
        assertThat(evaluation.recognition())
                .extracting(RecognitionResult::kind)
                .containsExactly(
                        RecogniserKind.IMAGE,
                        RecogniserKind.REDRL,
                        RecogniserKind.ATTACK_LOSS_ONLY,
                        RecogniserKind.ORACLE);
        assertThat(evaluation.setup().trainRows()).isEqualTo(8 * 6);
        assertThat(evaluation.setup().testRows()).isEqualTo(4 * 7);
        assertThat(evaluation.repair().rows()).hasSize(6);
        assertThat(evaluation.exemplars()).isNotEmpty();
        assertThat(evaluation.curves())
                .allSatisfy(curve -> assertThat(curve.losses()).isNotEmpty());
        assertThat(Files.readString(outcome.report())).contains("REDRL").contains("oracle");
        assertThat(outcome.report().resolveSibling("results.md"))
                .content()
                .contains("Table 1 ·", "Table 3 ·", "Table 4 ·");

        WatchedRun again = WatchedRun.toTheEnd();
        ExperimentRunner.run(file, folder.resolve("whole"), folder, again);
        assertThat(again.tasks).isEmpty();

        int stops = WatchedRun.stoppedAgainAndAgain(file, folder.resolve("parts"), folder, 100);
        assertThat(stops).isGreaterThan(3);
        for (String name : List.of("predictions-redrl.jsonl", "recognition.json", "repair.json", "attacks.json")) {
            assertThat(Checksums.of(folder.resolve("parts/tiny/evaluation").resolve(name)))
                    .as(name)
                    .isEqualTo(Checksums.of(evaluated.resolve(name)));
        }
    }

    @Test
    void exposureIsOneRecognisersOwnAndResumes() throws IOException {
        Path images = folder.resolve("exposure");
        String yaml = Files.readString(TinyExperiment.write(images));
        int from = yaml.indexOf("    - {name: redrl,");
        String alone = yaml.substring(0, from) + yaml.substring(yaml.indexOf("saliency:"));
        String exposed = yaml.substring(0, from) + """
                    - name: redrl-plus
                      input: linear-prediction-residual-and-image
                      victim-features: [vgg8]
                      training: {exposure: {augmented: 0.5, outliers: 2}}
                  outliers: [{attack: fgsm, epsilon: 8/255}]
                """ + yaml.substring(yaml.indexOf("saliency:"));
        Path runs = images.resolve("runs");
        ExperimentRunner.run(TinyExperiment.yaml(images, alone), runs, images, Progress.silent());

        WatchedRun added = WatchedRun.toTheEnd();
        Path file = TinyExperiment.yaml(images, exposed);
        ExperimentRunner.run(file, runs, images, added);

        assertThat(added.said).contains("recognisers/image-only: done before");
        assertThat(added.tasks).contains("training redrl-plus").doesNotContain("training image-only");
        Path parts = images.resolve("parts");
        assertThat(WatchedRun.stoppedAgainAndAgain(file, parts, images, 100)).isGreaterThan(3);
        String predictions = "tiny/evaluation/predictions-redrl-plus.jsonl";
        assertThat(Checksums.of(parts.resolve(predictions))).isEqualTo(Checksums.of(runs.resolve(predictions)));
    }

    @Test
    void refusesMistakesBeforeAnythingRuns() throws IOException {
        Path images = folder.resolve("mistakes");
        String yaml = Files.readString(TinyExperiment.write(images));
        assertRefused(images, yaml.replace("phi: vgg8", "phi: vgg9"), "phi must be one of the victims");
        assertRefused(images, yaml.replace("exemplars: 2", "exemplar: 2"), "exemplar");
        assertRefused(
                images,
                yaml.replace("epsilon: 8/255, steps: 2}\n  - {attack: deep", "epsilon: 8}\n  - {attack: deep"),
                "8/255");
        assertRefused(images, yaml.replace("steps: 4, batch", "stepps: 4, batch"), "stepps");
        assertRefused(images, yaml.replace("model: vgg8,", "model: vgg7,"), "vgg7");
        assertRefused(
                images,
                yaml.replace(
                        "input: residual-and-image}",
                        "input: residual-and-image, training: {exposure: {augmented: 0.5, outliers: 0}}}"),
                "exposure is for recognisers that look at images alone");
        assertRefused(
                images,
                yaml.replace("saliency:", "  outliers: [{attack: pgd, epsilon: 8/255, steps: 1}]\nsaliency:"),
                "outliers must be of attacks that are not recognised, got pgd");
        assertRefused(
                images,
                yaml.replace("saliency:", "  outliers: [{attack: jpeg, quality: 75}]\nsaliency:"),
                "outliers must be of attacks that are not recognised, got jpeg");
        assertRefused(images, yaml.replace("saliency:", "  outliers: []\nsaliency:"), "must name at least one attack");
        assertRefused(
                images,
                yaml.replace("saliency:", "  outliers: [{attack: square, steps: 3}]\nsaliency:")
                        + TinyExperiment.ROBUSTNESS,
                "square is among recognisers.outliers");
        assertRefused(
                images,
                yaml + TinyExperiment.ROBUSTNESS.replace("[redrl, image-only]", "[redrl, redrl]"),
                "names one twice");
        assertRefused(
                images,
                yaml.replace(
                                "{name: image-only, input: image}",
                                "{name: image-only, input: image, left-out-victims: [vgg8]}")
                        .replace("sampling: one-per-attack", "sampling: all"),
                "with sampling all or fresh images meet several");
        assertRefused(images, yaml.replace("- name: vgg8", "- name: ../vgg8"), "got '../vgg8'");
    }

    private static void assertRefused(Path folder, String yaml, String expected) {
        assertThatThrownBy(() -> ExperimentRunner.run(
                        TinyExperiment.yaml(folder, yaml), folder.resolve("runs"), folder, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(expected);
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void thePapersExperimentsHaveItsAblationsAndLearningRates() {
        for (String name : List.of("cifar10", "tiny-imagenet")) {
            ExperimentSpec spec = ExperimentSpec.read(Path.of("../experiments", name + ".yaml"), warning -> {});
            assertThat(spec.variants())
                    .extracting(Variant::kind)
                    .contains(RecogniserKind.ABLATION_A, RecogniserKind.ABLATION_B, RecogniserKind.ABLATION_C);
            double peak = name.equals("cifar10") ? 3.5e-4 : 1.7e-4;
            assertThat(spec.variants())
                    .allSatisfy(r -> assertThat(r.settings().training().learningRate(20 * 50_000 / 128, 50_000))
                            .isCloseTo(peak, within(1e-12)));
        }
    }

    @Test
    void theShippedExperimentsAreReadable() throws IOException {
        Path experiments = Path.of("../experiments");
        List<String> warnings = new ArrayList<>();
        try (Stream<Path> files = Files.list(experiments)) {
            assertThat(files.filter(file -> !AttributionExperiment.is(file))
                            .map(file -> ExperimentSpec.read(file, warnings::add)))
                    .hasSizeGreaterThan(4)
                    .allSatisfy(spec -> assertThat(spec.variants()).isNotEmpty());
        }
        AttributionExperiment.read(experiments.resolve("attribution.yaml"), warnings::add);
        assertThat(warnings).isEmpty();
        assertThat(ExperimentSpec.read(experiments.resolve("cifar10.yaml"), warning -> {})
                        .variants())
                .extracting(Variant::settings)
                .anySatisfy(redrl -> {
                    assertThat(redrl.reconstructor().blocks()).isEqualTo(23);
                    assertThat(redrl.losses().reconstruction()).isEqualTo(0.01);
                    assertThat(redrl.residualScale()).isEqualTo(1);
                });
    }
}

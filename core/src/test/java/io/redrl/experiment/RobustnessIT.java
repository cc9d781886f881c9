package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Checksums;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.calibration.Calibration;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.LeaveOneVictimOut;
import io.redrl.evaluation.Robustness;
import io.redrl.evaluation.RobustnessEvaluation;
import io.redrl.recognition.Recogniser;
import io.redrl.stats.Proportion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RobustnessIT {
    private static final String RESULT = "tiny/evaluation/robustness.json";

    private static final String RESNET =
            "  - name: resnet20\n    train: {model: resnet20, recipe: one-cycle, epochs: 1, batch: 8, precision: fp32}\n";

    @TempDir
    static Path folder;

    @Test
    void measuresEverythingOutsideTheTrainingDataHoweverOftenItIsStopped() throws IOException {
        Path file = TinyExperiment.write(folder);
        // Up to here a run is what other tests look at: it is done once, for both.
        String base = Files.readString(file)
                .replace("    - {name: oracle, input: perturbation-and-image}\n", "")
                .replace("steps: 4, batch: 12", "steps: 2, batch: 12");
        TinyExperiment.yaml(folder, base);
        ExperimentRunner.run(file, folder.resolve("whole"), folder, Progress.silent());
        assertThat(Evaluation.load(folder.resolve("whole/tiny/evaluation")).robustness())
                .isEmpty();
        copy(folder.resolve("whole"), folder.resolve("parts"));

        TinyExperiment.yaml(folder, base + TinyExperiment.ROBUSTNESS);
        WatchedRun whole = WatchedRun.toTheEnd();
        ExperimentRunner.Outcome outcome = ExperimentRunner.run(file, folder.resolve("whole"), folder, whole);
        assertThat(whole.said).anyMatch(line -> line.contains("left out the victim elsewhere"));
        check(Evaluation.load(folder.resolve("whole/tiny/evaluation"))
                .robustness()
                .orElseThrow());
        assertThat(Files.readString(outcome.report()))
                .contains("Outside the training data", "victim resnet20", "mi-fgsm", "the victim elsewhere");
        Path recogniser = folder.resolve("whole/tiny/recognisers/redrl");
        assertThat(recogniser.resolve(Calibration.FILE))
                .as("a stage writes into no other's folder")
                .doesNotExist();
        try (Recogniser calibrated = Recogniser.load(recogniser);
                Recogniser trained = Recogniser.load(recogniser, recogniser)) {
            assertThat(calibrated.calibration()).isNotEqualTo(Calibration.NONE);
            assertThat(trained.calibration()).isEqualTo(Calibration.NONE);
        }

        WatchedRun again = WatchedRun.toTheEnd();
        ExperimentRunner.run(file, folder.resolve("whole"), folder, again);
        assertThat(again.tasks).isEmpty();

        int stops = WatchedRun.stoppedAgainAndAgain(file, folder.resolve("parts"), folder, 50);
        assertThat(stops).isGreaterThan(2);
        assertThat(Checksums.of(folder.resolve("parts").resolve(RESULT)))
                .isEqualTo(Checksums.of(folder.resolve("whole").resolve(RESULT)));
    }

    private static void check(RobustnessEvaluation measured) {
        assertThat(measured.skipped()).singleElement().asString().contains("elsewhere");
        assertThat(measured.leftOut()).isEmpty();
        assertThat(measured.recognisers()).extracting(Robustness::name).containsExactly("redrl", "image-only");
        for (Robustness recogniser : measured.recognisers()) {
            // Of each image clean, and by every victim, attack and configuration: draw all.
            assertThat(recogniser.reference().confusion().examples()).isEqualTo(3 * 7);
            assertThat(recogniser.calibration().knownCalledUnknown().n()).isEqualTo(4 * 7);
            assertThat(recogniser.calibration().validationImages()).isEqualTo(8 * 6);
            assertThat(recogniser.conditions())
                    .extracting(Robustness.Condition::name, c -> c.confusion().examples())
                    .contains(
                            org.assertj.core.groups.Tuple.tuple("resnet20", 3 * 6),
                            org.assertj.core.groups.Tuple.tuple("", 3 * 3),
                            org.assertj.core.groups.Tuple.tuple("JPEG 75", 3 * 7))
                    .hasSize(1 + 3 + 3);
            Robustness.Condition png = recogniser.conditions().stream()
                    .filter(c -> c.name().equals("PNG"))
                    .findFirst()
                    .orElseThrow();
            assertThat(png.confusion()).isEqualTo(recogniser.reference().confusion());
            assertThat(png.unknown()).isEqualTo(recogniser.reference().unknown());
            assertThat(recogniser.unknown()).isNotEmpty().allSatisfy(attack -> {
                assertThat(attack.n()).isBetween(1, 3);
                assertThat(attack.auroc()).isBetween(0.0, 1.0);
            });
            assertThat(recogniser.cleanCorruptions()).hasSize(2).allSatisfy(n -> assertThat(n.n())
                    .isEqualTo(3));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    @Test
    void aRecogniserThatAVictimWasKeptFromIsMeasuredOnIt() throws IOException {
        Path own = folder.resolve("kept");
        String yaml = Files.readString(TinyExperiment.write(own));
        Path file = TinyExperiment.yaml(
                own,
                yaml.replace("phi: vgg8", RESNET + "phi: vgg8")
                        .replace("sampling: one-per-attack", "sampling: one-victim")
                        .replace(
                                "    - {name: oracle, input: perturbation-and-image}\n",
                                "    - {name: redrl.without-resnet20, input: residual-and-image, left-out-victims: [resnet20]}\n"));
        ExperimentRunner.run(file, own.resolve("runs"), own, Progress.silent());
        RobustnessEvaluation measured = Evaluation.load(own.resolve("runs/tiny/evaluation"))
                .robustness()
                .orElseThrow();
        assertThat(measured.recognisers()).isEmpty();
        assertThat(measured.leftOut()).hasSize(1);
        LeaveOneVictimOut one = measured.leftOut().get(0);
        assertThat(List.of(one.recogniser(), one.victim(), one.whole()))
                .containsExactly("redrl.without-resnet20", "resnet20", "redrl");
        // The test set is drawn in full: every image clean and attacked with both victims.
        assertThat(one.unseen().examples()).isEqualTo(4 * 7);
        assertThat(one.seen().examples()).isEqualTo(4 * 7);
        assertThat(one.others().accuracy("clean")).extracting(Proportion::n).isEqualTo(4);
    }

    @Test
    void refusesMistakesBeforeAnythingRuns() throws IOException {
        Path own = folder.resolve("mistakes");
        String yaml = Files.readString(TinyExperiment.write(own)) + TinyExperiment.ROBUSTNESS;
        assertRefused(own, yaml.replace("images: 0-2", "images: 2-9"), "among the test images");
        assertRefused(own, yaml.replace("indices: 8-15", "indices: 7-15"), "shares 1 images with the training set");
        assertRefused(own, yaml.replace("[redrl, image-only]", "[redrl, oracle]"), "or an oracle");
        assertRefused(own, yaml.replace("name: resnet20", "name: vgg8"), "is a victim already");
        assertRefused(
                own, yaml.replace("epsilon: 12/255, steps: 2", "epsilon: 8/255, steps: 2"), "training does not have");
        assertRefused(own, yaml.replace("- {attack: square, steps: 3}", "- {attack: pgd}"), "training does not have");
        assertRefused(own, yaml.replace("- {attack: jpeg, quality: 75}", "- {attack: fgsm}"), "noise and jpeg");
        assertRefused(
                own,
                yaml.replace("false-positive-rate: 0.1", "false-positive-rate: 5"),
                "false-positive-rate must be in (0, 1)");
        assertRefused(own, yaml.replace("jpeg-75, shift", "jpeg-76, shift"), "jpeg-76");
        assertRefused(own, yaml.replace("corruptions:", "corruption:"), "corruption");
    }

    private static void assertRefused(Path folder, String yaml, String expected) {
        assertThatThrownBy(() -> ExperimentRunner.run(
                        TinyExperiment.yaml(folder, yaml), folder.resolve("runs"), folder, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(expected);
        assertThat(folder.resolve("runs")).doesNotExist();
    }
}

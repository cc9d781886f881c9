package io.redrl.cli;

import io.redrl.base.Fractions;
import io.redrl.image.ImageShape;
import io.redrl.model.ClassNameFile;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What a TorchScript file does not tell of the victim in it, as options of every command that opens one. */
class VictimOptions {
    @Option(
            names = "--input-size",
            paramLabel = "SIZE",
            description =
                    "Of the images that a TorchScript victim was trained on, such as 224 or 224x320 (height x width)."
                            + " Default: that of the images, if it takes those.")
    private Optional<String> inputSize = Optional.empty();

    @Option(
            names = "--mean",
            paramLabel = "R,G,B",
            description = "Subtracted from pixels in [0, 1] before a TorchScript victim that was exported without its"
                    + " normalisation, such as 0.485,0.456,0.406.")
    private Optional<String> mean = Optional.empty();

    @Option(names = "--std", paramLabel = "R,G,B", description = "Divided by after that, such as 0.229,0.224,0.225.")
    private Optional<String> std = Optional.empty();

    /** With the names of its classes. */
    static class WithClasses extends VictimOptions {
        @Option(
                names = {"--classes", "--class-names"},
                paramLabel = "FILE",
                description =
                        "The names of a TorchScript victim's classes in the order of its logits: a text file with one on"
                                + " each line, or JSON.")
        private Optional<Path> classes = Optional.empty();

        @Override
        Optional<Path> classes() {
            return classes;
        }
    }

    /** With the name of the option that commands with an output of their own call otherwise. */
    static final class WithOutput extends WithClasses {
        @Option(
                names = {"--output", "--victim-output"},
                paramLabel = "N",
                description =
                        "Which of several outputs of a TorchScript victim the logits are: a number from 0, or the key"
                                + " of a dictionary. Default: the first that can be logits.")
        private Optional<String> output = Optional.empty();

        @Override
        Optional<String> output() {
            return output;
        }
    }

    /** For commands whose {@code --output} is a file and whose {@code --classes} are those of verdicts. */
    static final class WithVictimOutput extends VictimOptions {
        @Option(
                names = "--victim-output",
                paramLabel = "N",
                description =
                        "Which of several outputs of a TorchScript victim the logits are: a number from 0, or the key"
                                + " of a dictionary. Default: the first that can be logits.")
        private Optional<String> output = Optional.empty();

        @Override
        Optional<String> output() {
            return output;
        }

        @Option(
                names = "--class-names",
                paramLabel = "FILE",
                description =
                        "The names of a TorchScript victim's classes in the order of its logits: a text file with one on"
                                + " each line, or JSON.")
        private Optional<Path> classes = Optional.empty();

        @Override
        Optional<Path> classes() {
            return classes;
        }
    }

    /** Opens victims. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens the victim of that name or path.
         *
         * @param images the size of the images that it is to be used on, if that is known
         */
        Classifier open(String nameOrPath, ScriptSettings settings, Optional<ImageShape> images);
    }

    Optional<String> output() {
        return Optional.empty();
    }

    Optional<Path> classes() {
        return Optional.empty();
    }

    /** What was said; nonsense is wrong usage of {@code line}. */
    ScriptSettings settings(CommandLine line) {
        return WrongUsage.unless(
                line,
                () -> new ScriptSettings(
                        inputSize.map(text -> ScriptSettings.size("--input-size", text)),
                        numbers(mean),
                        numbers(std),
                        output(),
                        classes().map(ClassNameFile::read).orElse(List.of())));
    }

    private static List<Double> numbers(Optional<String> text) {
        return text.stream()
                .flatMap(values -> Arrays.stream(values.split(",", -1)))
                .map(value -> Fractions.parse(value.strip()))
                .toList();
    }

    /** Tells what its user should know of a victim that was just opened. */
    static void tell(RedrlCommand redrl, Classifier victim) {
        victim.remarks().forEach(remark -> redrl.warn("victim " + victim.id() + " " + remark));
    }
}

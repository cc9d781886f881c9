package io.redrl.cli;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Options that say how and where {@code redrl identify} gives its result, and what of it is a failure. */
final class IdentifyOutput {
    /** Forms of the result. */
    enum Format {
        /** A table, for people. */
        TEXT,
        /** All of it, for programs. */
        JSON,
        /** The verdicts as SARIF 2.1.0, for services that show what pipelines find. */
        SARIF
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "text, json, or sarif (2.1.0, for services that show what pipelines find); default: text.")
    private Optional<Format> format = Optional.empty();

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write the result there instead of to standard output.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--fail-on",
            paramLabel = "VERDICT",
            defaultValue = "unknown",
            description = "What ends with an exit code of its own: attacked (unknown images go through), unknown (both"
                    + " do not), or never. Default: ${DEFAULT-VALUE}.")
    private Gate.FailOn failOn;

    @Option(
            names = "--min-probability",
            paramLabel = "P",
            defaultValue = "0",
            description = "For the exit code an image counts as attacked from this probability on, in [0, 1]; below, as"
                    + " unknown. Default: ${DEFAULT-VALUE}.")
    private double minProbability;

    /** Refuses options that contradict each other. */
    void check(CommandLine line) {
        WrongUsage.unless(
                line,
                !json || format.orElse(Format.JSON) == Format.JSON,
                "--json and --format " + format.orElse(Format.JSON).name().toLowerCase(Locale.ROOT)
                        + " exclude each other");
        WrongUsage.unless(line, this::gate);
    }

    /** What is a failure. */
    Gate gate() {
        return new Gate(failOn, minProbability);
    }

    /** Whether lines for people may stand beside the result on standard output. */
    boolean forPeople() {
        return format() == Format.TEXT;
    }

    /** The file that the result goes to, if it is one. */
    Optional<Path> file() {
        return output;
    }

    /** Gives the result. */
    void write(IdentifyResult result, RedrlCommand redrl) {
        String text =
                switch (format()) {
                    case TEXT -> result.text(redrl.width()) + System.lineSeparator();
                    case JSON -> Json.pretty(result);
                    case SARIF -> Json.pretty(SarifLog.of(result, minProbability));
                };
        output.ifPresentOrElse(
                file -> {
                    AtomicFiles.writeString(file, text);
                    redrl.progress().say("Result: " + file.toAbsolutePath().normalize());
                },
                () -> redrl.out().print(text));
    }

    private Format format() {
        return json ? Format.JSON : format.orElse(Format.TEXT);
    }
}

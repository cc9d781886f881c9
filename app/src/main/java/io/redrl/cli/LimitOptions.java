package io.redrl.cli;

import io.redrl.web.ServeLimits;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Options that limit what requests to {@code redrl serve} may take. */
final class LimitOptions {
    private static final int MEGABYTE = 1 << 20;

    @Option(
            names = "--max-megabytes",
            paramLabel = "N",
            defaultValue = "20",
            description = "Of one request (else status 413); default: ${DEFAULT-VALUE}.")
    private int megabytes;

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            defaultValue = "16000000",
            description = "Of one image (else 422); default: ${DEFAULT-VALUE}.")
    private long pixels;

    @Option(
            names = "--max-images",
            paramLabel = "N",
            defaultValue = "64",
            description = "In one request (else 413); default: ${DEFAULT-VALUE}.")
    private int images;

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "256",
            description = "Images that may wait to be judged (else 429); default: ${DEFAULT-VALUE}.")
    private int queue;

    @Option(
            names = "--upload-memory",
            paramLabel = "MEGABYTES",
            defaultValue = "256",
            description = "What all requests together may take while they arrive and wait (else 503); default:"
                    + " ${DEFAULT-VALUE}.")
    private int memory;

    @Option(
            names = "--upload-seconds",
            paramLabel = "S",
            defaultValue = "30",
            description = "A request may take to arrive (else 408); default: ${DEFAULT-VALUE}.")
    private double upload;

    @Option(
            names = "--answer-seconds",
            paramLabel = "S",
            defaultValue = "30",
            description = "It may take to be answered after that (else 503); default: ${DEFAULT-VALUE}.")
    private double answer;

    @Option(
            names = "--gather",
            paramLabel = "MS",
            defaultValue = "3",
            description =
                    "A batch begins when no further image has come for so many milliseconds, at the latest after eight times"
                            + " that; default: ${DEFAULT-VALUE}.")
    private int gather;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most images that are judged together; default: ${DEFAULT-VALUE}.")
    private int batch;

    /** Those that were said. */
    ServeLimits limits(CommandLine line) {
        return WrongUsage.unless(
                line,
                () -> new ServeLimits(
                        Math.multiplyExact(Math.min(megabytes, Integer.MAX_VALUE / MEGABYTE), MEGABYTE),
                        pixels,
                        images,
                        queue,
                        (long) memory * MEGABYTE,
                        Duration.ofMillis(Math.round(1e3 * upload)),
                        Duration.ofMillis(Math.round(1e3 * answer)),
                        Duration.ofMillis(gather),
                        batch));
    }
}

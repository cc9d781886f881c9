package io.redrl.bench;

import io.redrl.base.Checks;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.identify.Identifier;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;
import io.redrl.identify.IdentifySettings.Depth;
import io.redrl.image.ImageCodec;
import io.redrl.stats.OrderStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl-bench identify}. */
@Command(
        name = "identify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Throughput of identification from PNG file to result, on CIFAR-10 test images: the first image, one image"
                        + " at a time once warm, and batches of 64; with everything that is told of an image, and the verdict"
                        + " alone. With --set, the quality of results on an adversarial set.",
        footer = {
            "",
            "Writes identify.csv (and quality.csv) and manifest.json. Leave the machine alone meanwhile. The cold start is"
                    + " measured from a shell: time ./redrl identify FILE",
            "Example: ./redrl-bench identify --models models/identify --out bench"
        })
final class IdentifyCommand implements Callable<Integer> {
    private static final int WARM_UP = 20;
    private static final int BATCH = 64;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "A recogniser's folder, or one laid out like the default: ${DEFAULT-VALUE}.")
    private Path models = IdentifyModels.FOLDER;

    @Option(names = "--images", paramLabel = "N", description = "In each repeat; default: ${DEFAULT-VALUE}.")
    private int images = 256;

    @Option(names = "--repeats", paramLabel = "N", description = "Medians are told. Default: ${DEFAULT-VALUE}.")
    private int repeats = 3;

    @Option(
            names = "--set",
            paramLabel = "DIR",
            description = "An adversarial set of CIFAR-10 test images: measures what is found in it, too.")
    private Optional<Path> set = Optional.empty();

    @Option(
            names = "--set-images",
            paramLabel = "N",
            description = "Of each attack and setting in the set, at most; default: ${DEFAULT-VALUE}.")
    private int setImages = 100;

    @Option(names = "--out", paramLabel = "DIR", description = "Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("runs", "bench");

    @Override
    public Integer call() throws IOException {
        Checks.positive("images", images);
        Checks.positive("repeats", repeats);
        IdentifyModels chosen = IdentifyModels.in(models);
        ResultTable table = new ResultTable(
                "mode", "open_s", "first_ms", "single_ms_median", "single_ms_p90", "images_per_s", "cpu_ms_per_image");
        List<Path> files = files();
        try {
            for (Depth depth : List.of(Depth.DETAILS, Depth.VERDICT)) {
                Took start = Took.now();
                try (Identifier identifier = Identifier.open(chosen, IdentifySettings.DEFAULTS.with(depth))) {
                    measure(
                            depth == Depth.DETAILS ? "everything" : "verdict only",
                            start.untilNow(),
                            identifier,
                            files,
                            table);
                }
            }
        } finally {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        table.write(out.resolve("identify.csv"));
        System.out.print(table);
        if (set.isPresent()) {
            try (Identifier identifier = Identifier.open(chosen, IdentifySettings.DEFAULTS)) {
                ResultTable quality = IdentifyQuality.measure(identifier, set.get(), setImages);
                quality.write(out.resolve("quality.csv"));
                System.out.print(quality);
            }
        }
        Manifest.write(out, Map.of("models", models.toString(), "images", images, "repeats", repeats));
        System.out.println("Written to " + out);
        return 0;
    }

    private List<Path> files() throws IOException {
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            files.add(Files.createTempFile("redrl-identify", ".png"));
            ImageCodec.writePng(files.get(i), data.image(i));
        }
        return files;
    }

    private void measure(String mode, Took opened, Identifier identifier, List<Path> files, ResultTable table) {
        double first = milliseconds(identifier, files.get(0));
        for (int i = 0; i < WARM_UP; i++) {
            identifier.identify(files.get(i % files.size()));
        }
        double[] single = files.stream()
                .mapToDouble(file -> milliseconds(identifier, file))
                .toArray();
        List<Took> batches = new ArrayList<>();
        for (int r = 0; r < repeats; r++) {
            Took start = Took.now();
            for (int from = 0; from < files.size(); from += BATCH) {
                identifier.identifyAll(files.subList(from, Math.min(files.size(), from + BATCH)));
            }
            batches.add(start.untilNow());
        }
        Took median = Took.median(batches);
        table.add(
                mode,
                opened.seconds(),
                first,
                OrderStatistics.median(single),
                OrderStatistics.quantile(single, 0.9),
                files.size() / median.seconds(),
                1e3 * median.cpuSeconds() / files.size());
    }

    private static double milliseconds(Identifier identifier, Path file) {
        Took start = Took.now();
        identifier.identify(file);
        return 1e3 * start.untilNow().seconds();
    }
}

package io.redrl.bench;

import com.sun.management.OperatingSystemMXBean;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.evaluation.RunEnvironment;
import io.redrl.identify.Identifier;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;
import io.redrl.identify.IdentifySettings.Depth;
import io.redrl.image.ImageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl-bench identify}. */
@Command(
        name = "identify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Measure identification from PNG file to result, on CIFAR-10 test images: the first image, one image at a"
                        + " time once warm, and batches of 64; with everything that is told of an image, and the verdict"
                        + " alone. With --set, how good the results are on an adversarial set.",
        footer = {
            "",
            "Writes identify.csv (and quality.csv) and manifest.json. Leave the machine alone meanwhile. The cold start is"
                    + " measured from a shell: time ./redrl identify FILE",
            "Example: ./redrl-bench identify --models models/identify --out bench"
        })
final class IdentifyCommand implements Runnable {
    private static final int WARM_UP = 20;
    private static final int BATCH = 64;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "A recogniser's folder, or one laid out like the default: ${DEFAULT-VALUE}.")
    private Path models = IdentifyModels.FOLDER;

    @Option(names = "--reconstructor", paramLabel = "DIR", description = "Another recogniser, which repairs.")
    private Optional<Path> reconstructor = Optional.empty();

    @Option(names = "--victim", paramLabel = "V", description = "Another victim.")
    private Optional<String> victim = Optional.empty();

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

    /** What is written beside the numbers. */
    record Manifest(RunEnvironment environment, int threads, int images, int repeats, String recogniser) {}

    @Override
    public void run() {
        IdentifyModels chosen = IdentifyModels.in(models);
        chosen = reconstructor.map(chosen::withReconstructor).orElse(chosen);
        if (victim.isPresent()) {
            chosen = chosen.withVictim(victim, Optional.empty());
        }
        StringBuilder csv = new StringBuilder(
                "mode,open_s,first_ms,single_ms_median,single_ms_p90,images_per_s,cpu_ms_per_image\n");
        System.out.printf(
                "%-14s %8s %10s %16s %10s %12s%n",
                "mode", "open s", "first ms", "warm ms (median)", "90 %", "images/s");
        String recogniser = "";
        List<Path> files = files();
        try {
            for (Depth depth : List.of(Depth.DETAILS, Depth.VERDICT)) {
                long start = System.nanoTime();
                try (Identifier identifier = Identifier.open(chosen, IdentifySettings.DEFAULTS.with(depth))) {
                    double opened = (System.nanoTime() - start) / 1e9;
                    recogniser = identifier.recogniser();
                    csv.append(
                            measure(depth == Depth.DETAILS ? "everything" : "verdict only", opened, identifier, files));
                }
            }
        } finally {
            files.forEach(TemporaryFiles::delete);
        }
        AtomicFiles.writeString(out.resolve("identify.csv"), csv.toString());
        if (set.isPresent()) {
            try (Identifier identifier = Identifier.open(chosen, IdentifySettings.DEFAULTS)) {
                AtomicFiles.writeString(
                        out.resolve("quality.csv"), IdentifyQuality.measure(identifier, set.get(), setImages));
            }
        }
        Json.write(
                out.resolve("manifest.json"),
                new Manifest(
                        RunEnvironment.here(Path.of(System.getProperty("redrl.root", ".")), "cpu"),
                        torch.get_num_threads(),
                        images,
                        repeats,
                        recogniser));
        System.out.println("Written to " + out);
    }

    private List<Path> files() {
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        try {
            Path folder = Files.createTempDirectory("redrl-identify");
            List<Path> files = new ArrayList<>();
            for (int i = 0; i < images; i++) {
                Path file = folder.resolve(i + ".png");
                ImageCodec.writePng(file, data.image(i));
                files.add(file);
            }
            folder.toFile().deleteOnExit();
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String measure(String mode, double opened, Identifier identifier, List<Path> files) {
        long start = System.nanoTime();
        identifier.identify(files.get(0));
        double first = (System.nanoTime() - start) / 1e6;
        for (int i = 0; i < WARM_UP; i++) {
            identifier.identify(files.get(i % files.size()));
        }
        double[] single = new double[files.size()];
        for (int i = 0; i < single.length; i++) {
            start = System.nanoTime();
            identifier.identify(files.get(i));
            single[i] = (System.nanoTime() - start) / 1e6;
        }
        double[] rates = new double[repeats];
        long busy = cpuNanos();
        for (int r = 0; r < repeats; r++) {
            start = System.nanoTime();
            int done = 0;
            for (int from = 0; from < files.size(); from += BATCH) {
                done += identifier
                        .identifyAll(files.subList(from, Math.min(files.size(), from + BATCH)))
                        .size();
            }
            rates[r] = done / ((System.nanoTime() - start) / 1e9);
        }
        // What other processes on the machine hardly change.
        double cpu = (cpuNanos() - busy) / 1e6 / repeats / files.size();
        double[] sorted = single.clone();
        Arrays.sort(sorted);
        double median = Medians.of(single);
        double slow = sorted[(int) (0.9 * (sorted.length - 1))];
        double rate = Medians.of(rates);
        System.out.printf(
                Locale.ROOT,
                "%-14s %8.2f %10.1f %16.1f %10.1f %12.0f %12.1f%n",
                mode,
                opened,
                first,
                median,
                slow,
                rate,
                cpu);
        return String.format(
                Locale.ROOT, "%s,%.3f,%.2f,%.2f,%.2f,%.1f,%.2f%n", mode, opened, first, median, slow, rate, cpu);
    }

    /** Of all threads of this process, LibTorch's too. */
    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}

package io.redrl.bench;

import com.sun.management.OperatingSystemMXBean;
import io.redrl.attack.AttackLosses;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.evaluation.RunEnvironment;
import io.redrl.saliency.FilterSaliency;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl-bench saliency}. */
@Command(
        name = "saliency",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Measure filter saliency against the loop that one would write without this project: one image at a"
                        + " time, float32, NCHW, batch norm not folded, loss.backward() to the weights, their mean absolute"
                        + " gradients. Random weights, CIFAR-10 test images.",
        footer = {
            "",
            "Writes saliency.csv and manifest.json. Leave the machine alone meanwhile; where others work on it, read the ratio of"
                    + " CPU times, which is of one core each, and the share of the peak, which is too.",
            "Example: ./redrl-bench saliency --models resnet18 --repeats 5 --out bench"
        })
final class SaliencyCommand implements Runnable {
    @Option(
            names = "--models",
            split = ",",
            paramLabel = "NAME",
            description = "Default: resnet18,resnet50,densenet121,vgg19.")
    private List<String> models = List.of("resnet18", "resnet50", "densenet121", "vgg19");

    @Option(names = "--images", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int images = 64;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            description = "Of each side, turn by turn; medians are compared. Default: ${DEFAULT-VALUE}.")
    private int repeats = 3;

    @Option(
            names = "--megabytes",
            paramLabel = "MB",
            description = "For our side's activations and gradients, for each thread. Default: ${DEFAULT-VALUE}.")
    private int megabytes = FilterSaliency.MEGABYTES;

    @Option(names = "--seed", paramLabel = "N", description = "Of random weights. Default: ${DEFAULT-VALUE}.")
    private long seed = 7;

    @Option(names = "--out", paramLabel = "DIR", description = "Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("runs", "bench");

    /** What is written beside the numbers. */
    record Manifest(RunEnvironment environment, int threads, int images, int repeats, int megabytes, long seed) {}

    @Override
    public void run() {
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        StringBuilder csv = new StringBuilder("model,images,plain_one_thread_s,plain_all_threads_s,ours_s,"
                + "ratio_to_faster_plain,plain_one_thread_cpu_s,ours_cpu_s,cpu_ratio,gflop_per_image,peak_gflops_fp32_core,"
                + "peak_gflops_bf16_core,plain_peak_share,ours_peak_share,largest_relative_difference,resident_mb_before,"
                + "resident_mb_after\n");
        System.out.printf(
                "%-12s %11s %11s %10s %8s %9s %17s %12s %s%n",
                "model",
                "plain 1 thr",
                "plain all",
                "ours",
                "ratio",
                "CPU ratio",
                "of the fp32 peak",
                "difference",
                "resident MB");
        for (String model : models) {
            try (Subject subject = Subject.random(model, new Seed(seed), data, false)) {
                csv.append(Scopes.valued(() -> measure(subject, data)));
            }
            AtomicFiles.writeString(out.resolve("saliency.csv"), csv.toString());
        }
        Json.write(
                out.resolve("manifest.json"),
                new Manifest(
                        RunEnvironment.here(Path.of(System.getProperty("redrl.root", ".")), "cpu"),
                        torch.get_num_threads(),
                        images,
                        repeats,
                        megabytes,
                        seed));
        System.out.println("Written to " + out);
    }

    private String measure(Subject subject, ImageDataset data) {
        PlainNetwork plain = (PlainNetwork) subject.plain();
        FilterSaliency ours = FilterSaliency.of(subject.ours());
        Tensor pixels = Tensors.pixels(data.images(IntStream.range(0, images).toArray()));
        long[] labels = IntStream.range(0, images).mapToLong(data::label).toArray();
        plain(plain, pixels, labels, 2); // compiled code, memory
        ours.of(pixels, labels, megabytes);

        List<Took> oneThread = new ArrayList<>();
        List<Took> allThreads = new ArrayList<>();
        List<Took> oursTook = new ArrayList<>();
        double[][] expected = new double[0][];
        double[][] got = new double[0][];
        double fp32 = 0;
        double bf16 = 0;
        long before = residentMegabytes();
        int threads = torch.get_num_threads();
        for (int i = 0; i < repeats; i++) {
            fp32 = Math.max(fp32, Flops.peakOfACore(ScalarType.Float, Took::cpuTime));
            bf16 = Math.max(bf16, Flops.peakOfACore(ScalarType.BFloat16, Took::cpuTime));
            Took start = Took.now();
            got = ours.of(pixels, labels, megabytes);
            oursTook.add(start.until());
            start = Took.now();
            expected = plain(plain, pixels, labels, images);
            allThreads.add(start.until());
            torch.set_num_threads(1);
            start = Took.now();
            plain(plain, pixels, labels, images);
            oneThread.add(start.until());
            torch.set_num_threads(threads);
        }
        double one = median(oneThread, Took::seconds);
        double all = median(allThreads, Took::seconds);
        double mine = median(oursTook, Took::seconds);
        double ratio = Math.min(one, all) / mine;
        double oneCpu = median(oneThread, Took::cpu);
        double mineCpu = median(oursTook, Took::cpu);
        double difference = difference(got, expected);
        // Forward, to the convolutions' inputs, to their weights.
        double gflop = 3 * Flops.forward(plain, data.shape()) / 1e9;
        double secondsAtPeak = gflop * images / fp32;
        long after = residentMegabytes();
        System.out.printf(
                Locale.ROOT,
                "%-12s %9.2f s %9.2f s %8.2f s %8.2f %9.2f %7.2f and %5.2f %12.1e %d to %d%n",
                subject.name(),
                one,
                all,
                mine,
                ratio,
                oneCpu / mineCpu,
                secondsAtPeak / oneCpu,
                secondsAtPeak / mineCpu,
                difference,
                before,
                after);
        return String.format(
                Locale.ROOT,
                "%s,%d,%.4f,%.4f,%.4f,%.3f,%.4f,%.4f,%.3f,%.3f,%.1f,%.1f,%.3f,%.3f,%.2e,%d,%d%n",
                subject.name(),
                images,
                one,
                all,
                mine,
                ratio,
                oneCpu,
                mineCpu,
                oneCpu / mineCpu,
                gflop,
                fp32,
                bf16,
                secondsAtPeak / oneCpu,
                secondsAtPeak / mineCpu,
                difference,
                before,
                after);
    }

    /** The largest relative difference of an image's sum over filters, whatever the order of layers. */
    private static double difference(double[][] got, double[][] expected) {
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            double mine = Arrays.stream(got[i]).sum();
            double theirs = Arrays.stream(expected[i]).sum();
            worst = Math.max(worst, Math.abs(mine - theirs) / theirs);
        }
        return worst;
    }

    /**
     * <pre>
     *  for x, y in zip(images, labels):
     *      model.zero_grad()
     *      cross_entropy(model(x), y).backward()
     *      saliency = [w.grad.abs().mean((1, 2, 3)) for w in filters]
     * </pre>
     */
    private static double[][] plain(PlainNetwork model, Tensor pixels, long[] labels, int count) {
        double[][] saliency = new double[count][];
        for (int i = 0; i < count; i++) {
            int row = i;
            saliency[i] = Scopes.valued(() -> {
                model.zeroGrad();
                Tensor logits = model.logits(pixels.narrow(0, row, 1));
                AttackLosses.crossEntropy(logits, Tensors.longs(labels[row]))
                        .sum()
                        .backward();
                List<Double> values = new ArrayList<>();
                for (Tensor filters : model.filters()) {
                    Tensor means = filters.grad().abs().mean(1, 2, 3);
                    for (double value : Tensors.toDoubles(means)) {
                        values.add(value);
                    }
                }
                return values.stream().mapToDouble(Double::doubleValue).toArray();
            });
        }
        return saliency;
    }

    /**
     * Time passed and CPU time of all threads, in seconds.
     *
     * @param seconds by the clock
     * @param cpu of this process
     */
    private record Took(double seconds, double cpu) {
        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        static long cpuTime() {
            return SYSTEM.getProcessCpuTime();
        }

        static Took now() {
            return new Took(System.nanoTime() / 1e9, cpuTime() / 1e9);
        }

        Took until() {
            Took end = now();
            return new Took(end.seconds - seconds, end.cpu - cpu);
        }
    }

    private static double median(List<Took> values, ToDoubleFunction<Took> part) {
        return Medians.of(values.stream().mapToDouble(part).toArray());
    }

    private static long residentMegabytes() {
        try {
            String[] fields = Files.readString(Path.of("/proc/self/statm")).split(" ", -1);
            return Long.parseLong(fields[1]) * 4096 / 1_000_000;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

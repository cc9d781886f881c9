package io.redrl.bench;

import io.redrl.attack.Losses;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.Cifar10;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.evaluation.RunEnvironment;
import io.redrl.saliency.FilterSaliency;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
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
            "Writes saliency.csv and manifest.json. Leave the machine alone meanwhile.",
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
                + "ratio_to_faster_plain,largest_relative_difference,resident_mb_before,resident_mb_after\n");
        System.out.printf(
                "%-12s %10s %10s %10s %8s %12s %s%n",
                "model", "plain 1 thr", "plain all", "ours", "ratio", "difference", "resident MB");
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
        Tensor pixels = Tensors.pixels(
                data.pixels(IntStream.range(0, images).toArray()),
                images,
                Cifar10.SHAPE.channels(),
                Cifar10.SHAPE.height(),
                Cifar10.SHAPE.width());
        long[] labels = IntStream.range(0, images).mapToLong(data::label).toArray();
        plain(plain, pixels, labels, 2); // compiled code, memory
        ours.of(pixels.narrow(0, 0, Math.min(images, Lanes.count())), new long[Math.min(images, Lanes.count())]);

        List<Double> oneThread = new ArrayList<>();
        List<Double> allThreads = new ArrayList<>();
        List<Double> oursTook = new ArrayList<>();
        double[][] expected = new double[0][];
        double[][] got = new double[0][];
        long before = residentMegabytes();
        int threads = torch.get_num_threads();
        for (int i = 0; i < repeats; i++) {
            long start = System.nanoTime();
            got = ours.of(pixels, labels, megabytes);
            oursTook.add((System.nanoTime() - start) / 1e9);
            start = System.nanoTime();
            expected = plain(plain, pixels, labels, images);
            allThreads.add((System.nanoTime() - start) / 1e9);
            torch.set_num_threads(1);
            start = System.nanoTime();
            plain(plain, pixels, labels, images);
            oneThread.add((System.nanoTime() - start) / 1e9);
            torch.set_num_threads(threads);
        }
        double one = median(oneThread);
        double all = median(allThreads);
        double mine = median(oursTook);
        double ratio = Math.min(one, all) / mine;
        double difference = difference(got, expected);
        System.out.printf(
                Locale.ROOT,
                "%-12s %9.2f s %9.2f s %8.2f s %8.2f %12.1e %d to %d%n",
                subject.name(),
                one,
                all,
                mine,
                ratio,
                difference,
                before,
                residentMegabytes());
        return String.format(
                Locale.ROOT,
                "%s,%d,%.4f,%.4f,%.4f,%.3f,%.2e,%d,%d%n",
                subject.name(),
                images,
                one,
                all,
                mine,
                ratio,
                difference,
                before,
                residentMegabytes());
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
                Losses.crossEntropy(logits, Tensors.longs(labels[row])).sum().backward();
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

    private static double median(List<Double> values) {
        return Medians.of(values.stream().mapToDouble(Double::doubleValue).toArray());
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

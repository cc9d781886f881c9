package io.redrl.bench;

import io.redrl.base.Checks;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.identify.Identifier;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageSource;
import io.redrl.stats.OrderStatistics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl-bench serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Throughput of a running redrl serve: many clients that each send a CIFAR-10 test image as soon as the last"
                        + " one is answered, against identification in batches of 64 within this process, before and after.",
        footer = {
            "",
            "Writes serve.csv and manifest.json. The clients take a part of the same processor: cpu_ms_per_image is the"
                    + " server's alone, and other work on the machine changes it little.",
            "Example: ./redrl serve & ./redrl-bench serve --clients 32 --seconds 60"
        })
final class ServeCommand implements Callable<Integer> {
    private static final int BATCH = 64;
    private static final int IMAGES = 256;
    private static final double MEGABYTE = 1 << 20;

    @Option(names = "--url", paramLabel = "URL", description = "Of the server; default: ${DEFAULT-VALUE}.")
    private URI url = URI.create("http://127.0.0.1:8080");

    @Option(names = "--models", paramLabel = "DIR", description = "Those of the server; default: ${DEFAULT-VALUE}.")
    private Path models = IdentifyModels.FOLDER;

    @Option(names = "--clients", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int clients = 32;

    @Option(names = "--seconds", paramLabel = "S", description = "Default: ${DEFAULT-VALUE}.")
    private int seconds = 60;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Ends after so many answers, if that is sooner; default: no such end.")
    private long requests = Long.MAX_VALUE;

    @Option(names = "--out", paramLabel = "DIR", description = "Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("runs", "bench");

    @Override
    public Integer call() throws IOException {
        Checks.positive("clients", clients);
        Checks.positive("seconds", seconds);
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        List<byte[]> files = IntStream.range(0, IMAGES)
                .mapToObj(i -> ImageCodec.png(data.image(i)))
                .toList();
        ResultTable table = new ResultTable(
                "mode",
                "images_per_s",
                "cpu_ms_per_image",
                "p50_ms",
                "p99_ms",
                "statuses",
                "resident_mb_first",
                "resident_mb_last",
                "heap_mb_first",
                "heap_mb_last");
        inProcess(files, table);
        ServeLoad load = ServeLoad.run(url, files, clients, Duration.ofSeconds(seconds), requests);
        double[] times =
                load.milliseconds().stream().mapToDouble(Double::doubleValue).toArray();
        table.add(
                clients + " clients",
                load.answered() / load.took().toNanos() * 1e9,
                load.serverCpu().toNanos() / 1e6 / load.answered(),
                OrderStatistics.median(times),
                OrderStatistics.quantile(times, 0.99),
                load.statuses(),
                load.residentFirst() / MEGABYTE,
                load.residentLast() / MEGABYTE,
                load.heapFirst() / MEGABYTE,
                load.heapLast() / MEGABYTE);
        inProcess(files, table);
        table.write(out.resolve("serve.csv"));
        System.out.print(table);
        Manifest.write(
                out, Map.of("models", models.toString(), "clients", clients, "seconds", seconds, "requests", requests));
        System.out.println("Written to " + out);
        return 0;
    }

    /** What identify does with a folder. */
    private void inProcess(List<byte[]> files, ResultTable table) {
        List<ImageSource> sources = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            sources.add(new InMemory(i + ".png", files.get(i)));
        }
        try (Identifier identifier = Identifier.open(IdentifyModels.in(models), IdentifySettings.DEFAULTS)) {
            identifier.identifyNextOf(sources.subList(0, BATCH));
            Took start = Took.now();
            int done = 0;
            while (done < sources.size()) {
                done += identifier
                        .identifyNextOf(sources.subList(done, Math.min(sources.size(), done + BATCH)))
                        .size();
            }
            Took took = start.untilNow();
            table.add(
                    "batches of " + BATCH,
                    done / took.seconds(),
                    1e3 * took.cpuSeconds() / done,
                    Double.NaN,
                    Double.NaN,
                    "",
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN);
        }
    }

    /** A file's content. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record InMemory(String name, byte[] content) implements ImageSource {
        @Override
        public ImageCodec.Decoded read() {
            return ImageCodec.decode(content, name);
        }
    }
}

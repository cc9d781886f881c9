package io.redrl.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.redrl.identify.IdentifiedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Metrics of the service for Prometheus; {@code docs/serve.md} lists them. */
final class ServeMetrics {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicInteger underWay = new AtomicInteger();
    private final DistributionSummary batches;
    private final Timer judging;

    ServeMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        batches = DistributionSummary.builder("redrl.batch.images")
                .description("Images that were judged together")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
                .register(registry);
        judging = Timer.builder("redrl.batch")
                .description("Time that a batch took")
                .register(registry);
        gauge("redrl.requests.under.way", "Requests that were not answered yet", underWay::get);
        if (Files.isReadable(STATUS)) {
            gauge(
                    "process.resident.memory.bytes",
                    "Memory of the process, Java's and LibTorch's",
                    ServeMetrics::resident);
        }
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }

    /** What the queue tells of itself. */
    void watch(IdentifyQueue queue, ServeLimits limits, UploadMemory memory) {
        gauge("redrl.queue.images", "Images that wait", queue::length);
        gauge("redrl.queue.limit", "Images that may wait", limits::queue);
        gauge("redrl.uploads.bytes", "Memory taken by bodies of requests", memory::used);
        gauge("redrl.uploads.limit.bytes", "Memory that they may take", limits::memory);
    }

    void batch(int images, Duration took) {
        batches.record(images);
        judging.record(took);
    }

    void began() {
        underWay.incrementAndGet();
    }

    void ended() {
        underWay.decrementAndGet();
    }

    /** @param route a pattern, never what somebody sent */
    void answered(String route, int status, Duration took) {
        Timer.builder("redrl.requests")
                .description("Time until requests were answered")
                .tag("route", route)
                .tag("status", Integer.toString(status))
                .serviceLevelObjectives(
                        Duration.ofMillis(10),
                        Duration.ofMillis(30),
                        Duration.ofMillis(100),
                        Duration.ofMillis(300),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(10))
                .register(registry)
                .record(took);
    }

    void judged(IdentifiedFile file) {
        Counter.builder("redrl.images")
                .description("Images by verdict")
                .tag(
                        "verdict",
                        file.identification()
                                .map(found -> found.outcome().name().toLowerCase(Locale.ROOT))
                                .orElse("failed"))
                .register(registry)
                .increment();
    }

    int underWay() {
        return underWay.get();
    }

    String text() {
        return registry.scrape();
    }

    private static long resident() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}

package io.redrl.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * One line of {@code attacks.csv}: one side of one attack on one model in one size of batch. NaN is written as nothing.
 *
 * @param model its name
 * @param weights {@code trained} or {@code random}
 * @param attack its name
 * @param batch images in a batch
 * @param side {@code plain} or {@code ours}
 * @param precision {@code fp32} or {@code bf16}
 * @param threads LibTorch's
 * @param lanes parts of a batch that run side by side, one thread each; 1: all threads in each operation
 * @param stepsRun steps that were run, of an attack whose steps are all alike; 0 for DeepFool
 * @param stepsScaledTo steps that {@code seconds} speaks of
 * @param imagesRun images that were run
 * @param imagesScaledTo images that {@code seconds} speaks of
 * @param repeats seconds of each run, scaled
 * @param cpuSeconds median CPU time of all threads, scaled
 * @param cpuRatio the plain side's median CPU time over this side's: less moved by other processes than {@code ratio}
 * @param ratio the plain side's median seconds over this side's
 * @param success the share of images that fool, in [0, 1], of those that both sides ran; NaN where the plain loop was cut
 * @param successGap {@code success} minus the plain side's, in points
 * @param l2 median L2 norm of those that fool
 * @param l2Gap by how many percent {@code l2} is above the plain side's
 * @param linf median L∞ norm of those that fool
 * @param gflops convolutions of forward and input gradient, for attacks that take every image through every step
 * @param peakShare of the machine's best convolution in this precision, in [0, 1]
 * @param spec the attack's settings
 */
record Row(
        String model,
        String weights,
        String attack,
        int batch,
        String side,
        String precision,
        int threads,
        int lanes,
        int stepsRun,
        int stepsScaledTo,
        int imagesRun,
        int imagesScaledTo,
        List<Double> repeats,
        double cpuSeconds,
        double cpuRatio,
        double ratio,
        double success,
        double successGap,
        double l2,
        double l2Gap,
        double linf,
        double gflops,
        double peakShare,
        String spec) {
    Row {
        repeats = List.copyOf(repeats);
    }

    double seconds() {
        return Medians.of(repeats.stream().mapToDouble(Double::doubleValue).toArray());
    }

    double imagesPerSecond() {
        return imagesScaledTo / seconds();
    }

    boolean ours() {
        return side.equals("ours");
    }

    private Map<String, String> cells() {
        Map<String, String> cells = new LinkedHashMap<>();
        cells.put("model", model);
        cells.put("weights", weights);
        cells.put("attack", attack);
        cells.put("batch", Integer.toString(batch));
        cells.put("side", side);
        cells.put("precision", precision);
        cells.put("threads", Integer.toString(threads));
        cells.put("lanes", Integer.toString(lanes));
        cells.put("steps_run", Integer.toString(stepsRun));
        cells.put("steps_scaled_to", Integer.toString(stepsScaledTo));
        cells.put("images_run", Integer.toString(imagesRun));
        cells.put("images_scaled_to", Integer.toString(imagesScaledTo));
        cells.put("seconds_median", number(seconds(), 4));
        cells.put("seconds_all", repeats.stream().map(s -> number(s, 4)).collect(Collectors.joining(";")));
        cells.put("cpu_seconds_median", number(cpuSeconds, 4));
        cells.put("images_per_second", number(imagesPerSecond(), 3));
        cells.put("ratio", number(ratio, 3));
        cells.put("cpu_ratio", number(cpuRatio, 3));
        cells.put("success", number(success, 5));
        cells.put("success_gap_points", number(successGap, 3));
        cells.put("median_l2", number(l2, 6));
        cells.put("median_l2_gap_percent", number(l2Gap, 3));
        cells.put("median_linf", number(linf, 6));
        cells.put("gflops", number(gflops, 1));
        cells.put("peak_share", number(peakShare, 4));
        cells.put("settings", '"' + spec.replace("\"", "\"\"") + '"');
        return cells;
    }

    private static String number(double value, int digits) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + digits + "f", value) : "";
    }

    /** The whole file. */
    static String csv(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            Map<String, String> cells = row.cells();
            if (text.isEmpty()) {
                text.append(String.join(",", cells.keySet())).append('\n');
            }
            text.append(String.join(",", cells.values())).append('\n');
        }
        return text.toString();
    }

    /** A table for people. */
    static String table(List<Row> rows) {
        String format = "%-12s %-9s %5s %-11s %10s %9s %7s %6s %9s %7s %9s %7s %6s%n";
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                format,
                "model",
                "attack",
                "batch",
                "side",
                "seconds",
                "images/s",
                "ratio",
                "(CPU)",
                "success",
                "points",
                "L2",
                "%",
                "peak"));
        for (Row row : rows) {
            boolean scaled = row.stepsRun != row.stepsScaledTo || row.imagesRun != row.imagesScaledTo;
            text.append(String.format(
                    Locale.ROOT,
                    format,
                    row.model,
                    row.attack,
                    row.batch,
                    row.side + " " + row.precision,
                    number(row.seconds(), 2) + (scaled ? "*" : ""),
                    number(row.imagesPerSecond(), 2),
                    row.ours() ? number(row.ratio, 2) : "",
                    row.ours() ? number(row.cpuRatio, 2) : "",
                    Double.isNaN(row.success) ? "" : number(100 * row.success, 1) + "%",
                    signed(row.successGap, 0.5, 1),
                    number(row.l2, 4),
                    signed(row.l2Gap, 1, 1),
                    Double.isNaN(row.peakShare) ? "" : number(100 * row.peakShare, 0) + "%"));
        }
        text.append(
                "ratio: the plain loop's time over ours, and the same for CPU time of all threads; points: success above the plain loop's; %: median L2 above the plain loop's; ! outside the goal"
                        + " of 0.5 points and 1 %; * a part was run and its time scaled (columns of the CSV say which);"
                        + " peak: share of the best convolution's speed\n");
        return text.toString();
    }

    private static String signed(double value, double goal, int digits) {
        return Double.isFinite(value)
                ? String.format(Locale.ROOT, "%+." + digits + "f", value) + (Math.abs(value) > goal ? "!" : "")
                : "";
    }

    /** A bar per row of ours. */
    static String chart(List<Row> rows) {
        List<Row> ours = rows.stream().filter(Row::ours).toList();
        double most = DoubleStream.concat(
                        DoubleStream.of(1),
                        ours.stream().mapToDouble(Row::ratio).filter(Double::isFinite))
                .max()
                .orElse(1);
        return BarChart.svg(
                "Times as fast as the plain loop",
                ours.stream()
                        .map(row -> new BarChart.Bar(
                                row.model + " · " + row.attack + " · batch " + row.batch + " · " + row.precision,
                                row.ratio,
                                row.precision.equals("bf16")))
                        .toList(),
                most);
    }
}

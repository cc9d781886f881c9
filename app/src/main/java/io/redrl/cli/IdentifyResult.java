package io.redrl.cli;

import io.redrl.evaluation.ClassNames;
import io.redrl.identify.Box;
import io.redrl.identify.Identification;
import io.redrl.identify.IdentifiedFile;
import io.redrl.saliency.ImageSaliency;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code redrl identify} prints.
 *
 * @param recogniser the name of the one that judged
 * @param images one for each image that could be read
 * @param failures one for each that could not
 * @param counts of verdicts: clean, attacked, unknown, failed
 * @param exitCode of the process, unless a file could not be written
 */
record IdentifyResult(
        String recogniser, List<Row> images, List<FailedFile> failures, Map<String, Integer> counts, int exitCode) {
    private static final String NONE = "-";

    /**
     * An image: what {@link Identification} says but for the pictures.
     *
     * @param confidence the probability of the verdict; empty if that is unknown
     * @param nearest the likeliest class
     * @param pictures files written, by what they show
     */
    record Row(
            String image,
            int height,
            int width,
            Identification.Reading reading,
            String verdict,
            Optional<Double> confidence,
            String nearest,
            Map<String, Double> probabilities,
            double unknownScore,
            Optional<Perturbation> perturbation,
            Optional<Box> box,
            Optional<Double> epsilon,
            Optional<VictimView> victim,
            Optional<Targets> saliency,
            List<String> remarks,
            Map<String, String> pictures) {
        static Row of(Identification found, Map<String, String> pictures) {
            return new Row(
                    found.name(),
                    found.shape().height(),
                    found.shape().width(),
                    found.reading(),
                    found.verdict(),
                    found.confidence(),
                    found.nearest(),
                    found.probabilities(),
                    found.prediction().oodScore(),
                    found.residual().map(residual -> new Perturbation(residual.linf(), residual.l2())),
                    found.box(),
                    found.epsilon(),
                    found.victim().map(victim -> new VictimView(victim.name(), victim.before(), victim.after())),
                    found.victim().flatMap(Row::targets),
                    found.remarks(),
                    pictures);
        }

        private static Optional<Targets> targets(Identification.Victim victim) {
            return victim.saliency().map(saliency -> new Targets(victim.name(), saliency.label(), saliency.filters()));
        }
    }

    /** Norms of the estimated perturbation, pixels in [0, 1]. */
    record Perturbation(double linf, double l2) {}

    /** A victim's predictions for the image and for the repaired one. */
    record VictimView(
            String name, Identification.VictimPrediction before, Optional<Identification.VictimPrediction> after) {}

    /** Filters of a victim that the image activates, the most salient first, measured with the class {@code label}. */
    record Targets(String victim, int label, List<ImageSaliency.Filter> filters) {}

    /** A file that could not be read, and why. */
    record FailedFile(String file, String message) {}

    /** Collects results. */
    static final class Builder {
        private final String recogniser;
        private final List<Row> images = new ArrayList<>();
        private final List<FailedFile> failures = new ArrayList<>();
        private int attacked;
        private int unknown;
        private int failing;
        private boolean stopped;
        private final Gate gate;

        Builder(String recogniser, Gate gate) {
            this.recogniser = recogniser;
            this.gate = gate;
        }

        void add(IdentifiedFile result, Map<String, String> pictures) {
            result.failure()
                    .ifPresent(why -> failures.add(new FailedFile(result.file().toString(), why)));
            result.identification().ifPresent(found -> {
                images.add(Row.of(found, pictures));
                attacked += found.outcome() == Identification.Outcome.ATTACKED ? 1 : 0;
                unknown += found.outcome() == Identification.Outcome.UNKNOWN ? 1 : 0;
                failing += gate.outcome(found) == Identification.Outcome.ATTACKED ? 1 : 0;
            });
        }

        /** There are more images, which nobody looked at. */
        void stop() {
            stopped = true;
        }

        IdentifyResult build() {
            Map<String, Integer> counts = new LinkedHashMap<>();
            counts.put("clean", images.size() - attacked - unknown);
            counts.put("attacked", attacked);
            counts.put("unknown", unknown);
            counts.put("failed", failures.size());
            return new IdentifyResult(recogniser, images, failures, counts, exitCode());
        }

        private int exitCode() {
            return stopped ? ExitCodes.STOPPED : gate.exitCode(failing, attacked + unknown - failing, failures.size());
        }
    }

    /** For people. */
    String text(int width) {
        StringBuilder text = new StringBuilder();
        Map<String, String> names = FileNames.of(images.stream().map(Row::image).toList());
        if (!images.isEmpty()) {
            text.append(table(names).text(width)).append('\n');
        }
        Map<String, List<String>> remarks = new LinkedHashMap<>();
        for (Row row : images) {
            row.remarks().forEach(remark -> remarks.computeIfAbsent(remark, x -> new ArrayList<>())
                    .add(name(row, names)));
            saliency(row, names).ifPresent(line -> text.append(line).append('\n'));
        }
        remarks.forEach((remark, of) -> text.append(of.get(0))
                .append(of.size() > 1 ? " and " + (of.size() - 1) + " more: " : ": ")
                .append(remark)
                .append('\n'));
        text.append(String.format(
                Locale.ROOT,
                "%d clean, %d attacked, %d unknown%s. Judged by %s.",
                counts.get("clean"),
                counts.get("attacked"),
                counts.get("unknown"),
                failures.isEmpty() ? "" : ", " + failures.size() + " not read",
                recogniser));
        if (images.stream().anyMatch(row -> row.perturbation().isPresent())) {
            text.append(" ε and L∞ in grey levels (of 255); L∞ and L2: of the estimated perturbation.");
        }
        return text.toString();
    }

    private Table table(Map<String, String> names) {
        boolean details = images.stream().anyMatch(row -> row.perturbation().isPresent());
        boolean probed = images.stream().anyMatch(row -> row.victim().isPresent());
        Table table = new Table().words("image").words("verdict").numbers("probability", "ε");
        if (details) {
            table.numbers("L∞", "L2");
        }
        table.words("where");
        if (probed) {
            table.words("victim says").words("repaired");
        }
        table.dispensable("repaired", "L∞", "victim says", "L2");
        for (Row row : images) {
            List<String> cells = new ArrayList<>(List.of(
                    name(row, names),
                    row.verdict().equals(Identification.UNKNOWN)
                            ? "unknown (" + ClassNames.label(row.nearest()) + "?)"
                            : ClassNames.label(row.verdict()),
                    row.confidence()
                            .map(sure -> String.format(Locale.ROOT, "%.1f %%", 100 * sure))
                            .orElse(NONE),
                    row.epsilon()
                            .map(e -> String.format(Locale.ROOT, "%.0f", 255 * e))
                            .orElse(NONE)));
            if (details) {
                cells.add(row.perturbation()
                        .map(p -> String.format(Locale.ROOT, "%.0f", 255 * p.linf()))
                        .orElse(NONE));
                cells.add(row.perturbation()
                        .map(p -> String.format(Locale.ROOT, "%.2f", p.l2()))
                        .orElse(NONE));
            }
            cells.add(row.box()
                    .map(box -> box.width() + "×" + box.height() + " at " + box.left() + "," + box.top())
                    .orElse(NONE));
            if (probed) {
                cells.add(row.victim().map(view -> said(view.before())).orElse(NONE));
                cells.add(row.victim()
                        .flatMap(VictimView::after)
                        .map(IdentifyResult::said)
                        .orElse(NONE));
            }
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private static String name(Row row, Map<String, String> names) {
        return names.getOrDefault(row.image(), row.image());
    }

    private static Optional<String> saliency(Row row, Map<String, String> names) {
        return row.saliency().map(targets -> {
            StringBuilder line = new StringBuilder(name(row, names) + " targets, of " + targets.victim() + ":");
            targets.filters().stream()
                    .limit(5)
                    .forEach(filter -> line.append(String.format(
                            Locale.ROOT, " %s/%d (%.1fσ)", filter.layer(), filter.filter(), filter.standardised())));
            return line.toString();
        });
    }

    private static String said(Identification.VictimPrediction said) {
        return String.format(Locale.ROOT, "%s %.0f %%", said.name(), 100 * said.probability());
    }
}

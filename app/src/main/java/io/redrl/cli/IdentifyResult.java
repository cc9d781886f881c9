package io.redrl.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.redrl.identify.Box;
import io.redrl.identify.Identification;
import io.redrl.identify.IdentifiedFile;
import io.redrl.identify.Strength;
import io.redrl.identify.Verdict;
import io.redrl.saliency.ImageSaliency;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What {@code redrl identify} prints.
 *
 * @param recogniser the name of the one that judged
 * @param notes what to know of every verdict
 * @param images one for each image that could be read
 * @param failures one for each that could not
 * @param counts of verdicts: clean, attacked, unknown, failed
 * @param exitCode of the process, unless a file could not be written
 */
record IdentifyResult(
        String recogniser,
        List<String> notes,
        List<Row> images,
        List<FailedFile> failures,
        Map<String, Integer> counts,
        int exitCode) {
    private static final String NONE = "-";

    /**
     * An image: what {@link Identification} says but for the pictures.
     *
     * @param confidence the probability of the verdict; empty if that is unknown
     * @param attacked the probability that it was attacked by anything
     * @param nearest the likeliest class
     * @param families probabilities one level up; empty for the paper's classes
     * @param alternatives for people: what else of the prediction set an attacked image may be
     * @param predictionSet classes that hold the true one in 95 % of cases
     * @param suspects names of the suspected victims that were asked; none if the verdict is from the image alone
     * @param pictures files written, by what they show
     */
    record Row(
            String image,
            int height,
            int width,
            Identification.Reading reading,
            String verdict,
            String label,
            Optional<Double> confidence,
            double attacked,
            String nearest,
            Map<String, Double> probabilities,
            Map<String, Double> families,
            List<String> predictionSet,
            @JsonIgnore List<String> alternatives,
            double unknownScore,
            Optional<Perturbation> perturbation,
            Optional<Box> box,
            Optional<Double> epsilon,
            Optional<Strength> strength,
            Optional<VictimView> victim,
            Optional<Targets> saliency,
            List<String> suspects,
            List<String> remarks,
            Map<String, String> pictures) {
        static Row of(Identification found, Map<String, String> pictures) {
            Verdict verdict = found.verdict();
            return new Row(
                    found.name(),
                    found.shape().height(),
                    found.shape().width(),
                    found.reading(),
                    verdict.id(),
                    verdict.outcome() == Verdict.Outcome.UNKNOWN
                            ? "unknown (" + verdict.nearest().label() + "?)"
                            : verdict.label(),
                    verdict.probability(),
                    verdict.attacked(),
                    verdict.nearest().id(),
                    probabilities(verdict.candidates()),
                    probabilities(verdict.families()),
                    verdict.predictionSet(),
                    verdict.alternatives(),
                    verdict.unknownScore(),
                    found.residual().map(residual -> new Perturbation(residual.linf(), residual.l2())),
                    found.box(),
                    found.epsilon(),
                    found.strength(),
                    found.victim().map(victim -> new VictimView(victim.name(), victim.before(), victim.after())),
                    found.victim().flatMap(Row::targets),
                    found.suspects(),
                    found.remarks(),
                    pictures);
        }

        private static Map<String, Double> probabilities(List<Verdict.Candidate> candidates) {
            Map<String, Double> probabilities = new LinkedHashMap<>();
            candidates.forEach(one -> probabilities.put(one.id(), one.probability()));
            return probabilities;
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
        private final List<String> notes;
        private final List<Row> images = new ArrayList<>();
        private final List<FailedFile> failures = new ArrayList<>();
        private int attacked;
        private int unknown;
        private int failing;
        private boolean stopped;
        private final Gate gate;

        Builder(String recogniser, List<String> notes, Gate gate) {
            this.recogniser = recogniser;
            this.notes = notes;
            this.gate = gate;
        }

        void add(IdentifiedFile result, Map<String, String> pictures) {
            result.failure()
                    .ifPresent(why -> failures.add(new FailedFile(result.file().toString(), why)));
            result.identification().ifPresent(found -> {
                images.add(Row.of(found, pictures));
                attacked += found.outcome() == Verdict.Outcome.ATTACKED ? 1 : 0;
                unknown += found.outcome() == Verdict.Outcome.UNKNOWN ? 1 : 0;
                failing += gate.outcome(found) == Verdict.Outcome.ATTACKED ? 1 : 0;
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
            return new IdentifyResult(recogniser, notes, images, failures, counts, exitCode());
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
        if (any(row -> row.strength().isPresent())) {
            text.append(" L∞ in grey levels (of 255), with the interval that holds it in 90 of 100 cases.");
        } else if (any(row -> row.families().isEmpty() && row.perturbation().isPresent())) {
            text.append(" ε and L∞ in grey levels (of 255); L∞ and L2: of the estimated perturbation.");
        }
        notes.forEach(note -> text.append('\n').append(note));
        return text.toString();
    }

    private Table table(Map<String, String> names) {
        boolean strengths = any(row -> row.strength().isPresent());
        boolean six = !strengths
                && any(row -> row.families().isEmpty()); // what is left of G is all that tells of strength then
        boolean details = six && any(row -> row.perturbation().isPresent());
        boolean probed = any(row -> row.victim().isPresent());
        boolean sets = any(row -> !row.alternatives().isEmpty());
        Table table = new Table().words("image").words("verdict").numbers("probability");
        if (strengths) {
            table.numbers("L∞ (90 %)", "L2");
        } else if (six) {
            table.numbers("ε");
        }
        if (details) {
            table.numbers("L∞", "L2");
        }
        table.words("where");
        if (sets) {
            table.words("or");
        }
        if (probed) {
            table.words("victim says").words("repaired");
        }
        table.dispensable("repaired", "victim says", "L2", "or", "L∞");
        for (Row row : images) {
            List<String> cells = new ArrayList<>(List.of(
                    name(row, names),
                    row.label(),
                    row.confidence()
                            .map(sure -> String.format(Locale.ROOT, "%.1f %%", 100 * sure))
                            .orElse(NONE)));
            if (strengths) {
                cells.add(row.strength().map(IdentifyResult::linf).orElse(NONE));
                cells.add(norm(row.strength().map(strength -> strength.l2().estimate())));
            } else if (six) {
                cells.add(greyLevels(row.epsilon()));
            }
            if (details) {
                cells.add(greyLevels(row.perturbation().map(Perturbation::linf)));
                cells.add(norm(row.perturbation().map(Perturbation::l2)));
            }
            cells.add(row.box()
                    .map(box -> box.width() + "×" + box.height() + " at " + box.left() + "," + box.top())
                    .orElse(NONE));
            if (sets) {
                cells.add(row.alternatives().isEmpty() ? NONE : String.join(", ", row.alternatives()));
            }
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

    private boolean any(Predicate<Row> what) {
        return images.stream().anyMatch(what);
    }

    private static String linf(Strength strength) {
        return String.format(
                Locale.ROOT,
                "%.0f (%.0f–%.0f)",
                255 * strength.linf().estimate(),
                255 * strength.linf().low(),
                255 * strength.linf().high());
    }

    private static String greyLevels(Optional<Double> distance) {
        return distance.map(d -> String.format(Locale.ROOT, "%.0f", 255 * d)).orElse(NONE);
    }

    private static String norm(Optional<Double> l2) {
        return l2.map(length -> String.format(Locale.ROOT, "%.2f", length)).orElse(NONE);
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

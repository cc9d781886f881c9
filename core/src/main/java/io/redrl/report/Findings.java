package io.redrl.report;

import io.redrl.adversarial.AttackSummary;
import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.RepairTable;
import io.redrl.evaluation.Setup;
import io.redrl.stats.Interval;
import io.redrl.stats.PairedComparison;
import io.redrl.stats.Proportion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the numbers say, in sentences. Each sentence is made from the numbers that it speaks of and claims no more. */
final class Findings {
    /** An attack that fools less often than this is named. */
    private static final double STRONG = 0.95;

    private final Evaluation evaluation;
    private final Optional<RecognitionResult> image;
    private final Optional<RecognitionResult> redrl;
    private final Optional<RecognitionResult> oracle;

    Findings(Evaluation evaluation) {
        this.evaluation = evaluation;
        image = evaluation.result(RecogniserKind.IMAGE);
        redrl = evaluation.result(RecogniserKind.REDRL);
        oracle = evaluation.result(RecogniserKind.ORACLE);
    }

    /** The one sentence that a reader takes home. */
    String headline() {
        return redrl.map(r -> "On " + Numbers.count(r.confusion().examples())
                        + " test examples that no training saw, REDRL names what was done to an image in "
                        + Numbers.percentSign(r.confusion().macro())
                        + " of cases, averaged over the "
                        + r.confusion().labels().size()
                        + " classes (95% interval "
                        + Numbers.range(r.confusion().macroInterval())
                        + "; guessing gives "
                        + Numbers.percentSign(1.0 / r.confusion().labels().size()) + ").")
                .orElse("No REDRL recogniser was evaluated in this run.");
    }

    /** On how much, and how far from the paper that is. */
    String scale() {
        Setup setup = evaluation.setup();
        String victims = setup.victims().stream()
                .map(v -> v.id() + (v.parameters() > 0 ? ", " + Numbers.millions(v.parameters()) + " parameters" : ""))
                .collect(Collectors.joining("; "));
        boolean many = setup.victims().size() > 1;
        String run = setup.victims().size() + (many ? " victims (" : " victim (") + victims + "), "
                + Numbers.count(setup.trainImages()) + " training images and "
                + Numbers.count(setup.testImages()) + " test images of " + PaperNumbers.title(setup.dataset()) + ".";
        Integer whole = PaperNumbers.TRAIN_IMAGES.get(setup.dataset());
        if (whole == null) {
            return run + " The paper has no numbers for this data set.";
        }
        boolean small = setup.trainImages() < whole || setup.victims().size() < 4;
        String names = PaperNumbers.TABLE_1.stream()
                .filter(v -> v.dataset().equals(setup.dataset()))
                .map(PaperNumbers.Victim::network)
                .collect(Collectors.joining(", "));
        return (small ? "This is a small-scale run: " : "This run: ") + run + " The paper used four victims (" + names
                + "), all " + Numbers.count(whole) + " training images and " + PaperNumbers.EPOCHS
                + " epochs. Its numbers stand beside ours for orientation; they were not measured under the same"
                + " conditions.";
    }

    /** What recognition shows: the order of the inputs, and the controls. */
    List<String> recognition() {
        List<String> sentences = new ArrayList<>();
        if (image.isPresent() && redrl.isPresent() && oracle.isPresent()) {
            sentences.add(order(image.get(), redrl.get(), oracle.get()));
        }
        redrl.ifPresent(r -> {
            image.flatMap(i -> step("Against the image alone, REDRL", r, i)).ifPresent(sentences::add);
            oracle.flatMap(o -> step("Against the oracle, REDRL", r, o))
                    .map(s -> s + paperGap())
                    .ifPresent(sentences::add);
            evaluation
                    .result(RecogniserKind.PLUS)
                    .flatMap(p -> step("Against REDRL, redrl+", p, r))
                    .ifPresent(sentences::add);
            evaluation
                    .result(RecogniserKind.ATTACK_LOSS_ONLY)
                    .map(c -> control(r, c))
                    .ifPresent(sentences::add);
            evaluation
                    .result(RecogniserKind.HIGH_PASS)
                    .flatMap(h -> step("Against Ψ on fixed high-pass maps, without any reconstruction, REDRL", r, h))
                    .ifPresent(sentences::add);
        });
        evaluation
                .result(RecogniserKind.PLUS)
                .flatMap(p -> oracle.flatMap(o -> step("Against the oracle, redrl+", p, o)))
                .ifPresent(sentences::add);
        evaluation.main().stream()
                .filter(r -> r.confusion()
                        .macroInterval()
                        .contains(1.0 / r.confusion().labels().size()))
                .map(r -> r.title() + " is at chance: in this training it has not begun to learn, so what is said of it"
                        + " above is about these settings and not about what it could reach.")
                .forEach(sentences::add);
        return sentences;
    }

    private static String order(RecognitionResult image, RecognitionResult redrl, RecognitionResult oracle) {
        double a = image.confusion().macro();
        double b = redrl.confusion().macro();
        double c = oracle.confusion().macro();
        String numbers = "image alone " + Numbers.percentSign(a) + ", REDRL " + Numbers.percentSign(b) + ", oracle "
                + Numbers.percentSign(c) + " (macro accuracy)";
        return a < b && b < c
                ? "The order image alone < REDRL < oracle holds here: " + numbers + "."
                : "The order image alone < REDRL < oracle does not hold here: " + numbers + ".";
    }

    /** How far {@code first} is from {@code second}, and whether that is more than chance. */
    Optional<String> step(String subject, RecognitionResult first, RecognitionResult second) {
        return evaluation.comparison(first, second).map(c -> {
            String amount = points(c);
            if (c.interval().contains(0)) {
                return subject + " differs by " + amount + ": within the error, this test set cannot tell them apart.";
            }
            return subject + (c.difference() > 0 ? " is better by " : " is worse by ") + amount
                    + ", more than chance explains.";
        });
    }

    private static String points(PairedComparison comparison) {
        Interval interval = comparison.interval();
        return Numbers.points(comparison.difference()) + " points (paired 95% interval "
                + Numbers.points(interval.low()) + " to " + Numbers.points(interval.high()) + ")";
    }

    private String paperGap() {
        String dataset = evaluation.setup().dataset();
        return PaperNumbers.recognition(dataset, RecogniserKind.REDRL)
                .flatMap(r -> PaperNumbers.recognition(dataset, RecogniserKind.ORACLE)
                        .map(o -> " In the paper that difference is " + Numbers.points((r.macro() - o.macro()) / 100)
                                + " points between class means."))
                .orElse("");
    }

    private String control(RecognitionResult redrl, RecognitionResult control) {
        String start = "Control: the same networks trained by the attack loss alone reach "
                + Numbers.percentSign(control.confusion().macro()) + ". ";
        return evaluation
                .comparison(redrl, control)
                .map(c -> {
                    if (c.interval().contains(0)) {
                        return start + "REDRL differs from it by " + points(c)
                                + ", which is within the error: nothing here shows that the reconstruction losses help"
                                + " to name the attack, or hurt.";
                    }
                    return c.difference() > 0
                            ? start + "REDRL is better by " + points(c)
                                    + ": in this run the reconstruction losses help to name the attack."
                            : start + "REDRL is worse by " + points(c)
                                    + ": in this run the reconstruction losses do not help to name the attack.";
                })
                .orElse(start + "The two were not compared on the same examples.");
    }

    /** What the reconstructor does to the victims' verdicts. */
    List<String> repair() {
        List<RepairTable.Row> attacked = rows(r -> !r.attack().equals("clean"));
        List<RepairTable.Row> clean = rows(r -> r.attack().equals("clean"));
        List<String> sentences = new ArrayList<>();
        if (!attacked.isEmpty()) {
            sentences.add("Averaged over victims and attacks, Φ is right on "
                    + Numbers.percentSign(mean(attacked, false)) + " of attacked images as they are and on "
                    + Numbers.percentSign(mean(attacked, true)) + " once reconstructed.");
            String worse = attacked.stream()
                    .filter(r -> r.rightAfter() < r.rightBefore())
                    .map(r -> ClassNames.label(r.attack()) + " on " + r.victim())
                    .collect(Collectors.joining(", "));
            if (!worse.isEmpty()) {
                sentences.add("Reconstruction lowers it for " + worse + ".");
            }
        }
        if (!clean.isEmpty()) {
            sentences.add("On clean images the reconstruction changes Φ's accuracy from "
                    + Numbers.percentSign(mean(clean, false)) + " to " + Numbers.percentSign(mean(clean, true)) + ".");
        }
        return sentences;
    }

    private List<RepairTable.Row> rows(Predicate<RepairTable.Row> wanted) {
        return evaluation.repair().rows().stream().filter(wanted).toList();
    }

    private static double mean(List<RepairTable.Row> rows, boolean after) {
        return rows.stream()
                .map(r -> after ? r.after() : r.before())
                .mapToDouble(Proportion::value)
                .average()
                .orElse(Double.NaN);
    }

    /** Which attacks do what they are for, and what rounding costs them. */
    List<String> attacks() {
        List<AttackSummary> rows = evaluation.attacks().stream()
                .filter(AttackSummary::overall)
                .filter(r -> r.rightBefore() > 0)
                .toList();
        List<String> sentences = new ArrayList<>();
        if (rows.isEmpty()) {
            return sentences;
        }
        String strong = named(rows, r -> r.success8bit().value() >= STRONG);
        String weak = named(rows, r -> r.success8bit().value() < STRONG);
        if (!strong.isEmpty()) {
            sentences.add(
                    "At least 95% success as stored, on images that the victim gets right when clean: " + strong + ".");
        }
        if (!weak.isEmpty()) {
            sentences.add("Below 95%: " + weak + ".");
        }
        String undone = named(
                rows,
                r -> r.successFloat().value() - r.success8bit().value() > 0.05,
                r -> "(" + Numbers.percentSign(r.successFloat().value()) + " → "
                        + Numbers.percentSign(r.success8bit().value()) + ")");
        if (!undone.isEmpty()) {
            sentences.add("Rounding to 8 bits costs more than 5 points of success for " + undone + ".");
        }
        return sentences;
    }

    private static String named(List<AttackSummary> rows, Predicate<AttackSummary> wanted) {
        return named(rows, wanted, r -> Numbers.percentSign(r.success8bit().value()));
    }

    private static String named(
            List<AttackSummary> rows, Predicate<AttackSummary> wanted, Function<AttackSummary, String> number) {
        boolean several = rows.stream().map(AttackSummary::victim).distinct().count() > 1;
        return rows.stream()
                .filter(wanted)
                .map(r -> ClassNames.label(r.attack()) + (several ? " on " + r.victim() : "") + " " + number.apply(r))
                .collect(Collectors.joining(", "));
    }
}

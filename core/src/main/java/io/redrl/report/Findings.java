package io.redrl.report;

import io.redrl.adversarial.AttackSummary;
import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.RepairTable;
import io.redrl.evaluation.Setup;
import io.redrl.stats.Proportion;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a reader cannot see in a table at once, in sentences made from its numbers. */
final class Findings {
    private final Evaluation evaluation;

    Findings(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    /** The one sentence that a reader takes home. */
    String headline() {
        return evaluation
                .result(RecogniserKind.REDRL)
                .map(RecognitionResult::confusion)
                .map(c -> "On " + Numbers.count(c.examples())
                        + " test examples that no training saw, REDRL names what was"
                        + " done to an image in " + Numbers.percentSign(c.macro()) + " of cases, averaged over the "
                        + c.labels().size() + " classes (95% interval "
                        + Table.Cell.of(c).small() + "; guessing gives "
                        + Numbers.percentSign(chance(c)) + ").")
                .orElse("No REDRL recogniser was evaluated in this run.");
    }

    private static double chance(ConfusionMatrix confusion) {
        return 1.0 / confusion.labels().size();
    }

    /** On how much, and how far from the paper that is. */
    String scale() {
        Setup setup = evaluation.setup();
        PaperNumbers.Dataset paper = PaperNumbers.of(setup.dataset());
        String victims = setup.victims().stream()
                .map(v -> v.id() + (v.parameters() > 0 ? ", " + Numbers.millions(v.parameters()) + " parameters" : ""))
                .collect(Collectors.joining("; "));
        String run = Numbers.of(setup.victims().size(), "victim") + " (" + victims + "), "
                + Numbers.count(setup.trainImages()) + " training images and " + Numbers.count(setup.testImages())
                + " test images of " + paper.title() + ".";
        if (paper.trainImages() == 0) {
            return run + " The paper has no numbers for this data set.";
        }
        boolean small = setup.trainImages() < paper.trainImages()
                || setup.victims().size() < paper.victims().size();
        return (small ? "This is a small-scale run: " : "This run: ") + run + " The paper used "
                + String.join(", ", paper.victims().keySet()) + " with all " + Numbers.count(paper.trainImages())
                + " training images for " + PaperNumbers.PAPER.epochs()
                + " epochs: its numbers stand beside ours for orientation.";
    }

    /** Recognisers that have not learned yet. */
    List<String> recognition() {
        return evaluation.main().stream()
                .filter(r -> r.confusion().macroInterval().contains(chance(r.confusion())))
                .map(r -> r.title()
                        + " is at chance: in this training it has not begun to learn, so its numbers are about"
                        + " these settings and not about what it could reach.")
                .toList();
    }

    /** What the reconstructor does to the victims' verdicts, on average and at worst. */
    List<String> repair() {
        List<RepairTable.Row> attacked = evaluation.repair().rows().stream()
                .filter(r -> !r.attack().equals("clean"))
                .toList();
        String mean = attacked.isEmpty()
                ? ""
                : "Averaged over victims and attacks, Φ is right on " + mean(attacked, RepairTable.Row::before)
                        + " of attacked images as they are and on " + mean(attacked, RepairTable.Row::after)
                        + " once reconstructed.";
        String worse = attacked.stream()
                .filter(r -> r.rightAfter() < r.rightBefore())
                .map(r -> ClassNames.label(r.attack()) + " on " + r.victim())
                .collect(Collectors.joining(", "));
        return Stream.of(mean, worse.isEmpty() ? "" : "Reconstruction lowers it for " + worse + ".")
                .filter(Predicate.not(String::isEmpty))
                .toList();
    }

    private static String mean(List<RepairTable.Row> rows, Function<RepairTable.Row, Proportion> share) {
        return Numbers.percentSign(rows.stream()
                .mapToDouble(row -> share.apply(row).value())
                .average()
                .orElseThrow());
    }

    /** What rounding to 8 bits costs the attacks. */
    List<String> attacks() {
        return evaluation.attacks().stream()
                .filter(AttackSummary::overall)
                .filter(r -> r.successFloat().value() - r.success8bit().value() > 0.05)
                .map(r -> "Rounding to 8 bits lowers the success of " + ClassNames.label(r.attack()) + " on "
                        + r.victim()
                        + " from " + Numbers.percentSign(r.successFloat().value()) + " to "
                        + Numbers.percentSign(r.success8bit().value()) + ".")
                .toList();
    }
}

package io.redrl.report;

import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.SeedSpread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the tables of victims, seeds and ablations say, in sentences made from their numbers. */
final class TableFindings {
    private final Evaluation evaluation;
    private final Findings findings;

    TableFindings(Evaluation evaluation) {
        this.evaluation = evaluation;
        this.findings = new Findings(evaluation);
    }

    /** How the victims of this run compare with the paper's. */
    List<String> victims() {
        return evaluation.setup().victims().stream()
                .flatMap(v -> PaperNumbers.victim(evaluation.setup().dataset(), v.id()).stream()
                        .map(p -> v.id() + " is " + Numbers.points(v.accuracy().value() - p.accuracy() / 100)
                                + " points from the paper's " + p.network() + "."))
                .toList();
    }

    /** How far training seeds move the main number. */
    List<String> seeds() {
        return SeedSpread.of(evaluation.recognition()).stream()
                .map(s -> "From one seed to another the macro accuracy of " + s.title() + " lies between "
                        + Numbers.percentSign(s.macro().low()) + " and "
                        + Numbers.percentSign(s.macro().high()) + ".")
                .toList();
    }

    /** Whether the losses help in the order of the paper's Table 5. */
    List<String> ablations() {
        List<RecognitionResult> ladder = Stream.of(
                        RecogniserKind.ABLATION_A,
                        RecogniserKind.ABLATION_B,
                        RecogniserKind.ABLATION_C,
                        RecogniserKind.REDRL)
                .map(evaluation::result)
                .flatMap(Optional::stream)
                .toList();
        List<String> sentences = new ArrayList<>();
        if (ladder.size() == 4) {
            double[] macro =
                    ladder.stream().mapToDouble(r -> r.confusion().macro()).toArray();
            boolean rises = IntStream.range(1, macro.length).allMatch(i -> macro[i] > macro[i - 1]);
            sentences.add("The paper's order A < B < C < all four losses " + (rises ? "holds" : "does not hold")
                    + " here (macro accuracy).");
        }
        sentences.addAll(against(
                "Against all four losses, ",
                RecogniserKind.REDRL,
                ladder.stream().filter(r -> r.kind().ablation())));
        return sentences;
    }

    /** Which changes of redrl+ are worth something. */
    List<String> plusAblations() {
        return against(
                "Against redrl+, ",
                RecogniserKind.PLUS,
                evaluation.recognition().stream()
                        .filter(r -> r.kind() == RecogniserKind.PLUS_ABLATION && r.seed() == 1));
    }

    private List<String> against(String start, RecogniserKind whole, Stream<RecognitionResult> parts) {
        return parts.flatMap(part ->
                        evaluation
                                .result(whole)
                                .flatMap(all -> findings.step(start + part.title(), part, all))
                                .stream())
                .toList();
    }
}

package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.RepairTable;
import io.redrl.evaluation.SeedSpread;
import io.redrl.evaluation.Setup;
import io.redrl.stats.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The paper's tables with this run's numbers beside the paper's, in per cent, and those that the paper does not have. */
final class ResultTables {
    private static final List<RecogniserKind> TABLE_5 = List.of(
            RecogniserKind.ABLATION_A, RecogniserKind.ABLATION_B, RecogniserKind.ABLATION_C, RecogniserKind.REDRL);

    private ResultTables() {}

    /** Table 1: the victims' accuracy on clean images, each beside the paper's victim of its family. */
    static TextTable table1(Evaluation evaluation) {
        List<List<String>> rows = new ArrayList<>();
        for (Setup.Victim victim : evaluation.setup().victims()) {
            rows.add(List.of(
                    victim.id(),
                    victim.parameters() > 0 ? Numbers.millions(victim.parameters()) : Numbers.NONE,
                    Numbers.shareAndRange(victim.accuracy()),
                    paperVictim(evaluation, victim.id())));
        }
        return new TextTable(
                "Table 1 · Clean accuracy of the victims, in %",
                List.of("victim", "parameters", "this run (95 %)", "the paper"), rows, "");
    }

    /** The paper's victim of a family: {@code ResNet50 94.02}. */
    static String paperVictim(Evaluation evaluation, String victim) {
        return PaperNumbers.victim(evaluation.setup().dataset(), victim)
                .map(v -> v.network() + " " + Numbers.fixed(v.accuracy(), 2))
                .orElse(Numbers.NONE);
    }

    /** Table 3, a row for each recogniser of this run and of the paper. */
    static TextTable table3(Evaluation evaluation) {
        List<String> head = new ArrayList<>(List.of("Ψ sees"));
        ClassNames.ids().forEach(id -> head.add(ClassNames.label(id)));
        head.addAll(List.of("macro (95 %)", "micro (95 %)"));
        List<List<String>> rows = new ArrayList<>();
        for (RecognitionResult result : evaluation.main()) {
            List<String> row = new ArrayList<>(List.of(result.title()));
            ClassNames.ids()
                    .forEach(id -> row.add(Numbers.share(result.confusion().accuracy(id))));
            row.add(Numbers.macroAndRange(result.confusion()));
            row.add(Numbers.shareAndRange(result.confusion().micro()));
            rows.add(row);
            PaperNumbers.recognition(evaluation.setup().dataset(), result.kind())
                    .filter(paper -> evaluation.result(result.kind()).equals(Optional.of(result)))
                    .ifPresent(paper -> rows.add(paper(paper)));
        }
        return new TextTable(
                "Table 3 · Accuracy in naming the attack, by class, in %",
                head,
                rows,
                "n = " + Numbers.count(evaluation.setup().testRows())
                        + " examples. The paper's macro is worked out from"
                        + " its class accuracies; what it prints as total stands under micro. Intervals of single"
                        + " classes are in the HTML report.");
    }

    private static List<String> paper(PaperNumbers.Recognition paper) {
        List<String> row = new ArrayList<>(List.of("— the paper"));
        ClassNames.ids()
                .forEach(id ->
                        row.add(paper.accuracy(id).map(v -> Numbers.fixed(v, 1)).orElse(Numbers.NONE)));
        row.add(Numbers.fixed(paper.macro(), 1));
        row.add(Numbers.fixed(paper.total(), 1));
        return row;
    }

    /** How far accuracies move with the seed; absent if everything was trained once. */
    static Optional<TextTable> seeds(Evaluation evaluation) {
        List<SeedSpread> spreads = SeedSpread.of(evaluation.recognition());
        if (spreads.isEmpty()) {
            return Optional.empty();
        }
        List<String> head = new ArrayList<>(List.of("recogniser", "seeds"));
        ClassNames.ids().forEach(id -> head.add(ClassNames.label(id)));
        head.addAll(List.of("macro", "micro"));
        List<List<String>> rows = new ArrayList<>();
        for (SeedSpread one : spreads) {
            List<String> row = new ArrayList<>(List.of(one.title(), Integer.toString(one.seeds())));
            Stream.concat(one.perClass().stream(), Stream.of(one.macro(), one.micro()))
                    .forEach(spread -> row.add(spread(spread)));
            rows.add(row);
        }
        return Optional.of(new TextTable(
                "Training again from other seeds, in %",
                head,
                rows,
                "Mean ± standard deviation over the seeds, and in brackets the smallest and the largest. Data, victims and"
                        + " attacks are the same; initial weights and the order of examples differ."));
    }

    private static String spread(Spread spread) {
        return Numbers.percent(spread.mean()) + " ± " + Numbers.percent(spread.sd()) + " ("
                + Numbers.percent(spread.low()) + "–" + Numbers.percent(spread.high()) + ")";
    }

    /** Table 4: what G does to the victims' verdicts. */
    static TextTable table4(Evaluation evaluation) {
        RepairTable table = evaluation.repair();
        List<String> head = new ArrayList<>(List.of("Φ"));
        ClassNames.ids().forEach(id -> head.add(ClassNames.label(id)));
        List<List<String>> rows = new ArrayList<>();
        for (String victim : table.victims()) {
            rows.add(row(victim, id -> table.rows().stream()
                    .filter(r -> r.victim().equals(victim) && r.attack().equals(id))
                    .map(r -> Numbers.share(r.before()) + " → " + Numbers.share(r.after()))
                    .findFirst()));
        }
        List<PaperNumbers.Repair> paper = PaperNumbers.repair(evaluation.setup().dataset());
        paper.stream()
                .map(PaperNumbers.Repair::victim)
                .distinct()
                .forEach(victim -> rows.add(row(victim + ", the paper", id -> paper.stream()
                        .filter(r -> r.victim().equals(victim) && r.attack().equals(id))
                        .map(r -> Numbers.fixed(r.before(), 1) + " → " + Numbers.fixed(r.after(), 1))
                        .findFirst())));
        return new TextTable(
                "Table 4 · Accuracy of Φ on I → on G(I), in %",
                head,
                rows,
                "G is that of " + table.reconstructor() + ". Attacked images are those made against the Φ of the row.");
    }

    private static List<String> row(String name, java.util.function.Function<String, Optional<String>> cellOf) {
        List<String> row = new ArrayList<>(List.of(name));
        ClassNames.ids().forEach(id -> row.add(cellOf.apply(id).orElse(Numbers.NONE)));
        return row;
    }

    /** Table 5: the losses one by one; absent if this run has no ablation. */
    static Optional<TextTable> table5(Evaluation evaluation) {
        if (TABLE_5.stream().limit(3).allMatch(kind -> evaluation.result(kind).isEmpty())) {
            return Optional.empty();
        }
        List<List<String>> rows = new ArrayList<>();
        for (RecogniserKind kind : TABLE_5) {
            evaluation
                    .result(kind)
                    .ifPresent(result -> rows.add(List.of(
                            kind == RecogniserKind.REDRL ? "all four losses" : result.title(),
                            Numbers.macroAndRange(result.confusion()),
                            Numbers.shareAndRange(result.confusion().micro()),
                            against(evaluation, result, RecogniserKind.REDRL),
                            PaperNumbers.ablation(evaluation.setup().dataset(), kind)
                                    .map(a -> Numbers.fixed(a.total(), 2))
                                    .orElse(Numbers.NONE))));
        }
        return Optional.of(new TextTable(
                "Table 5 · Which losses help, in %",
                List.of(
                        "losses",
                        "macro (95 %)",
                        "micro (95 %)",
                        "macro less all four (paired 95 %)",
                        "the paper, total"),
                rows,
                "L_AC names the attack, L_R is reconstruction, L_F features, L_IC the victim's verdict."));
    }

    /** What each change of redrl+ is worth; absent if this run has no redrl+ without one of them. */
    static Optional<TextTable> plus(Evaluation evaluation) {
        List<RecognitionResult> without = evaluation.recognition().stream()
                .filter(r -> r.kind() == RecogniserKind.PLUS_ABLATION && r.seed() == 1)
                .toList();
        if (without.isEmpty()) {
            return Optional.empty();
        }
        List<List<String>> rows = new ArrayList<>();
        Stream.concat(evaluation.result(RecogniserKind.PLUS).stream(), without.stream())
                .forEach(result -> rows.add(List.of(
                        result.title(),
                        Numbers.macroAndRange(result.confusion()),
                        Numbers.share(result.confusion().accuracy("cw-linf")),
                        against(evaluation, result, RecogniserKind.PLUS))));
        return Optional.of(new TextTable(
                "redrl+ without one of its changes, in %",
                List.of("recogniser", "macro (95 %)", "CW-L∞", "macro less redrl+ (paired 95 %)"), rows, ""));
    }

    /** {@code −3.1 (−4.0 to −2.2)}: a result's macro accuracy less that of a kind, in points, on the same examples. */
    private static String against(Evaluation evaluation, RecognitionResult result, RecogniserKind kind) {
        return evaluation
                .result(kind)
                .flatMap(whole -> evaluation.comparison(result, whole))
                .map(c -> Numbers.points(c.difference()) + " ("
                        + Numbers.points(c.interval().low()) + " to "
                        + Numbers.points(c.interval().high()) + ")")
                .orElse(Numbers.NONE);
    }
}

package io.redrl.report;

import static io.redrl.report.Table.CLASSES;
import static io.redrl.report.Table.classes;

import io.redrl.adversarial.AttackSummary;
import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.RepairTable;
import io.redrl.evaluation.SeedSpread;
import io.redrl.evaluation.Setup;
import io.redrl.report.Table.Cell;
import io.redrl.stats.PairedComparison;
import io.redrl.stats.Spread;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The paper's tables with this run's numbers beside the paper's, in per cent, and those that the paper does not have. */
final class Tables {
    private static final String PAPER = "paper";

    private final Evaluation evaluation;
    private final PaperNumbers.Dataset paper;

    Tables(Evaluation evaluation) {
        this.evaluation = evaluation;
        paper = PaperNumbers.of(evaluation.setup().dataset());
    }

    /** Table 1: the victims' accuracy on clean images, each beside the paper's victim of its family. */
    Table victims() {
        Table table = Table.of(
                "Table 1 · Victims", "victim | what it is | parameters | clean accuracy, % (95 %) | the paper, %");
        for (Setup.Victim v : evaluation.setup().victims()) {
            Optional<Cell> theirs = paper.victim(v.id()).map(p -> Cell.of(Numbers.fixed(p.getValue(), 2), p.getKey()));
            String parameters = v.parameters() > 0 ? Numbers.count(v.parameters()) : Numbers.NONE;
            table.row(v.id(), v.description(), parameters, v.accuracy(), theirs);
        }
        return table;
    }

    /** The attacks with all their settings. */
    Table settings() {
        Table table = Table.of("Attacks", "attack | settings");
        for (Setup.AttackSettings attack : evaluation.setup().attacks()) {
            attack.configs().forEach(config -> table.row(ClassNames.label(attack.attack()), ConfigText.of(config)));
        }
        return table;
    }

    /** Table 3, a row for each recogniser of this run and of the paper. */
    Table recognition() {
        Table table = Table.of(
                "Table 3 · Accuracy of naming the attack, by class, in %", "Ψ sees | " + CLASSES + " | macro | micro");
        for (RecognitionResult result : evaluation.main()) {
            ConfusionMatrix confusion = result.confusion();
            table.styled(
                    result.kind() == RecogniserKind.REDRL ? "ours" : "",
                    result.title(),
                    classes(confusion::accuracy),
                    Cell.strong(confusion, true),
                    confusion.micro());
            paper.recognition(result.kind())
                    .filter(column -> evaluation.result(result.kind()).equals(Optional.of(result)))
                    .ifPresent(column -> table.styled(
                            PAPER,
                            "the paper",
                            classes(id -> paper(column.classes().get(id), 1)),
                            Numbers.fixed(column.macro(), 1),
                            Numbers.fixed(column.total(), 1)));
        }
        return table.note(Numbers.count(evaluation.setup().testRows() - testRowsLeftOut())
                + " examples." + leftOut()
                + " 95 % intervals count them as independent, although one test image occurs in several classes,"
                + " and say nothing about how much another training seed would change. What the paper prints as total"
                + " stands under micro; its macro is worked out here from its class accuracies.");
    }

    /** Table 3 again, of attacked examples that fool the victim and of those that do not; empty if nobody asked the victims. */
    Table bySuccess() {
        Table table = Table.of(
                "Accuracy of naming the attack where it fools the victim, and where not, in %",
                "Ψ sees | examples | " + CLASSES + " | macro of attacks");
        for (RecognitionResult result : evaluation.main()) {
            result.bySuccess().ifPresent(divided -> {
                bySuccess(table, result.title(), "that fool", divided.fooling());
                bySuccess(table, result.title(), "that do not", divided.others());
            });
        }
        return table.note("Each kind with its number of examples." + leftOut());
    }

    private static void bySuccess(Table table, String title, String which, ConfusionMatrix confusion) {
        table.row(
                title,
                which + ", " + Numbers.count(confusion.examples()),
                classes(id -> confusion.accuracy(id)),
                confusion);
    }

    private int testRowsLeftOut() {
        return evaluation.setup().leftOut().map(Setup.LeftOut::testRows).orElse(0);
    }

    /** How many rows count nowhere, as a sentence with a space before it; nothing where that is not known. */
    private String leftOut() {
        return evaluation
                .setup()
                .leftOut()
                .map(rows -> " Left out, because the attack changed nothing or the victim was wrong before: "
                        + Numbers.count(rows.testRows()) + " rows of the test set"
                        + (rows.testRows() == 0
                                ? ""
                                : " ("
                                        + rows.test().entrySet().stream()
                                                .map(e -> ClassNames.label(e.getKey()) + " "
                                                        + Numbers.count(e.getValue()))
                                                .collect(Collectors.joining(", "))
                                        + ")")
                        + ", " + Numbers.count(rows.trainRows()) + " of the training set.")
                .orElse("");
    }

    /** How far recognisers are apart on the same examples. */
    Table comparisons() {
        Table table = Table.of(
                "Differences of macro accuracy on the same examples, in points",
                " | difference (95 %) | beyond chance | in the paper");
        compare(table, RecogniserKind.REDRL, RecogniserKind.IMAGE);
        compare(table, RecogniserKind.REDRL, RecogniserKind.ORACLE);
        compare(table, RecogniserKind.REDRL, RecogniserKind.ATTACK_LOSS_ONLY);
        compare(table, RecogniserKind.REDRL, RecogniserKind.HIGH_PASS);
        compare(table, RecogniserKind.PLUS, RecogniserKind.REDRL);
        compare(table, RecogniserKind.PLUS, RecogniserKind.ORACLE);
        return table.note(
                "Paired: only examples count that one of the two names right and the other does not. REDRL less"
                        + " L_AC alone is what the reconstruction losses bring; less fixed high-pass maps, what a learned G brings."
                        + leftOut());
    }

    private void compare(Table table, RecogniserKind one, RecogniserKind other) {
        Optional<RecognitionResult> a = evaluation.result(one);
        Optional<RecognitionResult> b = evaluation.result(other);
        if (a.isPresent() && b.isPresent()) {
            Optional<String> theirs = paper.recognition(one)
                    .flatMap(p -> paper.recognition(other).map(q -> Numbers.points((p.macro() - q.macro()) / 100)));
            String name = a.get().title() + " less " + b.get().title();
            evaluation
                    .comparison(a.get(), b.get())
                    .ifPresent(c -> table.row(name, points(c), c.interval().contains(0) ? "no" : "yes", theirs));
        }
    }

    /** {@code −3.1}, small {@code −4.0 to −2.2}. */
    private static Cell points(PairedComparison comparison) {
        String low = Numbers.points(comparison.interval().low());
        return Cell.of(
                Numbers.points(comparison.difference()),
                low + " to " + Numbers.points(comparison.interval().high()));
    }

    /** How far accuracies move with the seed. */
    Table seeds() {
        Table table = Table.of(
                "Training again from other seeds, in %", "recogniser | " + CLASSES + " | macro | micro | seeds");
        for (SeedSpread one : SeedSpread.of(evaluation.recognition())) {
            List<Cell> perClass = one.perClass().stream().map(Tables::spread).toList();
            table.row(one.title(), perClass, spread(one.macro()), spread(one.micro()), one.seeds());
        }
        return table.note(
                "Mean ± standard deviation over the seeds, the smallest and the largest. Data, victims and attacks"
                        + " are the same; initial weights and the order of examples differ." + leftOut());
    }

    private static Cell spread(Spread s) {
        return Cell.of(
                Numbers.percent(s.mean()) + " ± " + Numbers.percent(s.sd()),
                Numbers.percent(s.low()) + "–" + Numbers.percent(s.high()));
    }

    /** Table 4: what G does to the victims' verdicts. */
    Table repair() {
        RepairTable repair = evaluation.repair();
        Table table = Table.of("Table 4 · Accuracy of Φ on I → on G(I), in %", "Φ | " + CLASSES);
        for (String victim : repair.victims()) {
            table.row(victim, classes(id -> repair.rows().stream()
                    .filter(r -> r.victim().equals(victim) && r.attack().equals(id))
                    .map(Tables::repaired)
                    .findFirst()));
        }
        paper.repair()
                .forEach((victim, columns) -> table.styled(
                        PAPER, Cell.of(victim, "the paper"), classes(id -> Optional.ofNullable(columns.get(id))
                                .map(r -> Numbers.fixed(r.before(), 1) + " → " + Numbers.fixed(r.after(), 1)))));
        return table.note("G is that of " + repair.reconstructor()
                + ". Of the images that the Φ of the row has right when clean; the"
                + " paper counts all. Attacked images are those made against this Φ, whether or not the attack succeeded."
                + " With 95 % intervals of the accuracy on G(I)." + leftOut());
    }

    private static Cell repaired(RepairTable.Row row) {
        Cell after = Cell.of(row.after());
        return Cell.of(
                Cell.of(row.before()).text() + " → " + after.text(), after.small() + ", n " + Numbers.count(row.n()));
    }

    /** Table 5: the losses one by one; empty if this run has no ablation. */
    Table losses() {
        Table table = Table.of(
                "Table 5 · Which losses help, in %",
                "losses | macro (95 %) | micro (95 %) | macro less all four (95 %) | the paper, total");
        for (RecogniserKind kind :
                List.of(RecogniserKind.ABLATION_A, RecogniserKind.ABLATION_B, RecogniserKind.ABLATION_C)) {
            evaluation.result(kind).ifPresent(result -> losses(table, result.title(), result));
        }
        if (!table.rows().isEmpty()) {
            evaluation.result(RecogniserKind.REDRL).ifPresent(result -> losses(table, "all four losses", result));
        }
        return table.note("L_AC names the attack, L_R is reconstruction, L_F features, L_IC the victim's verdict."
                + " Differences are paired." + leftOut());
    }

    private void losses(Table table, String name, RecognitionResult result) {
        table.row(
                name,
                result.confusion(),
                result.confusion().micro(),
                less(result, RecogniserKind.REDRL),
                paper(paper.losses().get(result.kind()), 2));
    }

    /** What each change of redrl+ is worth; empty if this run has no redrl+ without one of them. */
    Table plus() {
        Table table = Table.of(
                "redrl+ without one of its changes, in %",
                "recogniser | macro (95 %) | CW-L∞ (95 %) | macro less redrl+ (95 %)");
        List<RecognitionResult> without = evaluation.recognition().stream()
                .filter(r -> r.kind() == RecogniserKind.PLUS_ABLATION && r.seed() == 1)
                .toList();
        Stream.concat(evaluation.result(RecogniserKind.PLUS).stream().filter(r -> !without.isEmpty()), without.stream())
                .forEach(r -> table.row(
                        r.title(), r.confusion(), r.confusion().accuracy("cw-linf"), less(r, RecogniserKind.PLUS)));
        return table.note("Differences are paired." + leftOut());
    }

    /** Macro accuracy less that of a kind on the same examples. */
    private Optional<Cell> less(RecognitionResult result, RecogniserKind kind) {
        return evaluation
                .result(kind)
                .flatMap(whole -> evaluation.comparison(result, whole))
                .map(Tables::points);
    }

    /** What the attacks did to a victim. */
    Table attacks(String victim) {
        Table table = Table.of(
                "Against " + victim,
                "attack | images | right when clean | fooled as floats, % (95 %) | fooled at 8 bits, % (95 %) | L2, median"
                        + " | L2, mean | L∞, median | L∞, mean");
        for (AttackSummary r : evaluation.attacks()) {
            if (r.victim().equals(victim)) {
                table.styled(
                        r.overall() ? "overall" : "setting",
                        Cell.strong(
                                r.overall() ? ClassNames.label(r.attack()) : ConfigText.of(r.config()), r.overall()),
                        r.images(),
                        r.rightBefore(),
                        r.successFloat(),
                        r.success8bit(),
                        Numbers.fixed(r.l2().median(), 3),
                        Numbers.fixed(r.l2().mean(), 3),
                        Numbers.greyLevels(r.linf().median()),
                        Numbers.greyLevels(r.linf().mean()));
            }
        }
        return table.note(
                "Success counts images that the victim gets right when clean; one that the attack gave back as it was is one that"
                        + " it did not fool. Norms are of the images that fool it"
                        + " as stored, pixels in [0, 1] for L2 and in grey levels of 255 for L∞.");
    }

    /** A number of the paper's, if it has one. */
    private static Optional<String> paper(@Nullable Double value, int decimals) {
        return Optional.ofNullable(value).map(v -> Numbers.fixed(v, decimals));
    }
}

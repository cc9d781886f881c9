package io.redrl.report;

import io.redrl.adversarial.AttackSummary;
import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RepairTable;
import java.util.List;
import java.util.Optional;

/** What happened to the victims: repair (Table 4) and attacks. */
final class VictimSections {
    private VictimSections() {}

    /** Table 4, ours and the paper's. */
    static void repair(Html html, Evaluation evaluation, Findings findings) {
        html.open("ul", "class", "findings");
        findings.repair().forEach(sentence -> html.element("li", sentence));
        html.close();
        RepairTable table = evaluation.repair();
        html.element("h3", "Table 4 · Accuracy of Φ on I → on G(I), in %");
        html.open("div", "class", "scroll").open("table", "class", "repair");
        html.open("thead").open("tr").element("th", "Φ", "scope", "col");
        ClassNames.ids().forEach(id -> html.element("th", ClassNames.label(id), "scope", "col"));
        html.close().close().open("tbody");
        for (String victim : table.victims()) {
            html.open("tr", "class", "ours").open("th", "scope", "row").text(victim);
            html.element("small", "this run").close();
            for (String attack : ClassNames.ids()) {
                Optional<RepairTable.Row> row = table.rows().stream()
                        .filter(r -> r.victim().equals(victim) && r.attack().equals(attack))
                        .findFirst();
                html.open("td");
                row.ifPresentOrElse(
                        r -> {
                            arrow(
                                    html,
                                    Numbers.percent(r.before().value()),
                                    Numbers.percent(r.after().value()));
                            html.element("small", Numbers.range(r.after().interval()) + ", n " + Numbers.count(r.n()));
                        },
                        () -> html.text(Numbers.NONE));
                html.close();
            }
            html.close();
        }
        List<PaperNumbers.Repair> paper = PaperNumbers.repair(evaluation.setup().dataset());
        for (String victim :
                paper.stream().map(PaperNumbers.Repair::victim).distinct().toList()) {
            html.open("tr", "class", "paper").open("th", "scope", "row").text(victim);
            html.element("small", "paper").close();
            for (String attack : ClassNames.ids()) {
                html.open("td");
                paper.stream()
                        .filter(r -> r.victim().equals(victim) && r.attack().equals(attack))
                        .forEach(r -> arrow(html, Numbers.fixed(r.before(), 1), Numbers.fixed(r.after(), 1)));
                html.close();
            }
            html.close();
        }
        html.close().close().close();
        html.element(
                "p",
                "G is that of " + table.reconstructor()
                        + ". Attacked images are those made against the very Φ of the row, whether or not the attack"
                        + " succeeded. Small numbers: 95% interval of the accuracy on G(I), and how many images.",
                "class",
                "note");
    }

    private static void arrow(Html html, String before, String after) {
        html.open("span", "class", "arrow")
                .text(before + " → ")
                .element("b", after)
                .close();
    }

    /** What the attacks did. */
    static void attacks(Html html, Evaluation evaluation, Findings findings) {
        html.open("ul", "class", "findings");
        findings.attacks().forEach(sentence -> html.element("li", sentence));
        html.close();
        for (String victim : evaluation.attacks().stream()
                .map(AttackSummary::victim)
                .distinct()
                .toList()) {
            html.element("h3", "Against " + victim)
                    .open("div", "class", "scroll")
                    .open("table", "class", "attacks");
            Tables.head(
                    html,
                    "attack",
                    "images",
                    "right when clean",
                    "fooled as floats, %",
                    "fooled at 8 bits, %",
                    "L2 median",
                    "L2 mean",
                    "L∞ median",
                    "L∞ mean");
            html.open("tbody");
            evaluation.attacks().stream().filter(r -> r.victim().equals(victim)).forEach(r -> attack(html, r));
            html.close().close().close();
        }
        html.element(
                "p",
                "Success counts images that the victim gets right when clean. Norms are of the images that fool it as"
                        + " stored, pixels in [0, 1] for L2 and in grey levels of 255 for L∞. Small numbers: 95% intervals.",
                "class",
                "note");
    }

    private static void attack(Html html, AttackSummary row) {
        html.open("tr", "class", row.overall() ? "overall" : "setting")
                .element(
                        "th",
                        row.overall() ? ClassNames.label(row.attack()) : ConfigText.of(row.config()),
                        "scope",
                        "row");
        Tables.cell(html, Numbers.count(row.images()));
        Tables.cell(html, Numbers.count(row.rightBefore()));
        Tables.share(html, row.successFloat());
        Tables.share(html, row.success8bit());
        Tables.cell(html, Numbers.fixed(row.l2().median(), 3));
        Tables.cell(html, Numbers.fixed(row.l2().mean(), 3));
        Tables.cell(html, Numbers.greyLevels(row.linf().median()));
        Tables.cell(html, Numbers.greyLevels(row.linf().mean()));
        html.close();
    }
}

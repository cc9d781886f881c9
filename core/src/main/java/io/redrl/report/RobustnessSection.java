package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.evaluation.LeftOutVictim;
import io.redrl.evaluation.Proportion;
import io.redrl.evaluation.Reliability;
import io.redrl.evaluation.Robustness;
import io.redrl.evaluation.RobustnessEvaluation;
import java.util.List;
import java.util.Map;

/** Whether recognition holds outside its training data, how far its probabilities can be believed, and the answer "unknown". */
final class RobustnessSection {
    private RobustnessSection() {}

    /** Victims that were left out, then recogniser by recogniser. */
    static void write(Html html, RobustnessEvaluation robustness) {
        html.open("ul", "class", "findings");
        RobustnessFindings.of(robustness).forEach(sentence -> html.element("li", sentence));
        html.close();
        leftOut(html, robustness.leftOut());
        for (Robustness recogniser : robustness.recognisers()) {
            conditions(html, recogniser);
            settings(html, recogniser);
            nuisances(html, recogniser);
            strangers(html, recogniser);
            calibration(html, recogniser);
        }
        robustness.skipped().forEach(reason -> html.element("p", "Left out: " + reason + ".", "class", "note"));
    }

    private static void leftOut(Html html, List<LeftOutVictim> all) {
        if (all.isEmpty()) {
            return;
        }
        html.element("h3", "Victims kept from training, in % (macro)");
        table(
                html,
                "victim never met",
                "recogniser",
                "on its images",
                "the same images, all victims met",
                "other images");
        for (LeftOutVictim one : all) {
            html.open("tr").element("th", one.victim(), "scope", "row");
            html.element("td", one.recogniser(), "class", "words");
            macro(html, one.unseen());
            macro(html, one.seen());
            macro(html, one.others());
            html.close();
        }
        end(html);
        html.element(
                "p",
                "Each recogniser was trained without the images that one victim was attacked with, so on fewer images than the"
                        + " recogniser beside it, and is measured on the test images that were. An image counts clean and"
                        + " attacked. Small numbers: 95% intervals.",
                "class",
                "note");
    }

    private static void conditions(Html html, Robustness recogniser) {
        html.element("h3", "Under other circumstances, in % · " + recogniser.name());
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        html.element("th", "", "scope", "col");
        ClassNames.ids().forEach(id -> html.element("th", ClassNames.label(id), "scope", "col"));
        for (String title : List.of("macro", "called unknown", "ECE")) {
            html.element("th", title, "scope", "col");
        }
        html.close().close().open("tbody");
        condition(html, "test set, as it is", recogniser.reference());
        for (Robustness.Condition condition : recogniser.conditions()) {
            if (condition.attack().isEmpty()) {
                condition(html, RobustnessFindings.name(condition), condition);
            }
        }
        end(html);
        html.element(
                "p",
                "The same "
                        + Numbers.count(recogniser.reference().confusion().examples(0))
                        + " test images everywhere. Accuracies leave the answer “unknown” out of account. ECE: how far the"
                        + " calibrated probabilities are from the truth, in points.",
                "class",
                "note");
    }

    private static void condition(Html html, String name, Robustness.Condition condition) {
        html.open("tr").element("th", name, "scope", "row");
        ClassNames.ids().forEach(id -> Tables.share(html, condition.confusion().accuracy(id)));
        macro(html, condition.confusion());
        Tables.share(html, condition.unknown());
        Tables.cell(html, Numbers.percent(condition.expectedCalibrationError()));
        html.close();
    }

    private static void settings(Html html, Robustness recogniser) {
        List<Robustness.Condition> settings = recogniser.conditions().stream()
                .filter(c -> !c.attack().isEmpty())
                .toList();
        if (settings.isEmpty()) {
            return;
        }
        html.element("h3", "Settings that training did not have, in % · " + recogniser.name());
        table(html, "", "settings", "images", "named right", "same attack, settings of training", "called unknown");
        for (Robustness.Condition one : settings) {
            html.open("tr").element("th", ClassNames.label(one.attack()), "scope", "row");
            html.element("td", ConfigText.of(one.name()), "class", "words");
            Tables.cell(html, Numbers.count(one.confusion().examples()));
            Tables.share(html, one.confusion().accuracy(one.attack()));
            Tables.share(html, recogniser.reference().confusion().accuracy(one.attack()));
            Tables.share(html, one.unknown());
            html.close();
        }
        end(html);
    }

    private static void nuisances(Html html, Robustness recogniser) {
        if (recogniser.nuisances().isEmpty()) {
            return;
        }
        html.element("h3", "Changed, but not attacked, in % · " + recogniser.name());
        table(html, "", "images", "clean or unknown", "clean", "unknown", "else taken for");
        for (Robustness.Nuisance one : recogniser.nuisances()) {
            html.open("tr").element("th", RobustnessFindings.nuisance(one), "scope", "row");
            Tables.cell(html, Numbers.count(one.n()));
            Tables.share(html, one.harmless());
            Tables.share(html, new Proportion(one.clean(), one.n()));
            Tables.share(html, new Proportion(one.unknown(), one.n()));
            html.element("td", RobustnessFindings.mostNamed(one.named()), "class", "words");
            html.close();
        }
        end(html);
    }

    private static void strangers(Html html, Robustness recogniser) {
        if (recogniser.unknown().isEmpty()) {
            return;
        }
        html.element("h3", "Attacks that training never saw · " + recogniser.name());
        table(
                html,
                "",
                "images",
                "fool, %",
                "AUROC",
                "called unknown, %",
                "called its relative, %",
                "most often named");
        for (Robustness.Stranger one : recogniser.unknown()) {
            html.open("tr").open("th", "scope", "row").text(one.attack());
            if (!one.relative().isEmpty()) {
                html.element("small", "relative: " + ClassNames.label(one.relative()));
            }
            html.close();
            Tables.cell(html, Numbers.count(one.n()));
            Tables.share(html, new Proportion(one.fooled(), one.n()));
            html.open("td")
                    .text(Numbers.fixed(one.auroc(), 3))
                    .element(
                            "small",
                            Numbers.fixed(one.interval().low(), 3) + "–"
                                    + Numbers.fixed(one.interval().high(), 3))
                    .close();
            Tables.share(html, one.calledUnknown());
            Tables.share(html, one.namedRelative());
            html.element("td", RobustnessFindings.mostNamed(one.named()), "class", "words");
            html.close();
        }
        html.open("tr", "class", "total").element("th", "mean", "scope", "row");
        Tables.cell(html, "");
        Tables.cell(html, "");
        Tables.cell(html, Numbers.fixed(recogniser.meanAuroc(), 3));
        html.element("td", "", "colspan", "3").close();
        end(html);
        html.element(
                "p",
                "Images that the attack changed, against all known images of the test set, clean and attacked. “Named” is what"
                        + " the recogniser says when it has to say one of its six classes. A relative is the known class whose"
                        + " algorithm the attack varies: images of the two differ little.",
                "class",
                "note");
    }

    private static void calibration(Html html, Robustness recogniser) {
        Robustness.Calibrated calibrated = recogniser.calibration();
        html.element("h3", "Calibration and the answer “unknown” · " + recogniser.name());
        html.open("dl", "class", "facts");
        fact(html, "Fitted on", Numbers.count(calibrated.validationImages()) + " validation examples");
        fact(html, "Temperature", Numbers.significant(calibrated.temperature(), 3));
        fact(
                html,
                "ECE on the test set",
                Numbers.percent(calibrated.before().expectedError()) + " before, "
                        + Numbers.percent(calibrated.after().expectedError()) + " after");
        fact(html, "Score of strangeness", calibrated.method());
        fact(html, "Known test images called unknown", Numbers.withRange(calibrated.knownCalledUnknown()));
        html.close();
        html.open("div", "class", "pair");
        html.open("div").element("h3", "How sure, and how often right, in %");
        reliability(html, calibrated);
        html.close().open("div").element("h3", "Scores on pseudo-unknown validation images, AUROC");
        candidates(html, calibrated);
        html.close().close();
        html.element(
                "p",
                "ECE: the expected calibration error in " + Reliability.BINS
                        + " bins of equal width, in points. Pseudo-unknown images are put together from validation images that"
                        + " known attacks made; the score with the highest mean is used. Nothing here looked at the attacks"
                        + " that stand for the unknown in the test.",
                "class",
                "note");
    }

    private static void reliability(Html html, Robustness.Calibrated calibrated) {
        table(html, "said, on average", "right", "answers");
        for (Reliability.Bin bin : calibrated.after().bins()) {
            html.open("tr").element("th", Numbers.percent(bin.confidence()), "scope", "row");
            Tables.share(html, bin.right());
            Tables.cell(html, Numbers.count(bin.right().n()));
            html.close();
        }
        end(html);
    }

    private static void candidates(Html html, Robustness.Calibrated calibrated) {
        if (calibrated.candidates().isEmpty()) {
            return;
        }
        html.open("div", "class", "scroll")
                .open("table")
                .open("thead")
                .open("tr")
                .element("th", "", "scope", "col");
        calibrated.candidates().get(0).kinds().keySet().forEach(kind -> html.element("th", kind, "scope", "col"));
        html.element("th", "mean", "scope", "col").close().close().open("tbody");
        for (Robustness.Candidate candidate : calibrated.candidates()) {
            html.open("tr", "class", candidate.method().equals(calibrated.method()) ? "total" : "")
                    .element("th", candidate.method(), "scope", "row");
            for (Map.Entry<String, Double> kind : candidate.kinds().entrySet()) {
                Tables.cell(html, Numbers.fixed(kind.getValue(), 3));
            }
            Tables.cell(html, Numbers.fixed(candidate.auroc(), 3));
            html.close();
        }
        end(html);
    }

    private static void fact(Html html, String name, String value) {
        html.open("div").element("dt", name).element("dd", value).close();
    }

    private static void macro(Html html, ConfusionMatrix confusion) {
        html.open("td");
        if (confusion.examples() == 0) {
            html.text(Numbers.NONE);
        } else {
            html.text(Numbers.percent(confusion.macro())).element("small", Numbers.range(confusion.macroInterval()));
        }
        html.close();
    }

    private static void table(Html html, String... titles) {
        html.open("div", "class", "scroll").open("table");
        Tables.head(html, titles);
        html.open("tbody");
    }

    private static void end(Html html) {
        html.close().close().close();
    }
}

package io.redrl.report;

import io.redrl.base.Durations;
import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RunManifest;
import io.redrl.evaluation.Setup;
import io.redrl.evaluation.StageCost;
import io.redrl.evaluation.TrainingCurve;
import java.util.List;
import java.util.Map;

/** The page's plain sections: what was run, how training went, what it cost, where it comes from. */
final class Sections {
    private Sections() {}

    /** What was run. */
    static void setup(Html html, Evaluation evaluation) {
        Setup setup = evaluation.setup();
        html.element("p", setup.networks());
        html.open("dl", "class", "facts");
        fact(html, "Data", PaperNumbers.title(setup.dataset()));
        fact(
                html,
                "Learned from",
                Numbers.count(setup.trainRows()) + " examples of " + Numbers.count(setup.trainImages()) + " images");
        fact(
                html,
                "Tested on",
                Numbers.count(setup.testRows()) + " examples of " + Numbers.count(setup.testImages())
                        + " other images");
        fact(html, "Images stored as", setup.storage().equals("uint8") ? "8 bits, rounded half up" : "32-bit floats");
        html.close();
        html.open("div", "class", "pair");
        html.open("div").element("h3", "Victims").open("div", "class", "scroll").open("table", "class", "victims");
        Tables.head(html, "", "what it is", "parameters", "clean accuracy", "the paper (Table 1)");
        html.open("tbody");
        for (Setup.Victim victim : setup.victims()) {
            html.open("tr").element("th", victim.id(), "scope", "row");
            html.element("td", victim.description(), "class", "words");
            Tables.cell(html, victim.parameters() > 0 ? Numbers.count(victim.parameters()) : Numbers.NONE);
            Tables.share(html, victim.accuracy());
            Tables.cell(html, ResultTables.paperVictim(evaluation, victim.id()));
            html.close();
        }
        html.close().close().close().close();
        html.open("div").element("h3", "Attacks").open("dl", "class", "settings");
        for (Setup.AttackSettings attack : setup.attacks()) {
            html.element("dt", ClassNames.label(attack.attack()));
            attack.configs().forEach(config -> html.element("dd", ConfigText.of(config)));
        }
        html.close().close().close();
    }

    private static void fact(Html html, String name, String value) {
        html.open("div").element("dt", name).element("dd", value).close();
    }

    /** How the trainings went. */
    static void curves(Html html, List<TrainingCurve> curves) {
        if (curves.isEmpty()) {
            html.element("p", "No training metrics were kept in this run.");
        }
        for (TrainingCurve curve : curves) {
            html.element("h3", curve.name()).open("div", "class", "charts");
            curve.accuracies().forEach(s -> html.open("div")
                    .markup(Chart.svg(s, true, "#124a86"))
                    .close());
            curve.losses().forEach(s -> html.open("div")
                    .markup(Chart.svg(s, false, "#a14a12"))
                    .close());
            html.close();
        }
        if (!curves.isEmpty()) {
            html.element(
                    "p",
                    "Left to right: training steps or epochs as recorded. Accuracies run from 0 to 100%; each loss has"
                            + " its own range. Long series show means of neighbouring points.",
                    "class",
                    "note");
        }
    }

    /** What it cost. */
    static void costs(Html html, List<StageCost> costs) {
        double total = costs.stream().mapToDouble(StageCost::seconds).sum();
        double longest = costs.stream().mapToDouble(StageCost::seconds).max().orElse(1);
        html.element(
                "p",
                "The stages' times add up to " + Durations.text(total)
                        + ". Stages that do not depend on each other run side by side where there are cores for it, so"
                        + " the clock shows less.");
        html.open("div", "class", "scroll").open("table", "class", "costs");
        Tables.head(html, "stage", "time", "", "work", "rate");
        html.open("tbody");
        for (StageCost cost : costs) {
            html.open("tr").element("th", cost.stage(), "scope", "row");
            Tables.cell(html, Durations.text(cost.seconds()));
            html.open("td", "class", "barcell")
                    .open(
                            "span",
                            "class",
                            "bar",
                            "style",
                            "width:" + Numbers.fixed(100 * cost.seconds() / longest, 1) + "%")
                    .close()
                    .close();
            Tables.cell(html, cost.items() == 0 ? Numbers.NONE : Numbers.count(cost.items()) + " " + cost.unit());
            Tables.cell(
                    html, cost.items() == 0 ? Numbers.NONE : Numbers.compact(cost.rate()) + " " + cost.unit() + "/s");
            html.close();
        }
        html.close().close().close();
    }

    /** Where it comes from. */
    static void manifest(Html html, RunManifest manifest) {
        html.open("details")
                .element("summary", "Commit, seeds, checksums, versions and the experiment file")
                .open("div", "class", "scroll")
                .open("table", "class", "manifest")
                .open("tbody");
        row(html, "started", manifest.started());
        row(html, "took", Durations.text(manifest.seconds()));
        row(html, "commit", manifest.environment().commit());
        row(html, "experiment file, SHA-256", manifest.specSha256());
        row(html, "data set", manifest.dataset());
        row(html, "data set, SHA-256", manifest.datasetSha256());
        for (Map.Entry<String, String> model : manifest.models().entrySet()) {
            row(html, "weights of " + model.getKey() + ", SHA-256", model.getValue());
        }
        for (Map.Entry<String, Long> seed : manifest.seeds().entrySet()) {
            row(html, "seed: " + seed.getKey(), seed.getValue().toString());
        }
        row(html, "device", manifest.environment().device());
        row(html, "processor", manifest.environment().cpu());
        row(html, "threads", Integer.toString(manifest.environment().threads()));
        for (Map.Entry<String, String> library :
                manifest.environment().libraries().entrySet()) {
            row(html, library.getKey(), library.getValue());
        }
        html.close().close().close();
        html.element("pre", manifest.spec()).close();
    }

    private static void row(Html html, String name, String value) {
        html.open("tr")
                .element("th", name, "scope", "row")
                .element("td", value, "class", "code")
                .close();
    }
}

package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.stats.Interval;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Figure 1 and Table 3 with the paper's numbers beside ours. */
final class RecognitionSection {
    private RecognitionSection() {}

    /** The overview at the top of the page: one line per recogniser, its interval, and the paper's mark. */
    static void ladder(Html html, Evaluation evaluation) {
        String dataset = evaluation.setup().dataset();
        html.open("figure", "class", "ladder");
        boolean paper = false;
        for (RecognitionResult result : evaluation.main()) {
            double macro = result.confusion().macro();
            Interval interval = result.confusion().macroInterval();
            html.open("div", "class", rowClass(result.kind()))
                    .element("span", result.title(), "class", "who")
                    .open("span", "class", "track");
            html.open("span", "class", "span", "style", place(interval.low(), interval.high()))
                    .close();
            html.open("span", "class", "dot", "style", "left:" + css(macro)).close();
            Optional<PaperNumbers.Recognition> printed = PaperNumbers.recognition(dataset, result.kind());
            if (printed.isPresent()) {
                paper = true;
                double theirs = printed.get().macro();
                html.open(
                                "span",
                                "class",
                                "diamond",
                                "style",
                                "left:" + css(theirs / 100),
                                "title",
                                "paper: " + Numbers.fixed(theirs, 1) + "%")
                        .close();
            }
            html.close()
                    .element("span", Numbers.percentSign(macro), "class", "value")
                    .close();
        }
        html.open("div", "class", "row axis")
                .element("span", "", "class", "who")
                .open("span", "class", "track");
        for (int tick = 0; tick <= 100; tick += 25) {
            html.element("span", tick + "", "class", "tick", "style", "left:" + tick + "%");
        }
        html.close().element("span", "%", "class", "value").close();
        html.open("figcaption")
                .text("Macro accuracy of naming the attack: the mean over classes. Line: 95% interval.")
                .text(paper ? " Hollow mark: the class mean of the paper's Table 3, at the paper's scale." : "")
                .close()
                .close();
    }

    private static String rowClass(RecogniserKind kind) {
        return switch (kind) {
            case REDRL, PLUS -> "row redrl";
            case IMAGE, ORACLE -> "row";
            default -> "row control";
        };
    }

    private static String css(double share) {
        return Numbers.fixed(100 * (Double.isNaN(share) ? 0 : share), 2) + "%";
    }

    private static String place(double low, double high) {
        return Double.isNaN(low) ? "left:0;width:0" : "left:" + css(low) + ";width:" + css(high - low);
    }

    /** Figure 1 and Table 3. */
    static void write(Html html, Evaluation evaluation, Findings findings) {
        html.open("ul", "class", "findings");
        findings.recognition().forEach(sentence -> html.element("li", sentence));
        html.close();
        html.element("h3", "Figure 1 · Who is taken for whom").open("div", "class", "matrices");
        for (RecognitionResult result : evaluation.main()) {
            html.open("figure")
                    .open("figcaption")
                    .element("strong", result.title())
                    .text(" · macro " + Numbers.percentSign(result.confusion().macro()))
                    .element("small", result.input())
                    .close()
                    .markup(HeatMap.svg(result))
                    .close();
        }
        html.close().element("p", HeatMap.LEGEND, "class", "note");
        BarFigure bars = new BarFigure(evaluation);
        if (!bars.empty()) {
            html.element("h3", "Table 3 as bars · Accuracy by class, in %")
                    .open("figure", "class", "bars")
                    .markup(bars.svg())
                    .close();
        }
        html.element("h3", "Table 3 · Accuracy by class, in %");
        table(html, evaluation);
        html.element(
                "p",
                "Small numbers: 95% intervals (Wilson's per class and for micro; for macro, the classes' intervals added in"
                        + " square). They count examples as independent, although one test image occurs in several"
                        + " classes, and they say nothing about how much another training seed would change. The"
                        + " paper's macro is worked out here from its class accuracies; its printed totals differ from"
                        + " those means.",
                "class",
                "note");
        TableFindings tables = new TableFindings(evaluation);
        more(html, ResultTables.seeds(evaluation), tables.seeds());
        more(html, ResultTables.table5(evaluation), tables.ablations());
        more(html, ResultTables.plus(evaluation), tables.plusAblations());
    }

    private static void more(Html html, Optional<TextTable> table, List<String> findings) {
        table.ifPresent(t -> {
            t.html(html);
            html.open("ul", "class", "findings");
            findings.forEach(sentence -> html.element("li", sentence));
            html.close();
        });
    }

    private static void table(Html html, Evaluation evaluation) {
        List<RecognitionResult> ours = evaluation.main();
        String dataset = evaluation.setup().dataset();
        List<PaperNumbers.Recognition> theirs = Stream.of(
                        RecogniserKind.IMAGE, RecogniserKind.REDRL, RecogniserKind.ORACLE)
                .flatMap(kind -> PaperNumbers.recognition(dataset, kind).stream())
                .toList();
        html.open("div", "class", "scroll").open("table", "class", "recognition");
        html.open("thead").open("tr").element("th", "", "class", "group");
        html.element("th", "this run", "class", "group", "colspan", Integer.toString(Math.max(1, ours.size())));
        if (!theirs.isEmpty()) {
            html.element(
                    "th",
                    "the paper, " + PaperNumbers.title(dataset),
                    "class",
                    "group paper edge",
                    "colspan",
                    Integer.toString(theirs.size()));
        }
        html.close().open("tr").element("th", "class", "scope", "col");
        ours.forEach(r -> html.element("th", r.title(), "scope", "col"));
        for (int i = 0; i < theirs.size(); i++) {
            html.element("th", paperTitle(theirs.get(i).kind()), "scope", "col", "class", edge(i));
        }
        html.close().close().open("tbody");
        for (String attack : ClassNames.ids()) {
            html.open("tr").element("th", ClassNames.label(attack), "scope", "row");
            ours.forEach(r -> Tables.share(html, r.confusion().accuracy(attack)));
            for (int i = 0; i < theirs.size(); i++) {
                html.element(
                        "td",
                        theirs.get(i)
                                .accuracy(attack)
                                .map(v -> Numbers.fixed(v, 1))
                                .orElse(Numbers.NONE),
                        "class",
                        edge(i));
            }
            html.close();
        }
        html.open("tr", "class", "total").element("th", "macro", "scope", "row");
        ours.forEach(r -> macro(html, r.confusion()));
        for (int i = 0; i < theirs.size(); i++) {
            html.element("td", Numbers.fixed(theirs.get(i).macro(), 1), "class", edge(i));
        }
        html.close().open("tr").element("th", "micro", "scope", "row");
        ours.forEach(r -> Tables.share(html, r.confusion().micro()));
        for (int i = 0; i < theirs.size(); i++) {
            html.open("td", "class", edge(i))
                    .text(Numbers.fixed(theirs.get(i).total(), 1))
                    .element("small", "“total”")
                    .close();
        }
        html.close().open("tr").element("th", "examples", "scope", "row");
        ours.forEach(r -> html.element("td", Numbers.count(r.confusion().examples())));
        for (int i = 0; i < theirs.size(); i++) {
            html.element("td", "", "class", edge(i));
        }
        html.close().close().close().close();
    }

    private static String edge(int column) {
        return column == 0 ? "paper edge" : "paper";
    }

    private static void macro(Html html, ConfusionMatrix confusion) {
        html.open("td")
                .text(Numbers.percent(confusion.macro()))
                .element("small", Numbers.range(confusion.macroInterval()))
                .close();
    }

    private static String paperTitle(RecogniserKind kind) {
        return switch (kind) {
            case IMAGE -> "image alone";
            case ORACLE -> "oracle";
            default -> "REDRL";
        };
    }
}

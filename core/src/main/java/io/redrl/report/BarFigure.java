package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.report.Drawing.Letters;
import io.redrl.stats.Interval;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Table 3 as bars: for each class and for their mean one bar per input of Ψ, its 95 % interval, and the paper's mark. */
final class BarFigure {
    private static final double LEFT = 50;
    private static final double RIGHT = 760;
    private static final double TOP = 50;
    private static final double BOTTOM = 260;
    private static final String MACRO = "macro";
    private static final Map<RecogniserKind, String> COLOURS = Map.of(
            RecogniserKind.IMAGE, "#c3cad6",
            RecogniserKind.REDRL, Drawing.BLUE,
            RecogniserKind.PLUS, "#1d6b3f",
            RecogniserKind.ORACLE, "#8a94a6");

    private final Drawing drawing = new Drawing(RIGHT + 16, BOTTOM + 40, "Accuracy of naming the attack, by class");
    private final List<RecognitionResult> shown;
    private final PaperNumbers.Dataset paper;

    private BarFigure(Evaluation evaluation) {
        paper = PaperNumbers.of(evaluation.setup().dataset());
        shown = evaluation.main().stream()
                .filter(r -> COLOURS.containsKey(r.kind()))
                .filter(r -> evaluation.result(r.kind()).equals(Optional.of(r)))
                .toList();
    }

    /** The figure, unless there is nothing to draw. */
    static Optional<Drawing> of(Evaluation evaluation) {
        BarFigure figure = new BarFigure(evaluation);
        if (figure.shown.isEmpty()) {
            return Optional.empty();
        }
        figure.draw();
        return Optional.of(figure.drawing);
    }

    private static double y(double share) {
        return BOTTOM - share * (BOTTOM - TOP);
    }

    private void draw() {
        for (int tick = 0; tick <= 100; tick += 20) {
            double y = y(tick / 100.0);
            drawing.line(LEFT, y, RIGHT, y, tick == 0 ? Drawing.AXIS : Drawing.GRID, 1);
            drawing.text(
                    LEFT - 6, y + 3, Integer.toString(tick), Letters.of(9).end().faint());
        }
        legend();
        List<String> groups =
                Stream.concat(ClassNames.ids().stream(), Stream.of(MACRO)).toList();
        double group = (RIGHT - LEFT) / groups.size();
        double bar = Math.min(26, 0.8 * group / shown.size());
        for (int g = 0; g < groups.size(); g++) {
            String id = groups.get(g);
            double middle = LEFT + (g + 0.5) * group;
            Letters letters = Letters.of(11).middle();
            drawing.text(middle, BOTTOM + 15, ClassNames.label(id), id.equals(MACRO) ? letters.bolder() : letters);
            for (int i = 0; i < shown.size(); i++) {
                bar(middle + (i - shown.size() / 2.0) * bar, bar - 2, shown.get(i), id);
            }
        }
    }

    private void legend() {
        double x = LEFT;
        for (RecognitionResult result : shown) {
            drawing.rectangle(x, 19, 10, 10, colour(result));
            drawing.text(x + 15, 28, result.title(), Letters.of(11));
            x += 34 + 5.9 * result.title().length();
        }
        if (!paper.recognition().isEmpty()) {
            drawing.line(x, 24, x + 12, 24, Drawing.AMBER, 2);
            drawing.text(x + 17, 28, "the paper", Letters.of(11));
        }
    }

    private void bar(double x, double width, RecognitionResult result, String id) {
        boolean macro = id.equals(MACRO);
        var confusion = result.confusion();
        double share = macro ? confusion.macro() : confusion.accuracy(id).value();
        if (!Double.isNaN(share)) {
            Interval interval =
                    macro ? confusion.macroInterval() : confusion.accuracy(id).interval();
            double middle = x + width / 2;
            drawing.rectangle(x, y(share), width, BOTTOM - y(share), colour(result));
            drawing.line(middle, y(interval.low()), middle, y(interval.high()), Drawing.INK, 1);
            // At the foot: at the top it would meet intervals and marks.
            String colour = result.kind() == RecogniserKind.IMAGE || share < 0.06 ? Drawing.INK : "#ffffff";
            drawing.text(
                    middle,
                    BOTTOM - 5,
                    Numbers.fixed(100 * share, 0),
                    Letters.of(9).middle().in(colour));
        }
        paper.recognition(result.kind())
                .flatMap(c -> macro
                        ? Optional.of(c.macro())
                        : Optional.ofNullable(c.classes().get(id)))
                .map(percent -> y(percent / 100))
                .ifPresent(y -> drawing.line(x - 1, y, x + width + 1, y, Drawing.AMBER, 2));
    }

    private static String colour(RecognitionResult result) {
        return COLOURS.getOrDefault(result.kind(), Drawing.FAINT);
    }
}

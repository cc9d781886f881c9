package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.stats.Interval;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Table 3 as bars: for each class and for their mean one bar per input of Ψ, its 95 % interval, and the paper's mark. */
final class BarFigure {
    private static final double WIDTH = 760;
    private static final double HEIGHT = 268;
    private static final double LEFT = 34;
    private static final double TOP = 34;
    private static final double BOTTOM = 24;
    private static final String INK = "#1f2430";
    private static final String FAINT = "#6b7280";
    private static final String MARK = "#a14a12";
    private static final Map<RecogniserKind, String> COLOURS = colours();

    private final String dataset;
    private final List<RecognitionResult> shown;

    BarFigure(Evaluation evaluation) {
        dataset = evaluation.setup().dataset();
        shown = COLOURS.keySet().stream()
                .map(evaluation::result)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Map<RecogniserKind, String> colours() {
        Map<RecogniserKind, String> colours = new EnumMap<>(RecogniserKind.class);
        colours.put(RecogniserKind.IMAGE, "#c3cad6");
        colours.put(RecogniserKind.REDRL, "#124a86");
        colours.put(RecogniserKind.PLUS, "#1d6b3f");
        colours.put(RecogniserKind.ORACLE, "#8a94a6");
        return colours;
    }

    /** Whether there is something to draw. */
    boolean empty() {
        return shown.isEmpty();
    }

    /** For the page. */
    String svg() {
        SvgDrawing drawing = new SvgDrawing(WIDTH, HEIGHT, "Accuracy in naming the attack, by class");
        draw(drawing, 0, 0);
        return drawing.finish();
    }

    /** For a file. */
    BufferedImage image() {
        ImageDrawing drawing = new ImageDrawing(WIDTH + 32, HEIGHT + 32);
        draw(drawing, 16, 16);
        return drawing.finish();
    }

    private void draw(Drawing drawing, double x, double y) {
        double bottom = y + HEIGHT - BOTTOM;
        double scale = (HEIGHT - TOP - BOTTOM) / 100;
        for (int tick = 0; tick <= 100; tick += 20) {
            double at = bottom - tick * scale;
            drawing.line(x + LEFT, at, x + WIDTH, at, tick == 0 ? "#9ca3af" : "#e5e7eb", 1);
            drawing.text(x + LEFT - 6, at + 3, Integer.toString(tick), 9, Drawing.Anchor.END, FAINT, false);
        }
        legend(drawing, x + LEFT, y + 12);
        List<String> groups = new ArrayList<>(ClassNames.ids());
        groups.add("macro");
        double group = (WIDTH - LEFT) / groups.size();
        double bar = Math.min(26, 0.8 * group / Math.max(1, shown.size()));
        for (int g = 0; g < groups.size(); g++) {
            String id = groups.get(g);
            double middle = x + LEFT + (g + 0.5) * group;
            drawing.text(middle, bottom + 15, ClassNames.label(id), 11, Drawing.Anchor.MIDDLE, INK, id.equals("macro"));
            for (int i = 0; i < shown.size(); i++) {
                bar(drawing, middle + (i - shown.size() / 2.0) * bar, bottom, scale, bar - 2, shown.get(i), id);
            }
        }
    }

    private void legend(Drawing drawing, double x, double y) {
        double at = x;
        for (RecognitionResult result : shown) {
            drawing.rectangle(at, y - 9, 10, 10, COLOURS.getOrDefault(result.kind(), FAINT));
            drawing.text(at + 15, y, result.title(), 11, Drawing.Anchor.START, INK, false);
            at += 34 + 5.9 * result.title().length();
        }
        if (shown.stream()
                .anyMatch(r -> PaperNumbers.recognition(dataset, r.kind()).isPresent())) {
            drawing.line(at, y - 4, at + 12, y - 4, MARK, 2);
            drawing.text(at + 17, y, "the paper", 11, Drawing.Anchor.START, INK, false);
        }
    }

    private void bar(
            Drawing drawing, double x, double bottom, double scale, double width, RecognitionResult result, String id) {
        boolean macro = id.equals("macro");
        double share = macro
                ? result.confusion().macro()
                : result.confusion().accuracy(id).value();
        if (!Double.isNaN(share)) {
            Interval interval = macro
                    ? result.confusion().macroInterval()
                    : result.confusion().accuracy(id).interval();
            double top = bottom - 100 * share * scale;
            drawing.rectangle(x, top, width, bottom - top, COLOURS.getOrDefault(result.kind(), FAINT));
            double middle = x + width / 2;
            drawing.line(
                    middle,
                    bottom - 100 * interval.low() * scale,
                    middle,
                    bottom - 100 * interval.high() * scale,
                    INK,
                    1);
            // At the foot: at the top it would meet intervals and marks.
            String colour = result.kind() == RecogniserKind.IMAGE || share < 0.06 ? INK : "#ffffff";
            drawing.text(middle, bottom - 5, Numbers.fixed(100 * share, 0), 9, Drawing.Anchor.MIDDLE, colour, false);
        }
        PaperNumbers.recognition(dataset, result.kind())
                .flatMap(paper -> macro ? Optional.of(paper.macro()) : paper.accuracy(id))
                .ifPresent(value ->
                        drawing.line(x - 1, bottom - value * scale, x + width + 1, bottom - value * scale, MARK, 2));
    }
}

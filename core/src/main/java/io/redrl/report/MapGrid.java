package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.SaliencyEvaluation.MapPicture;
import io.redrl.report.Drawing.Letters;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Images and where they are salient to one victim: a row per image, a column per attack (the paper's Figures 6 and 7). */
final class MapGrid {
    private static final String LEGEND =
            "Left: the image as the victim saw it. Right: its saliency over the image in grey, the"
                    + " brighter the more salient, between each map's own 90th and 99th percentile and lightly blurred.";

    private static final double MARGIN = 14;
    private static final double LEFT = 88;
    private static final double TOP = 56;
    private static final double TILE = 56;
    private static final double COLUMN = 2 * TILE + 12;

    private MapGrid() {}

    /** The maps of one victim, at least one, as a figure. */
    static Drawing drawing(List<MapPicture> maps) {
        List<String> attacks = ClassNames.inOrder(maps.stream().map(MapPicture::attack));
        List<Integer> images = maps.stream().map(MapPicture::image).distinct().toList();
        double row = 10
                + maps.stream()
                        .mapToDouble(m -> TILE * m.shown().height() / m.shown().width())
                        .max()
                        .orElseThrow();
        double bottom = TOP + images.size() * row;
        String victim = maps.get(0).victim();
        Drawing drawing =
                new Drawing(LEFT + attacks.size() * COLUMN - 10 + MARGIN, bottom + 20, "Saliency maps of " + victim);
        drawing.text(MARGIN, MARGIN + 10, victim, Letters.of(13).bolder());
        for (String attack : attacks) {
            double x = LEFT + attacks.indexOf(attack) * COLUMN;
            drawing.text(x, TOP - 8, ClassNames.label(attack), Letters.of(12).bolder());
        }
        Set<Integer> named = new HashSet<>();
        for (MapPicture map : maps) {
            double x = LEFT + attacks.indexOf(map.attack()) * COLUMN;
            double y = TOP + images.indexOf(map.image()) * row;
            drawing.picture(x, y, TILE, map.shown());
            drawing.picture(x + TILE + 2, y, TILE, map.overlay());
            if (named.add(map.image())) {
                drawing.text(MARGIN, y + 22, map.label(), Letters.of(11).bolder());
                drawing.text(
                        MARGIN, y + 35, "image " + map.image(), Letters.of(9.5).faint());
            }
        }
        drawing.text(
                MARGIN,
                bottom + 6,
                LEGEND,
                Letters.of(attacks.size() > 4 ? 9 : 5).faint());
        return drawing;
    }
}

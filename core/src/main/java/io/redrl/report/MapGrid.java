package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.SaliencyEvaluation.MapPicture;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;

/** Images and where they are salient to one victim: a row per image, a column per attack (the paper's Figures 6 and 7). */
final class MapGrid {
    /** How to read it. */
    static final String LEGEND = "Left: the image as the victim saw it. Right: its saliency over the image in grey, the"
            + " brighter the more salient, between each map's own 90th and 99th percentile and lightly blurred.";

    private static final double MARGIN = 14;
    private static final double NAME = 74;
    private static final double TILE = 56;
    private static final double BETWEEN = 2;
    private static final double GAP = 10;
    private static final double HEAD = 42;
    private static final double FOOT = 20;
    private static final String INK = "#1f2430";
    private static final String FAINT = "#6b7280";

    private final List<MapPicture> maps;

    /** The maps of one victim, at least one. */
    MapGrid(List<MapPicture> maps) {
        this.maps = List.copyOf(maps);
    }

    /** The rows: images in the order in which they come. */
    List<Integer> images() {
        return maps.stream().map(MapPicture::image).distinct().toList();
    }

    /** The columns: clean and the attacks, in the order of the classes. */
    List<String> attacks() {
        return ClassNames.inOrder(maps.stream().map(MapPicture::attack));
    }

    /** The true class of an image. */
    String label(int image) {
        return maps.stream()
                .filter(m -> m.image() == image)
                .map(MapPicture::label)
                .findFirst()
                .orElseThrow();
    }

    /** What stands in a cell, if anything. */
    Optional<MapPicture> at(int image, String attack) {
        return maps.stream()
                .filter(m -> m.image() == image && m.attack().equals(attack))
                .findFirst();
    }

    /** The grid as pixels. */
    BufferedImage image() {
        double cell = 2 * TILE + BETWEEN + GAP;
        double row = maps.stream()
                        .mapToDouble(m -> TILE * m.shown().height() / m.shown().width())
                        .max()
                        .orElseThrow()
                + GAP;
        List<String> attacks = attacks();
        List<Integer> images = images();
        ImageDrawing drawing = new ImageDrawing(
                2 * MARGIN + NAME + attacks.size() * cell - GAP, MARGIN + HEAD + images.size() * row + FOOT);
        drawing.text(MARGIN, MARGIN + 10, maps.get(0).victim(), 13, Drawing.Anchor.START, INK, true);
        for (int j = 0; j < attacks.size(); j++) {
            drawing.text(
                    MARGIN + NAME + j * cell,
                    MARGIN + HEAD - 8,
                    ClassNames.label(attacks.get(j)),
                    12,
                    Drawing.Anchor.START,
                    INK,
                    true);
        }
        for (int i = 0; i < images.size(); i++) {
            int image = images.get(i);
            double y = MARGIN + HEAD + i * row;
            drawing.text(MARGIN, y + 22, label(image), 11, Drawing.Anchor.START, INK, true);
            drawing.text(MARGIN, y + 35, "image " + image, 9.5, Drawing.Anchor.START, FAINT, false);
            for (int j = 0; j < attacks.size(); j++) {
                double x = MARGIN + NAME + j * cell;
                at(image, attacks.get(j)).ifPresent(map -> {
                    drawing.picture(x, y, TILE, map.shown());
                    drawing.picture(x + TILE + BETWEEN, y, TILE, map.overlay());
                });
            }
        }
        double foot = MARGIN + HEAD + images.size() * row + 6;
        drawing.text(MARGIN, foot, LEGEND, attacks.size() > 4 ? 9 : 5, Drawing.Anchor.START, FAINT, false);
        return drawing.finish();
    }
}

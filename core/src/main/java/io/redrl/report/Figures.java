package io.redrl.report;

import io.redrl.base.AtomicFiles;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.evaluation.SaliencyEvaluation.MapPicture;
import io.redrl.image.Image;
import io.redrl.report.Drawing.Letters;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The report's figures as files for papers and slides. */
public final class Figures {
    private static final Logger LOG = LoggerFactory.getLogger(Figures.class);
    private static final double MARGIN = 16;
    private static final double ROW = HeatMap.HEIGHT + 52;

    private Figures() {}

    /**
     * Writes {@code figure1.png} (confusion matrices), {@code bars.png} (Table 3), {@code strips.png} (images) and the
     * figures of {@link #saliency}, as far as there is something to show.
     *
     * @param folder created if missing
     * @return the files written
     */
    public static List<Path> write(Evaluation evaluation, Path folder) {
        Map<String, Drawing> files = new LinkedHashMap<>();
        if (!evaluation.main().isEmpty()) {
            files.put("figure1.png", matrices(evaluation.main()));
        }
        BarFigure.of(evaluation).ifPresent(bars -> files.put("bars.png", bars));
        if (!evaluation.exemplars().isEmpty()) {
            files.put("strips.png", Strip.drawing(evaluation.exemplars()));
        }
        evaluation.saliency().ifPresent(saliency -> files.putAll(drawings(saliency)));
        return write(files, folder);
    }

    /**
     * Writes for each victim {@code saliency-NAME} and {@code saliency-NAME-free} (profiles with one axis for all panels
     * and with one for each), both as PNG and SVG, and {@code maps-NAME.png} (saliency in images). Where this machine's Java
     * has no fonts, there are no PNG files.
     *
     * @param folder created if missing
     * @return the files written
     */
    public static List<Path> saliency(SaliencyEvaluation saliency, Path folder) {
        return write(drawings(saliency), folder);
    }

    private static Map<String, Drawing> drawings(SaliencyEvaluation saliency) {
        Map<String, Drawing> files = new LinkedHashMap<>();
        for (SaliencyEvaluation.Victim victim : saliency.victims()) {
            String name = victim.name().replaceAll("[^A-Za-z0-9._-]", "_");
            for (boolean comparable : new boolean[] {true, false}) {
                String file = "saliency-" + name + (comparable ? "" : "-free");
                Drawing profiles = new ProfileFigure(victim.profiles(), comparable).drawing();
                files.put(file + ".png", profiles);
                files.put(file + ".svg", profiles);
            }
            List<MapPicture> maps = saliency.maps(victim.name());
            if (!maps.isEmpty()) {
                files.put("maps-" + name + ".png", MapGrid.drawing(maps));
            }
        }
        return files;
    }

    /** Writes drawings under their names, as SVG or PNG. */
    static List<Path> write(Map<String, Drawing> files, Path folder) {
        boolean fonts = hasFonts(Figures::letter);
        List<Path> written = new ArrayList<>();
        files.forEach((name, drawing) -> {
            Path file = folder.resolve(name);
            if (name.endsWith(".svg")) {
                AtomicFiles.writeString(file, drawing.svg());
                written.add(file);
            } else if (fonts) {
                written.add(png(file, drawing.pixels()));
            }
        });
        return written;
    }

    private static void letter() {
        new Font(Font.SANS_SERIF, Font.PLAIN, 10).getStringBounds("x", new FontRenderContext(null, true, true));
    }

    /**
     * Whether text can be drawn. Headless Java without a font installed fails at the first letter, deep inside AWT, in one of
     * these ways; what fails while a figure is drawn is a mistake of ours.
     *
     * @param letter draws one
     */
    static boolean hasFonts(Runnable letter) {
        try {
            letter.run();
            return true;
        } catch (LinkageError | InternalError | NullPointerException e) {
            LOG.warn("PNG figures were not drawn: this machine's Java has no fonts. All else is complete.", e);
            return false;
        }
    }

    /** Writes a picture as PNG, each pixel as a square of {@code scale} pixels. */
    public static Path writePicture(Path file, Image picture, int scale) {
        return png(file, Png.image(picture, scale));
    }

    private static Path png(Path file, BufferedImage image) {
        AtomicFiles.write(file, out -> out.write(Png.bytes(image)));
        return file;
    }

    /** The confusion matrices, at most three in a row. */
    private static Drawing matrices(List<RecognitionResult> results) {
        int columns = Math.min(3, results.size());
        int rows = (results.size() + columns - 1) / columns;
        Drawing drawing =
                new Drawing(2 * MARGIN + columns * HeatMap.WIDTH, 2 * MARGIN + rows * ROW + 8, "Confusion matrices");
        for (int i = 0; i < results.size(); i++) {
            RecognitionResult result = results.get(i);
            double x = MARGIN + i % columns * HeatMap.WIDTH;
            int row = i / columns;
            double y = MARGIN + row * ROW;
            String macro = Numbers.percentSign(result.confusion().macro());
            drawing.text(
                    x + 6,
                    y + 10,
                    result.title() + " · macro " + macro,
                    Letters.of(13).bolder());
            drawing.text(x + 6, y + 25, result.input(), Letters.of(10).faint());
            HeatMap.draw(drawing, x, y + 38, result.confusion());
        }
        double size = columns > 1 ? 10 : 5.5;
        drawing.text(
                MARGIN + 6,
                MARGIN + rows * ROW + 10,
                HeatMap.LEGEND,
                Letters.of(size).faint());
        return drawing;
    }
}

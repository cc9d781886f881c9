package io.redrl.report;

import io.redrl.base.AtomicFiles;
import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.Exemplar;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.image.Image;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The figures as PNG files, three pixels to a unit, for papers and slides. */
public final class Figures {
    private static final String INK = "#1f2430";
    private static final String FAINT = "#6b7280";
    private static final double MARGIN = 16;
    private static final double TITLE = 38;
    private static final double TILE = 96;
    private static final double GAP = 6;
    private static final double LINE = 13;

    private static final Logger LOG = LoggerFactory.getLogger(Figures.class);

    private Figures() {}

    /**
     * Writes {@code figure1.png} (confusion matrices), {@code bars.png} (Table 3), {@code strips.png} (images) and for each victim {@code
     * saliency-NAME} and {@code saliency-NAME-free} (profiles with one axis for all panels and with one for each), both as
     * PNG and SVG, and {@code maps-NAME.png} (saliency in images), as far as there is something to show and this machine's Java has fonts.
     *
     * @param folder created if missing
     * @return the files written
     */
    public static List<Path> write(Evaluation evaluation, Path folder) {
        return drawn(files -> write(evaluation, folder, files));
    }

    private static void write(Evaluation evaluation, Path folder, List<Path> files) {
        if (!evaluation.main().isEmpty()) {
            files.add(png(folder.resolve("figure1.png"), matrices(evaluation.main())));
        }
        BarFigure bars = new BarFigure(evaluation);
        if (!bars.empty()) {
            files.add(png(folder.resolve("bars.png"), bars.image()));
        }
        if (!evaluation.exemplars().isEmpty()) {
            files.add(png(folder.resolve("strips.png"), strips(evaluation.exemplars())));
        }
        evaluation.saliency().ifPresent(saliency -> saliency(saliency, folder, files));
    }

    /** The files that were drawn; where Java has no fonts, only those before the first text. */
    private static List<Path> drawn(Consumer<List<Path>> drawing) {
        List<Path> files = new ArrayList<>();
        try {
            drawing.accept(files);
        } catch (LinkageError | InternalError | NullPointerException e) {
            // Headless Java without a font installed fails in one of these ways, deep inside AWT.
            LOG.warn("PNG figures were not drawn: this machine's Java has no fonts. All else is complete.", e);
        }
        return files;
    }

    /**
     * Writes the figures of saliency alone.
     *
     * @param folder created if missing
     * @return the files written
     * @see #write
     */
    public static List<Path> saliency(SaliencyEvaluation saliency, Path folder) {
        return drawn(files -> saliency(saliency, folder, files));
    }

    private static void saliency(SaliencyEvaluation saliency, Path folder, List<Path> files) {
        for (SaliencyEvaluation.Victim victim : saliency.victims()) {
            String name = victim.name().replaceAll("[^A-Za-z0-9._-]", "_");
            files.addAll(profiles(new ProfileFigure(victim.profiles(), true), folder, "saliency-" + name));
            files.addAll(profiles(new ProfileFigure(victim.profiles(), false), folder, "saliency-" + name + "-free"));
            List<SaliencyEvaluation.MapPicture> maps = saliency.maps(victim.name());
            if (!maps.isEmpty()) {
                files.add(png(folder.resolve("maps-" + name + ".png"), new MapGrid(maps).image()));
            }
        }
    }

    private static List<Path> profiles(ProfileFigure figure, Path folder, String name) {
        Path svg = folder.resolve(name + ".svg");
        AtomicFiles.writeString(svg, figure.svg());
        return List.of(png(folder.resolve(name + ".png"), figure.image()), svg);
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
    static BufferedImage matrices(List<RecognitionResult> results) {
        int columns = Math.min(3, results.size());
        int rows = (results.size() + columns - 1) / columns;
        ImageDrawing drawing = new ImageDrawing(
                2 * MARGIN + columns * HeatMap.WIDTH, 2 * MARGIN + rows * (HeatMap.HEIGHT + TITLE + 14) + 8);
        for (int i = 0; i < results.size(); i++) {
            RecognitionResult result = results.get(i);
            double x = MARGIN + i % columns * HeatMap.WIDTH;
            int line = i / columns;
            double y = MARGIN + line * (HeatMap.HEIGHT + TITLE + 14);
            String title = result.title() + " · macro "
                    + Numbers.percentSign(result.confusion().macro());
            drawing.text(x + 6, y + 10, title, 13, Drawing.Anchor.START, INK, true);
            drawing.text(x + 6, y + 25, result.input(), 10, Drawing.Anchor.START, FAINT, false);
            HeatMap.draw(drawing, x, y + TITLE, result.confusion());
        }
        drawing.text(
                MARGIN + 6,
                MARGIN + rows * (HeatMap.HEIGHT + TITLE + 14) + 10,
                HeatMap.LEGEND,
                columns > 1 ? 10 : 5.5,
                Drawing.Anchor.START,
                FAINT,
                false);
        return drawing.finish();
    }

    /** The strips one under another, two beside each other. */
    static BufferedImage strips(List<Exemplar> exemplars) {
        double strip = 5 * (TILE + GAP) + 2 * MARGIN;
        double height = TILE + 3 * LINE + 14;
        List<List<Exemplar>> attacks = exemplars.stream()
                .map(Exemplar::attack)
                .distinct()
                .map(a -> exemplars.stream().filter(e -> e.attack().equals(a)).toList())
                .toList();
        int lines = attacks.stream().mapToInt(a -> (a.size() + 1) / 2).sum();
        int across = attacks.stream().anyMatch(a -> a.size() > 1) ? 2 : 1;
        ImageDrawing drawing = new ImageDrawing(across * strip, MARGIN + lines * height + attacks.size() * 22 + MARGIN);
        double y = MARGIN;
        for (List<Exemplar> attack : attacks) {
            drawing.text(MARGIN, y + 12, ClassNames.label(attack.get(0).attack()), 15, Drawing.Anchor.START, INK, true);
            y += 22;
            for (int i = 0; i < attack.size(); i++) {
                int line = i / 2;
                strip(drawing, MARGIN + i % 2 * strip, y + line * height, attack.get(i));
            }
            int used = (attack.size() + 1) / 2;
            y += used * height;
        }
        return drawing.finish();
    }

    private static void strip(ImageDrawing drawing, double x, double y, Exemplar exemplar) {
        drawing.text(
                x,
                y + 10,
                exemplar.label() + " · test image " + exemplar.index() + " · " + exemplar.victim() + " · "
                        + ConfigText.of(exemplar.config()),
                9.5,
                Drawing.Anchor.START,
                FAINT,
                false);
        List<Image> pictures = PictureSection.pictures(exemplar);
        List<String> said = List.of(
                "Φ: " + exemplar.cleanVerdict(),
                "Φ: " + exemplar.adversarialVerdict(),
                "L∞ " + Numbers.greyLevels(exemplar.linf()) + ", L2 " + Numbers.fixed(exemplar.l2(), 2),
                "Φ: " + exemplar.repairedVerdict(),
                "REDRL: " + ClassNames.label(exemplar.recognised()));
        for (int k = 0; k < pictures.size(); k++) {
            double left = x + k * (TILE + GAP);
            drawing.picture(left, y + 15, TILE, pictures.get(k));
            double base = y + 15 + TILE + 11;
            drawing.text(left, base, PictureSection.COLUMNS.get(k), 9.5, Drawing.Anchor.START, INK, true);
            drawing.text(left, base + 12, said.get(k), 9.5, Drawing.Anchor.START, INK, false);
        }
    }
}

package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Exemplar;
import io.redrl.image.Image;
import io.redrl.report.Drawing.Letters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An attacked image in five pictures: clean, adversarial, perturbation, reconstruction, residual (the paper's Figures 2 and 4).
 *
 * @param label its true class
 * @param source which image, and whose victim
 * @param config the attack's settings
 * @param panels the five pictures
 */
record Strip(String label, String source, String config, List<Panel> panels) {
    /** How many times differences are magnified, as in the paper's Figure 4. */
    private static final int GAIN = 8;

    static final String LEGEND = "The same test images under each attack, picked by the attacks' success alone. The"
            + " perturbation is adversarial − clean, the residual adversarial − reconstruction, both × " + GAIN
            + " around mid grey. A good reconstruction makes the residual look like the perturbation.";

    private static final double MARGIN = 16;
    private static final double TILE = 96;
    private static final double STEP = TILE + 6;
    private static final double WIDTH = 5 * STEP + 2 * MARGIN;
    private static final double HEIGHT = TILE + 53;
    private static final double TITLE = 22;

    /**
     * A picture and what stands under it.
     *
     * @param title what it shows
     * @param picture itself
     * @param verdict {@code right}, {@code wrong}, or empty where nobody judged
     * @param lines what was said or measured
     */
    record Panel(String title, Image picture, String verdict, List<String> lines) {
        private static Panel of(String title, Image picture, boolean right, String line) {
            return new Panel(title, picture, right ? "right" : "wrong", List.of(line));
        }

        /** The verdict for readers who do not see colours. */
        String mark() {
            return verdict.isEmpty() ? "" : verdict.equals("right") ? "✓ " : "✗ ";
        }
    }

    /** The strip of an exemplar. */
    static Strip of(Exemplar e) {
        return new Strip(
                e.label(),
                "test image " + e.index() + " · " + e.victim(),
                ConfigText.of(e.config()),
                List.of(
                        victim("clean", e.clean(), e.cleanVerdict(), e.label()),
                        victim("adversarial", e.adversarial(), e.adversarialVerdict(), e.label()),
                        new Panel(
                                "perturbation ×" + GAIN,
                                e.perturbation(GAIN),
                                "",
                                List.of("L∞ " + Numbers.greyLevels(e.linf()), "L2 " + Numbers.fixed(e.l2(), 2))),
                        victim("reconstruction", e.reconstruction(), e.repairedVerdict(), e.label()),
                        Panel.of(
                                "residual ×" + GAIN,
                                e.residual(GAIN),
                                e.recognised().equals(e.attack()),
                                "REDRL: " + ClassNames.label(e.recognised()) + " "
                                        + Numbers.fixed(100 * e.probability(), 0) + "%")));
    }

    private static Panel victim(String title, Image picture, String verdict, String truth) {
        return Panel.of(title, picture, verdict.equals(truth), "Φ: " + verdict);
    }

    /** Strips by the attack's name as tables write it, in the order in which they come. */
    static Map<String, List<Strip>> byAttack(List<Exemplar> exemplars) {
        return exemplars.stream()
                .collect(Collectors.groupingBy(
                        e -> ClassNames.label(e.attack()),
                        LinkedHashMap::new,
                        Collectors.mapping(Strip::of, Collectors.toList())));
    }

    /** All strips as one figure, two beside each other. */
    static Drawing drawing(List<Exemplar> exemplars) {
        Map<String, List<Strip>> attacks = byAttack(exemplars);
        int lines = attacks.values().stream().mapToInt(s -> (s.size() + 1) / 2).sum();
        int across = attacks.values().stream().anyMatch(s -> s.size() > 1) ? 2 : 1;
        Drawing drawing = new Drawing(
                across * WIDTH, 2 * MARGIN + lines * HEIGHT + attacks.size() * TITLE, "Test images under each attack");
        double y = MARGIN;
        for (Map.Entry<String, List<Strip>> attack : attacks.entrySet()) {
            drawing.text(MARGIN, y + 12, attack.getKey(), Letters.of(15).bolder());
            y += TITLE;
            List<Strip> strips = attack.getValue();
            for (int i = 0; i < strips.size(); i++) {
                int line = i / 2;
                strips.get(i).draw(drawing, MARGIN + i % 2 * WIDTH, y + line * HEIGHT);
            }
            int inAll = (strips.size() + 1) / 2;
            y += inAll * HEIGHT;
        }
        return drawing;
    }

    private void draw(Drawing drawing, double x, double y) {
        Letters letters = Letters.of(9.5);
        String head = label + " · " + source + " · " + config;
        // Longer settings would run into the strip beside; the page has them in full.
        drawing.text(x, y + 10, head.length() > 98 ? head.substring(0, 97) + "…" : head, letters.faint());
        for (int k = 0; k < panels.size(); k++) {
            Panel panel = panels.get(k);
            double left = x + k * STEP;
            String colour = panel.verdict().equals("wrong") ? "#a8321a" : Drawing.INK;
            drawing.picture(left, y + 15, TILE, panel.picture());
            drawing.text(left, y + TILE + 26, panel.title(), letters.bolder());
            drawing.text(left, y + TILE + 38, String.join(", ", panel.lines()), letters.in(colour));
        }
    }
}

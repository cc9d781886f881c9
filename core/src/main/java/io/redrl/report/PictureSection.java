package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Exemplar;
import io.redrl.image.Image;
import java.util.List;

/** Strips of images as in the paper's Figures 2 and 4. */
final class PictureSection {
    /** How many times differences are magnified, as in the paper's Figure 4. */
    static final int GAIN = 8;

    /** What the five pictures of a strip are. */
    static final List<String> COLUMNS =
            List.of("clean", "adversarial", "perturbation ×" + GAIN, "reconstruction", "residual ×" + GAIN);

    private PictureSection() {}

    /** The five pictures of a strip, in the order of {@link #COLUMNS}. */
    static List<Image> pictures(Exemplar exemplar) {
        return List.of(
                exemplar.clean(),
                exemplar.adversarial(),
                exemplar.perturbation(GAIN),
                exemplar.reconstruction(),
                exemplar.residual(GAIN));
    }

    /** All strips, attack by attack. */
    static void write(Html html, List<Exemplar> exemplars) {
        if (exemplars.isEmpty()) {
            html.element("p", "No pictures were kept in this run.");
            return;
        }
        html.element(
                "p",
                "The same test images under each attack, picked by the attacks' success alone. The perturbation is"
                        + " adversarial − clean, the residual adversarial − reconstruction, both × " + GAIN
                        + " around mid grey and taken from images rounded to 8 bits; what leaves 0 to 255 is cut off."
                        + " A good reconstruction makes the residual look like the perturbation.");
        for (String attack : exemplars.stream().map(Exemplar::attack).distinct().toList()) {
            html.element("h3", ClassNames.label(attack)).open("div", "class", "strips");
            exemplars.stream().filter(e -> e.attack().equals(attack)).forEach(e -> strip(html, e));
            html.close();
        }
    }

    private static void strip(Html html, Exemplar exemplar) {
        html.open("figure", "class", "strip")
                .open("figcaption")
                .element("strong", exemplar.label())
                .text(" · test image " + exemplar.index() + " · " + exemplar.victim())
                .element("span", ConfigText.of(exemplar.config()), "class", "config")
                .close()
                .open("div", "class", "five");
        List<Image> pictures = pictures(exemplar);
        for (int i = 0; i < pictures.size(); i++) {
            html.open("div")
                    .empty(
                            "img",
                            "src",
                            Png.dataUri(pictures.get(i)),
                            "alt",
                            COLUMNS.get(i) + " of test image " + exemplar.index())
                    .element("span", COLUMNS.get(i), "class", "what");
            caption(html, exemplar, i);
            html.close();
        }
        html.close().close();
    }

    private static void caption(Html html, Exemplar exemplar, int column) {
        switch (column) {
            case 0 -> verdict(html, exemplar.cleanVerdict(), exemplar.label());
            case 1 -> verdict(html, exemplar.adversarialVerdict(), exemplar.label());
            case 2 ->
                html.element("span", "L∞ " + Numbers.greyLevels(exemplar.linf()), "class", "said")
                        .element("span", "L2 " + Numbers.fixed(exemplar.l2(), 2), "class", "said");
            case 3 -> verdict(html, exemplar.repairedVerdict(), exemplar.label());
            default ->
                html.element(
                        "span",
                        mark(exemplar.recognised().equals(exemplar.attack())) + "REDRL: "
                                + ClassNames.label(exemplar.recognised()) + " "
                                + Numbers.fixed(100 * exemplar.probability(), 0) + "%",
                        "class",
                        colour(exemplar.recognised().equals(exemplar.attack())));
        }
    }

    private static void verdict(Html html, String said, String truth) {
        html.element("span", mark(said.equals(truth)) + "Φ: " + said, "class", colour(said.equals(truth)));
    }

    private static String mark(boolean right) {
        return right ? "✓ " : "✗ ";
    }

    private static String colour(boolean right) {
        return right ? "said right" : "said wrong";
    }
}

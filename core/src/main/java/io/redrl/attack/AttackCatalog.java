package io.redrl.attack;

import io.redrl.base.RedrlException;
import io.redrl.base.Suggestion;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The catalogue of attacks by name: the paper's five with its settings (its Table 2; where it lists several, one of them), then
 * others with their own authors'.
 */
public final class AttackCatalog {
    /** What an attack needs to know of its victim. */
    public enum Kind {
        /** Gradients. */
        WHITE_BOX,
        /** Logits. */
        BLACK_BOX,
        /** Nothing: a change of images for comparison, which does not try to fool. */
        NOT_AN_ATTACK
    }

    /**
     * What there is to say of an attack.
     *
     * @param defaults its default settings, whose {@link AttackSpec#id()} is its name
     * @param title its name in full
     * @param kind what it needs to know of the victim
     * @param norm the norm that it bounds or makes small
     * @param cost how many forward and backward passes an image costs with the default settings, in words
     * @param citation authors, title, venue, year
     */
    public record Entry(AttackSpec defaults, String title, Kind kind, String norm, String cost, String citation) {}

    private static final List<Entry> ENTRIES = List.of(
            pgd(PgdSpec.DEFAULTS),
            deepFool(DeepFoolSpec.DEFAULTS),
            cwL2(CwL2Spec.DEFAULTS),
            cwLinf(CwLinfSpec.DEFAULTS),
            patch(PatchSpec.DEFAULTS),
            cwLinfTau(CwLinfTauSpec.DEFAULTS),
            new Entry(
                    FgsmSpec.DEFAULTS,
                    "Fast gradient sign method",
                    Kind.WHITE_BOX,
                    "L∞ or L2",
                    FgsmSpec.DEFAULTS.passes().toString(),
                    "Goodfellow, Shlens, Szegedy: Explaining and Harnessing Adversarial Examples, ICLR 2015"),
            miFgsm(MiFgsmSpec.DEFAULTS),
            apgd(ApgdSpec.DEFAULTS),
            square(SquareSpec.DEFAULTS),
            fewPixel(FewPixelSpec.DEFAULTS),
            ead(EadSpec.DEFAULTS),
            new Entry(
                    NoiseSpec.DEFAULTS,
                    "Uniform or normal noise",
                    Kind.NOT_AN_ATTACK,
                    "L∞ (uniform)",
                    NoiseSpec.DEFAULTS.passes().toString(),
                    "no source: a baseline"),
            new Entry(
                    JpegSpec.DEFAULTS,
                    "JPEG compression",
                    Kind.NOT_AN_ATTACK,
                    "none",
                    JpegSpec.DEFAULTS.passes().toString(),
                    "ITU-T: Recommendation T.81, 1992"));

    private AttackCatalog() {}

    /** Every attack, the paper's first and in its order. */
    public static List<Entry> entries() {
        return ENTRIES;
    }

    /** The default settings of every attack, in the same order. */
    public static List<AttackSpec> all() {
        return ENTRIES.stream().map(Entry::defaults).toList();
    }

    /** The names of all attacks, in the catalogue's order, which is also that of sets and tables; clean comes first. */
    public static List<String> order() {
        return Stream.concat(Stream.of(AttackClass.CLEAN.id()), all().stream().map(AttackSpec::id))
                .toList();
    }

    /** The names of all attacks, separated by commas. */
    public static String ids() {
        return all().stream().map(AttackSpec::id).collect(Collectors.joining(", "));
    }

    /**
     * The default settings of the attack called {@code id}.
     *
     * @throws RedrlException if there is none; the message lists those that exist
     */
    public static AttackSpec defaults(String id) {
        return all().stream()
                .filter(spec -> spec.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new RedrlException("unknown attack \"" + id + "\""
                        + Suggestion.text(id, all().stream().map(AttackSpec::id).toList()) + "; known: " + ids()));
    }

    private static Entry pgd(PgdSpec spec) {
        return new Entry(
                spec,
                "Projected gradient descent",
                Kind.WHITE_BOX,
                "L∞ or L2",
                spec.passes().toString(),
                "Madry, Makelov, Schmidt, Tsipras, Vladu: Towards Deep Learning Models Resistant to Adversarial Attacks,"
                        + " ICLR 2018");
    }

    private static Entry deepFool(DeepFoolSpec spec) {
        return new Entry(
                spec,
                "DeepFool",
                Kind.WHITE_BOX,
                "L2 or L∞",
                spec.passes().toString(),
                "Moosavi-Dezfooli, Fawzi, Frossard: DeepFool: a Simple and Accurate Method to Fool Deep Neural Networks,"
                        + " CVPR 2016");
    }

    private static Entry cwL2(CwL2Spec spec) {
        return new Entry(
                spec,
                "Carlini and Wagner, L2",
                Kind.WHITE_BOX,
                "L2",
                spec.passes().toString(),
                "Carlini, Wagner: Towards Evaluating the Robustness of Neural Networks, IEEE S&P 2017");
    }

    private static Entry cwLinf(CwLinfSpec spec) {
        return new Entry(
                spec,
                "Carlini and Wagner's objective in an L∞ ball",
                Kind.WHITE_BOX,
                "L∞",
                spec.passes().toString(),
                "Carlini, Wagner: Towards Evaluating the Robustness of Neural Networks, IEEE S&P 2017");
    }

    private static Entry cwLinfTau(CwLinfTauSpec spec) {
        return new Entry(
                spec,
                "Carlini and Wagner, L∞ by a shrinking penalty",
                Kind.WHITE_BOX,
                "L∞",
                spec.passes().toString(),
                "Carlini, Wagner: Towards Evaluating the Robustness of Neural Networks, IEEE S&P 2017");
    }

    private static Entry patch(PatchSpec spec) {
        return new Entry(
                spec,
                "Adversarial patch",
                Kind.WHITE_BOX,
                "L∞ inside a rectangle",
                spec.passes().toString(),
                "Karmon, Zoran, Goldberg: LaVAN: Localized and Visible Adversarial Noise, ICML 2018");
    }

    private static Entry miFgsm(MiFgsmSpec spec) {
        return new Entry(
                spec,
                "Momentum iterative FGSM",
                Kind.WHITE_BOX,
                "L∞",
                spec.passes().toString(),
                "Dong, Liao, Pang, Su, Zhu, Hu, Li: Boosting Adversarial Attacks with Momentum, CVPR 2018");
    }

    private static Entry apgd(ApgdSpec spec) {
        return new Entry(
                spec,
                "Auto-PGD",
                Kind.WHITE_BOX,
                "L∞ or L2",
                spec.passes().toString(),
                "Croce, Hein: Reliable Evaluation of Adversarial Robustness with an Ensemble of Diverse Parameter-free"
                        + " Attacks, ICML 2020");
    }

    private static Entry square(SquareSpec spec) {
        return new Entry(
                spec,
                "Square Attack",
                Kind.BLACK_BOX,
                "L∞",
                spec.passes().toString(),
                "Andriushchenko, Croce, Flammarion, Hein: Square Attack: a Query-efficient Black-box Adversarial Attack"
                        + " via Random Search, ECCV 2020");
    }

    private static Entry fewPixel(FewPixelSpec spec) {
        return new Entry(
                spec,
                "One-pixel attack, for any few pixels",
                Kind.BLACK_BOX,
                "number of pixels",
                spec.passes().toString(),
                "Su, Vargas, Sakurai: One Pixel Attack for Fooling Deep Neural Networks, IEEE Transactions on"
                        + " Evolutionary Computation, 2019");
    }

    private static Entry ead(EadSpec spec) {
        return new Entry(
                spec,
                "Elastic-net attack",
                Kind.WHITE_BOX,
                "L1 and L2",
                spec.passes().toString(),
                "Chen, Sharma, Zhang, Yi, Hsieh: EAD: Elastic-Net Attacks to Deep Neural Networks via Adversarial"
                        + " Examples, AAAI 2018");
    }
}

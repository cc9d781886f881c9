package io.redrl.attack;

import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.stats.OrderStatistics;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A check of a victim before it is attacked, for what makes attacks fail although the victim is not robust: gradients that
 * do not tell how the victim answers ("masked"), outputs that are no logits, answers that change by themselves.
 *
 * <p>The signs of masked gradients are those of Athalye, Carlini and Wagner, <i>Obfuscated Gradients Give a False Sense of
 * Security</i>, ICML 2018, sections 3 and 3.1, and of Carlini et al., <i>On Evaluating Adversarial Robustness</i>, 2019,
 * section 5. They are measured on the victim's lead {@code z_y − max_{i≠y} z_i} of its own prediction y, in eight forward
 * passes over at most sixteen images. No sign proves anything, nor does their absence.
 */
public final class VictimCheck {
    /** The size of steps, and a change too small to see that a gradient has to describe. */
    private static final double STEP = 8 / 255.0;

    private static final double LARGE_STEP = 32 / 255.0;
    private static final double TINY = 0.25 / 255;

    private static final int IMAGES = 16;

    /** What was noticed. */
    public enum Sign {
        /** The gradient does not tell how the victim's answers change. */
        MASKED_GRADIENT,
        /** The last layer is a softmax. */
        SOFTMAX,
        /** The last layer is a logarithmic softmax. */
        LOG_SOFTMAX,
        /** The same image gets different answers. */
        RANDOM_ANSWERS
    }

    /**
     * Something that users should know before they believe an attack's failure.
     *
     * @param sign what was noticed
     * @param text the same for people: what, how it was noticed, what to do
     */
    public record Warning(Sign sign, String text) {}

    private final Classifier victim;
    private final Tensor images;
    private final Tensor logits;
    private final Tensor labels;
    private final int n;
    private final List<Warning> warnings = new ArrayList<>();

    private VictimCheck(Classifier victim, Tensor images) {
        this.victim = new FullPrecisionVictim(victim);
        // Away from 0 and 1, so that tiny changes in both directions stay images.
        this.images = images.detach().clamp(Tensors.scalar(TINY), Tensors.scalar(1 - TINY));
        this.n = (int) images.size(0);
        this.logits = Logits.of(this.victim, this.images);
        this.labels = Tensors.longs(Tensors.argmax(logits));
    }

    /**
     * Looks at a victim on a few images.
     *
     * @param victim the victim
     * @param dataset images of its size; labels are not used
     * @param indices which to take first; others are added if they are few
     * @return what was noticed; empty for most victims
     * @throws io.redrl.base.RedrlException if the victim does not take these images or answers with NaN
     */
    public static List<Warning> of(Classifier victim, ImageDataset dataset, List<Integer> indices) {
        Set<Integer> some = new LinkedHashSet<>(indices.subList(0, Math.min(IMAGES, indices.size())));
        for (int i = 0; i < dataset.size() && some.size() < IMAGES; i++) {
            if (dataset.failure(i).isEmpty()) {
                some.add(i);
            }
        }
        int[] chosen = some.stream().mapToInt(i -> i).toArray();
        return Scopes.valuedNoGrad(() -> of(victim, Tensors.pixels(dataset.images(chosen))));
    }

    /** The same for images {@code [N,C,H,W]} in [0, 1]. */
    static List<Warning> of(Classifier victim, Tensor images) {
        return Scopes.valuedNoGrad(() -> new VictimCheck(victim, images).run());
    }

    private List<Warning> run() {
        outputs();
        try (AutoGradMode grad = new AutoGradMode(true)) {
            Tensor x = Logits.leaf(images);
            Tensor again = Logits.of(victim, x);
            boolean random = answersChange(again.detach());
            if (again.requires_grad()) {
                Tensor gradient =
                        Tensors.gradient(AttackLosses.margin(again, labels).sum(), x);
                try (NoGradGuard guard = new NoGradGuard()) {
                    gradients(gradient, random);
                }
            } else {
                warn(
                        Sign.MASKED_GRADIENT,
                        "passes no gradient to its input (something in it is not differentiable or detached), so attacks"
                                + " that need one cannot be used" + instead());
            }
        }
        return List.copyOf(warnings);
    }

    private void warn(Sign sign, String text) {
        warnings.add(new Warning(sign, "victim " + victim.id() + " " + text));
    }

    private boolean answersChange(Tensor again) {
        double size = Math.max(logits.abs().max().item_double(), 1e-12);
        double change = logits.sub(again).abs().max().item_double() / size;
        if (change <= 1e-4) {
            return false;
        }
        warn(
                Sign.RANDOM_ANSWERS,
                String.format(
                        Locale.ROOT,
                        "answers the same image differently each time: two passes over %d images differed by up to %.2g of"
                                + " the largest output. Success is one prediction of many; make it deterministic (is dropout"
                                + " still on?), or attack the mean of several answers.",
                        n,
                        change));
        return true;
    }

    private void outputs() {
        double sum = logits.sum(1).sub(new Scalar(1.0)).abs().max().item_double();
        double logSum = logits.logsumexp(new long[] {1}, false).abs().max().item_double();
        if (logits.min().item_double() >= 0 && sum < 1e-4) {
            warn(
                    Sign.SOFTMAX,
                    "ends in a softmax: all its outputs lie in [0, 1] and each image's add up to 1. Attacks need what goes"
                            + " into the softmax, whose gradients vanish where the victim is sure: leave it out.");
        } else if (logits.max().item_double() <= 1e-4 && logSum < 1e-3) {
            warn(
                    Sign.LOG_SOFTMAX,
                    "ends in a logarithmic softmax: the exponentials of each image's outputs add up to 1. These attacks"
                            + " compare outputs with each other, so it does them no harm; but it is not needed.");
        }
    }

    /** The lead on each image of {@code x} of the class predicted for the unchanged image. */
    private double[] leads(Tensor x) {
        return Tensors.toDoubles(AttackLosses.margin(Logits.of(victim, x), labels));
    }

    private void gradients(Tensor gradient, boolean random) {
        double[] lead = Tensors.toDoubles(AttackLosses.margin(logits, labels));
        double[] slope = Tensors.toDoubles(gradient.abs().flatten(1, -1).sum(1));
        List<String> reasons = new ArrayList<>();
        IntPredicate flat = i -> STEP * slope[i] <= 0.01 * lead[i];
        Rows steep = Rows.all(n).where(flat.negate());
        int vanishing = n - steep.size();
        if (3 * vanishing >= 2 * n) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "on %d of %d images the gradient is (nearly) zero, so that by it no step of 8/255 changes the"
                            + " victim's lead by 1 %%",
                    vanishing,
                    n));
        } else {
            Tensor sign = gradient.sign();
            if (!random) {
                steps(reasons, steep, lead, slope, sign);
            }
            turns(reasons, steep, gradient);
        }
        if (!reasons.isEmpty()) {
            warn(
                    Sign.MASKED_GRADIENT,
                    "seems to mask its gradients: " + String.join("; ", reasons)
                            + ". Attacks that follow the gradient then fail without the victim being robust"
                            + instead());
        }
    }

    /** What steps along the gradient do, against what the gradient says and what noise does. */
    private void steps(List<String> reasons, Rows steep, double[] lead, double[] slope, Tensor sign) {
        double[] step = leads(moved(sign, -STEP));
        double[] far = leads(moved(sign, -LARGE_STEP));
        double[] noisy = leads(moved(noise("step").sign(), STEP));
        double[] up = leads(images.add(sign, new Scalar(TINY)));
        double[] down = leads(images.add(sign, new Scalar(-TINY)));
        int idle = steep.where(i -> step[steep.at(i)] >= Math.min(lead[steep.at(i)], noisy[steep.at(i)]))
                .size();
        if (2 * idle > steep.size()) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "on %d of %d images a step of 8/255 along the gradient's sign harms no more than random noise of"
                            + " that size",
                    idle,
                    steep.size()));
        }
        int wrong = steep.where(i -> {
                    double ratio = (up[steep.at(i)] - down[steep.at(i)]) / (2 * TINY * slope[steep.at(i)]);
                    return !(ratio > 1 / 3.0 && ratio < 3);
                })
                .size();
        if (2 * wrong > steep.size()) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "on %d of %d images the gradient is not the slope that a change of a quarter of a grey level"
                            + " finds",
                    wrong,
                    steep.size()));
        }
        int near = steep.where(i -> step[steep.at(i)] < 0).size();
        int wide = steep.where(i -> far[steep.at(i)] < 0).size();
        if (wide < near - steep.size() / 4.0) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "one step of 8/255 fools on %d of %d images, and the longer one of 32/255 on %d only",
                    near,
                    steep.size(),
                    wide));
        }
    }

    /** Whether the gradient beside an image has anything to do with the one at it. */
    private void turns(List<String> reasons, Rows steep, Tensor gradient) {
        Tensor beside = Logits.gradient(
                victim, images.add(noise("beside"), new Scalar(TINY)), answers -> AttackLosses.margin(answers, labels));
        Tensor a = gradient.flatten(1, -1);
        Tensor b = beside.flatten(1, -1);
        Tensor lengths = a.mul(a).sum(1).mul(b.mul(b).sum(1)).sqrt().add(new Scalar(1e-30));
        double[] cosine = Tensors.toDoubles(a.mul(b).sum(1).div(lengths));
        double median = OrderStatistics.median(steep.pick(cosine));
        if (median < 0.2) {
            reasons.add(String.format(
                    Locale.ROOT, "within a quarter of a grey level the gradient turns (median cosine %.2f)", median));
        }
    }

    private Tensor moved(Tensor direction, double length) {
        return images.add(direction, new Scalar(length)).clamp(Tensors.scalar(0), Tensors.scalar(1));
    }

    /** Uniform in [−1, 1), the same for every victim. */
    private Tensor noise(String name) {
        return Tensors.uniform(new Seed(0).child(name), Tensors.shape(images))
                .mul(new Scalar(2.0))
                .sub(new Scalar(1.0));
    }

    private static String instead() {
        String others = AttackCatalog.entries().stream()
                .filter(entry -> entry.kind() == AttackCatalog.Kind.BLACK_BOX)
                .map(entry -> entry.defaults().id())
                .collect(Collectors.joining(", "));
        return others.isEmpty() ? "." : ": compare with " + others + ".";
    }
}

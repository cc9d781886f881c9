package io.redrl.saliency;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.model.Classifier;
import io.redrl.model.NetworkClassifier;
import io.redrl.model.TorchScriptClassifier;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Parameter-space saliency before it is standardised: the mean absolute gradient of each filter's weights, or how much the filter
 * would have to change for an image to be classified better,
 *
 * <pre>  s_k = mean_{i∈α_k} |∂L(x, y) / ∂θ_i|</pre>
 *
 * with L the cross-entropy and α_k the weights of filter k, an output channel of a convolution. The victim is in evaluation
 * mode; everything is in float32, or in the victim's own precision.
 *
 * <p>Levin, Shu, Borgnia, Huang, Goldblum and Goldstein, <i>Where do Models go Wrong? Parameter-Space Saliency Maps for
 * Explainability</i>, NeurIPS 2022, section 3.1; Souri et al., <i>Identification of Attack-Specific Signatures in
 * Adversarial Examples</i>, section 5.1.
 *
 * <p>Departure: cross-entropy in its well-conditioned form ({@code AttackLosses.crossEntropy}); the usual form's gradient is noise
 * for images of which the victim is sure.
 */
public abstract sealed class FilterSaliency permits NetworkSaliency, ScriptSaliency {
    /** Memory for each lane of a call of {@link #of} unless told otherwise, in megabytes. */
    public static final int MEGABYTES = 1024;

    /**
     * So many images go through the victim at once, memory allowing. Kernels round differently with the number of images and
     * with an image's place among them: a call with a multiple of this is cut into parts of this size, so that what a part
     * gives depends on nothing but its images. With fewer, reading the weights weighs more: 16 images cost a tenth more each.
     */
    static final int PART = 32;

    private final Classifier victim;
    private final FilterLayout layout;

    FilterSaliency(Classifier victim, FilterLayout layout) {
        this.victim = victim;
        this.layout = layout;
    }

    /**
     * The filters of a victim, which stays open as long as this is used.
     *
     * @throws RedrlException if the victim has no convolutions, or is of a kind that does not show them
     */
    public static FilterSaliency of(Classifier victim) {
        if (victim instanceof NetworkClassifier network) {
            return new NetworkSaliency(network);
        }
        if (victim instanceof TorchScriptClassifier script) {
            return new ScriptSaliency(script);
        }
        throw new RedrlException("victim " + victim.id() + " does not show its filters; saliency needs one of"
                + " redrl's networks or a TorchScript file");
    }

    /** The classifier whose filters they are. */
    public final Classifier victim() {
        return victim;
    }

    /** The order of its filters. */
    public final FilterLayout layout() {
        return layout;
    }

    /**
     * The saliency of every filter for every image, in {@value #MEGABYTES} MB a lane.
     *
     * @see #of(Tensor, long[], int)
     */
    public final double[][] of(Tensor images, long[] labels) {
        return of(images, labels, MEGABYTES);
    }

    /**
     * The saliency of every filter for every image; images go side by side, in lanes of one thread each.
     *
     * @param images {@code [N,C,H,W]} in [0, 1]
     * @param labels y, N values
     * @param megabytes that activations and gradients may take in each lane, about; an image at a time is worked on anyway
     * @return for each image K values
     * @throws RedrlException if labels or images do not suit the victim
     */
    public final double[][] of(Tensor images, long[] labels, int megabytes) {
        check(images, labels);
        Checks.positive("megabytes", megabytes);
        int n = labels.length;
        int fit = (int) Math.max(1, Math.min(megabytes * 1_000_000L / bytesPerImage(), PART));
        int most = Integer.highestOneBit(fit); // divides PART, so that its parts are of one size
        // A few images go to all lanes; many in parts of one size, whatever the number of lanes.
        int each = n >= most * Lanes.count() || n % PART == 0
                ? most
                : Math.min(most, (n + Lanes.count() - 1) / Lanes.count());
        int parts = (n + each - 1) / each;
        List<Callable<double[][]>> work = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int from = part * each;
            int to = Math.min(n, from + each);
            work.add(() -> Scopes.valued(
                    () -> values(images.detach().narrow(0, from, to - from), Arrays.copyOfRange(labels, from, to))));
        }
        return Lanes.map(work).stream().flatMap(Arrays::stream).toArray(double[][]::new);
    }

    /**
     * The same with a graph back to the images, for deriving again. Everything stays in the caller's scope and in memory:
     * for a few images.
     *
     * @param images {@code [N,C,H,W]} that record gradients
     * @param labels y, N values
     * @return {@code [N,K]}
     */
    final Tensor recorded(Tensor images, long[] labels) {
        check(images, labels);
        try (AutoGradMode grad = new AutoGradMode(true)) {
            return saliency(images, labels, true);
        }
    }

    /**
     * The saliency {@code [N,K]}, in the caller's scope; called where gradients are recorded.
     *
     * @param images {@code [N,C,H,W]} that record gradients
     * @param recorded whether the result has a graph back to them
     */
    abstract Tensor saliency(Tensor images, long[] labels, boolean recorded);

    /** What one image's activations and gradients take, about. */
    abstract long bytesPerImage();

    private double[][] values(Tensor images, long[] labels) {
        try (AutoGradMode grad = new AutoGradMode(true)) {
            Tensor saliency = saliency(images.requires_grad_(true), labels, false);
            int k = layout.filters();
            double[] flat = Tensors.toDoubles(saliency);
            double[][] rows = new double[labels.length][];
            Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * k, (i + 1) * k));
            return rows;
        }
    }

    private void check(Tensor images, long[] labels) {
        Checks.require(
                images.dim() == 4 && images.size(0) == labels.length && labels.length > 0,
                "saliency takes [N,C,H,W] images and N labels, got %s and %d",
                Arrays.toString(images.shape()),
                labels.length);
        for (long label : labels) {
            Checks.require(
                    label >= 0 && label < victim.classes(),
                    "label %d is not one of the %d classes of victim %s",
                    label,
                    victim.classes(),
                    victim.id());
        }
    }
}

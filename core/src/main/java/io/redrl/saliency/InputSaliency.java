package io.redrl.saliency;

import io.redrl.base.Checks;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Input-space saliency: the pixels that make the most salient filters salient,
 *
 * <pre>  M = |∇ₓ D_C(ŝ(x, y), ŝ′)|,   D_C(a, b) = 1 − a·b / (‖a‖ ‖b‖)</pre>
 *
 * where ŝ′ is a constant copy of ŝ(x, y) in which the n most salient filters are boosted. It takes a second derivative.
 *
 * <p>Levin et al., <i>Where do Models go Wrong? Parameter-Space Saliency Maps for Explainability</i>, NeurIPS 2022, section 3.3
 * (n = 10, boosted a hundredfold); Souri et al., <i>Identification of Attack-Specific Signatures in Adversarial
 * Examples</i>, section 5.2.
 *
 * @param filters n, how many filters are boosted
 * @param boost what they are multiplied with, above 1
 * @param signed whether ŝ is {@code (s − μ)/σ}, as in the original work, instead of its absolute value
 */
public record InputSaliency(int filters, double boost, boolean signed) {
    /** The original work's ten filters, boosted a hundredfold, with the absolute ŝ of Souri et al.'s equation (6). */
    public static final InputSaliency DEFAULTS = new InputSaliency(10, 100, false);

    /** Refuses values out of range. */
    public InputSaliency {
        Checks.positive("filters", filters);
        Checks.require(boost > 1 && Double.isFinite(boost), "boost must be above 1, got %s", boost);
    }

    /**
     * The maps of some images, one image at a time.
     *
     * @param victim whose filters
     * @param statistics of the same victim
     * @param images {@code [N,C,H,W]} in [0, 1]
     * @param labels y, N values
     * @return for each image C·H·W values of at least 0; all 0 where no filter deviates from its mean at all
     * @throws io.redrl.base.RedrlException if statistics, images or labels do not suit the victim
     */
    public double[][] maps(FilterSaliency victim, FilterStatistics statistics, Tensor images, long[] labels) {
        statistics.requireOf("memory", victim.victim().checksum(), victim.layout());
        double[][] maps = new double[labels.length][];
        for (int i = 0; i < labels.length; i++) {
            int row = i;
            maps[i] = Scopes.valued(() -> map(
                    victim, statistics, images.detach().narrow(0, row, 1), Arrays.copyOfRange(labels, row, row + 1)));
        }
        return maps;
    }

    /**
     * What a picture shows of a map: the largest value over the channels.
     *
     * @param map C·H·W values
     * @return H·W values
     */
    public static double[] overChannels(double[] map, int channels) {
        double[] largest = new double[map.length / channels];
        for (int i = 0; i < map.length; i++) {
            int pixel = i % largest.length;
            largest[pixel] = Math.max(largest[pixel], map[i]);
        }
        return largest;
    }

    private double[] map(FilterSaliency victim, FilterStatistics statistics, Tensor image, long[] label) {
        try (AutoGradMode grad = new AutoGradMode(true)) {
            Tensor x = image.clone().requires_grad_(true);
            Tensor saliency = standardised(victim.recorded(x, label).squeeze(0), statistics);
            if (saliency.norm().item_double() == 0) {
                return new double[Math.toIntExact(image.numel())]; // no filter stands out, so no pixel makes it do so
            }
            Tensor distance = distance(saliency, boosted(saliency.detach()));
            return Tensors.toDoubles(Tensors.gradient(distance, x).abs());
        }
    }

    /** ŝ {@code [K]}, in double: a filter that hardly varies makes large numbers, whose squares float32 cannot hold. */
    private Tensor standardised(Tensor saliency, FilterStatistics statistics) {
        Tensor mean = values(statistics.mean(), saliency);
        Tensor score = saliency.to(ScalarType.Double).sub(mean).div(values(statistics.deviation(), saliency));
        return signed ? score : score.abs();
    }

    /** ŝ′. */
    private Tensor boosted(Tensor saliency) {
        Tensor most = saliency.topk(Math.min(filters, saliency.size(0)), 0, true, true)
                .get1();
        Tensor factors = torch.ones_like(saliency).index_fill_(0, most, new Scalar(boost));
        return saliency.mul(factors);
    }

    private static Tensor distance(Tensor a, Tensor b) {
        Tensor cosine = a.dot(b).div(a.norm().mul(b.norm()));
        return cosine.neg().add(new Scalar(1.0));
    }

    private static Tensor values(double[] values, Tensor like) {
        return Tensor.create(values, values.length).to(like.device(), ScalarType.Double);
    }
}

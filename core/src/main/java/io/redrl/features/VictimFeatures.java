package io.redrl.features;

import io.redrl.model.Classifier;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Features of an image from probes of known victims, without the predicted class: each one's confidence, the distance of its decision
 * boundary, how much of that is left once the image is smoothed, whether the {@link LinearPredictionResidual} lies along the
 * victim's gradient, and whether the victims agree. An attack that stops as soon as its victim errs (DeepFool, CW) leaves an image
 * beside a boundary, where ordinary images are rare; one victim errs alone; and a step that was taken along a gradient can still be
 * seen there.
 *
 * <p>Works on {@code [N,3,H,W]} float32 images in [0, 1]. The victims stay the caller's.
 */
public final class VictimFeatures {
    /** Values per victim that depend on that victim alone. */
    public static final int OWN = 11;

    /** Added to the mean square of residuals: that of half a grey level. */
    private static final double NOISE = 4e-6;

    private static final int TILE = 8;
    private static final double TINY = 1e-12;

    private static final float[] BINOMIAL_3 = {1 / 4f, 2 / 4f, 1 / 4f};
    private static final float[] BINOMIAL_5 = {1 / 16f, 4 / 16f, 6 / 16f, 4 / 16f, 1 / 16f};

    private final List<Classifier> victims;

    public VictimFeatures(List<? extends Classifier> victims) {
        this.victims = List.copyOf(victims);
    }

    /**
     * The features.
     *
     * @param images {@code [N,3,H,W]} float32 in [0, 1]
     * @return {@code [N,V,OWN+V]} float32 without a graph, in the caller's scope. For victim v with logits z and prediction c:
     *     z₁ − z₂, z₁ − z₃ (logits from the largest), −ln p₁, the L2 distance (z₁ − z₂)/‖∇ₓ(z₁ − z₂)‖₂ to a boundary were
     *     it flat, c's lead over other classes in the image under 3×3 and 5×5 binomial smoothing; five values that tell
     *     whether the residual lies along the gradient ({@link #along}); then c's lead in the logits of each victim. All
     *     through asinh, in units that make them about 1.
     */
    public Tensor of(Tensor images) {
        return Scopes.scoped(() -> {
            // One pass for both: for a single image a network's operations cost more than its arithmetic.
            Tensor smooth = torch.cat(
                    new TensorVector(smoothed(images, BINOMIAL_3), smoothed(images, BINOMIAL_5)), 0); // [2N,…]
            List<Probe> probes = probes(images, smooth, Residual.of(images));
            long n = images.size(0);
            TensorVector rows = new TensorVector();
            for (Probe one : probes) {
                TensorVector row = new TensorVector(Tensors.floats(one.own(), n, OWN));
                Tensor predicted = Tensors.longs(one.predicted()).unsqueeze(1);
                for (Probe other : probes) {
                    Tensor z = Tensors.floats(other.logits(), n, other.logits().length / n);
                    row.push_back(unit(lead(z, predicted), 0.5).unsqueeze(1));
                }
                rows.push_back(torch.cat(row, 1));
            }
            return torch.stack(rows, 1);
        });
    }

    /**
     * Probe of one victim.
     *
     * @param own {@code [N,OWN]}
     * @param logits {@code [N,K]}
     * @param predicted {@code [N]}
     */
    @SuppressWarnings("ArrayRecordComponent") // handed from one thread to another, never compared
    private record Probe(float[] own, float[] logits, long[] predicted) {}

    /** Probes victims side by side: they do not wait for each other, as threads inside each of their operations would. */
    private List<Probe> probes(Tensor images, Tensor smooth, Residual residual) {
        List<Callable<Probe>> probes = new ArrayList<>();
        for (Classifier victim : victims) {
            probes.add(() -> Scopes.valued(() -> {
                try (AutoGradMode recording = new AutoGradMode(true)) {
                    return probe(victim, images, smooth, residual);
                }
            }));
        }
        return Lanes.map(probes);
    }

    private static Probe probe(Classifier victim, Tensor images, Tensor smooth, Residual residual) {
        Tensor x = images.detach().requires_grad_(true);
        Tensor z = victim.logits(x);
        Tensor top = z.topk(Math.min(3, victim.classes())).get0();
        Tensor lead = top.select(1, 0).sub(top.select(1, 1));
        Tensor gradient = Tensors.gradient(lead.sum(), x); // [N,3,H,W]
        Tensor slope = norm(gradient).add(new Scalar(1e-6)); // [N]
        Tensor detached = z.detach();
        Tensor first = top.select(1, 0).detach();
        Tensor predicted = detached.argmax(new LongOptional(1), true); // [N,1]
        Tensor smoothLead = lead(victim.logits(smooth), torch.cat(new TensorVector(predicted, predicted), 0)); // [2N]
        long n = images.size(0);
        Tensor own = torch.stack(
                new TensorVector(
                        unit(lead.detach(), 0.5),
                        unit(first.sub(top.select(1, top.size(1) - 1).detach()), 0.5),
                        unit(detached.logsumexp(new long[] {1}, false).sub(first), 10),
                        unit(lead.detach().div(slope), 10),
                        unit(smoothLead.narrow(0, 0, n), 0.5),
                        unit(smoothLead.narrow(0, n, n), 0.5)),
                1); // [N,6]
        own = torch.cat(new TensorVector(own, along(residual, gradient, slope)), 1); // [N,OWN]
        return new Probe(Tensors.toFloats(own), Tensors.toFloats(detached), Tensors.toLongs(predicted));
    }

    /**
     * Residuals of images, weighted by how well their surroundings are predicted.
     *
     * @param filter of each image
     * @param weight {@code [N,3,H,W]}: one over the mean square of the residuals around
     * @param weighted the residuals times the weight
     */
    private record Residual(LinearPredictionResidual filter, Tensor weight, Tensor weighted) {
        static Residual of(Tensor images) {
            LinearPredictionResidual filter = LinearPredictionResidual.of(images);
            Tensor residuals = filter.residuals(images);
            Tensor weight = around(residuals.square()).add(new Scalar(NOISE)).reciprocal();
            return new Residual(filter, weight, residuals.mul(weight));
        }
    }

    /**
     * Correlation of the residual with the victim's gradient, along which attacks put their perturbation: a matched filter behind a
     * whitening one, each pixel weighted by how well its surroundings are predicted.
     *
     * @param slope {@code [N]}, the gradient's L2 norm
     * @return {@code [N,5]}: the correlation with the gradient and with its sign, both in units of their chance size, the
     *     greatest of the latter over tiles (patches are local); how far along the gradient the image lies (L2), and how far
     *     along its sign (L∞)
     */
    private static Tensor along(Residual residual, Tensor gradient, Tensor slope) {
        Tensor direction = residual.filter().filtered(gradient);
        Tensor signs = residual.filter().filtered(gradient.sign());
        Tensor products = residual.weighted().mul(direction);
        Tensor ofSigns = residual.weighted().mul(signs);
        Tensor distance =
                sum(products).div(sum(residual.weight().mul(direction.square())).add(new Scalar(TINY)));
        Tensor height =
                sum(ofSigns).div(sum(residual.weight().mul(signs.square())).add(new Scalar(TINY)));
        return torch.stack(
                new TensorVector(
                        unit(beyondChance(sum(products), sum(products.square())), 0.3),
                        unit(beyondChance(sum(ofSigns), sum(ofSigns.square())), 0.3),
                        unit(
                                beyondChance(tiles(ofSigns), tiles(ofSigns.square()))
                                        .amax(new long[] {1, 2}, false),
                                0.3),
                        unit(distance.mul(slope), 50),
                        unit(height, 1000)),
                1);
    }

    /** A sum over its standard deviation if its terms had random signs. */
    private static Tensor beyondChance(Tensor sums, Tensor sumsOfSquares) {
        return sums.div(sumsOfSquares.sqrt().add(new Scalar(TINY)));
    }

    private static Tensor sum(Tensor maps) {
        return maps.sum(1, 2, 3);
    }

    /** Means over the 5×5 pixels around, of each colour. */
    private static Tensor around(Tensor maps) {
        return torch.avg_pool2d(
                maps, new long[] {5, 5}, new long[] {1, 1}, new long[] {2, 2}, false, false, new LongOptional());
    }

    /** Sums over overlapping tiles and colours: {@code [N,rows,columns]}. */
    private static Tensor tiles(Tensor maps) {
        long size = Math.min(TILE, Math.min(maps.size(2), maps.size(3)));
        long stride = Math.max(1, size / 2);
        return torch.avg_pool2d(
                        maps,
                        new long[] {size, size},
                        new long[] {stride, stride},
                        new long[] {0, 0},
                        false,
                        true,
                        new LongOptional(1))
                .sum(new long[] {1}, false, new ScalarTypeOptional());
    }

    private static Tensor norm(Tensor images) {
        return images.flatten(1, -1).norm(Tensors.scalar(2), 1);
    }

    /** asinh(scale · x): keeps small values as they are and great ones in bounds. */
    private static Tensor unit(Tensor values, double scale) {
        return values.mul(new Scalar(scale)).asinh();
    }

    /** By how much a class leads over the best other one (negative if it does not): {@code [N]}. */
    private static Tensor lead(Tensor logits, Tensor classes) {
        Tensor z = logits.detach();
        Tensor mine = z.gather(1, classes);
        Tensor others = z.scatter(1, classes, new Scalar(Float.NEGATIVE_INFINITY));
        return mine.squeeze(1).sub(others.amax(new long[] {1}, false));
    }

    /** Smoothed along rows and columns; at the border the image is continued by its own edge pixels. */
    private static Tensor smoothed(Tensor images, float[] kernel) {
        return Scopes.scopedNoGrad(() -> {
            int size = kernel.length;
            int margin = size / 2;
            float[] all = new float[3 * size * size];
            for (int i = 0; i < all.length; i++) {
                all[i] = kernel[Math.floorDiv(i, size) % size] * kernel[i % size];
            }
            Tensor padded = torch.replication_pad2d(images.detach().contiguous(), margin, margin, margin, margin);
            return torch.conv2d(
                    padded,
                    Tensors.floats(all, 3, 1, size, size),
                    new TensorOptional(),
                    new long[] {1, 1},
                    new long[] {0, 0},
                    new long[] {1, 1},
                    3);
        });
    }
}

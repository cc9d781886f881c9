package io.redrl.recognition;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.base.Progress;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.model.FeatureExtractor;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One step of REDRL's training (Souri et al., §4.2), and all that it needs: examples, frozen networks F and Φ, networks G and Ψ in
 * training, their optimizer. {@link #run} reads as the paper's equations 1 to 5 in order. For one thread at a time; closing it frees
 * its native memory, F and Φ stay the caller's.
 */
public final class TrainingStep implements AutoCloseable {
    /** Weight of the outliers' loss (Hendrycks, Mazeika and Dietterich, "Deep Anomaly Detection with Outlier Exposure", 2019). */
    private static final double OUTLIERS = 0.5;

    private final RecogniserSpec spec;
    private final TrainingImages images;
    private final Sampler sampler;
    private final CleanTargets targets;
    private final @Nullable Classifier phi;
    private final @Nullable FeatureExtractor f;
    private final Networks networks;
    private final RecogniserOptimizer optimizer;
    private final Precision precision;

    private TrainingStep(
            RecogniserSpec spec,
            TrainingImages images,
            CleanTargets targets,
            @Nullable Classifier phi,
            @Nullable FeatureExtractor f) {
        this.spec = spec;
        this.images = images;
        this.sampler = new Sampler(spec, images);
        this.targets = targets;
        this.phi = phi;
        this.f = f;
        this.precision = spec.training().precision().resolved();
        this.networks = new Networks(spec);
        this.optimizer = new RecogniserOptimizer(spec, networks);
    }

    /**
     * Fresh networks on packed examples, and what the frozen networks make of the clean images.
     *
     * @param images this object's from now on
     * @param phi Φ, null if L_IC has no weight
     * @param f F, null if L_F has no weight
     * @throws io.redrl.base.StoppedException if {@code progress} asks to stop
     */
    static TrainingStep of(
            RecogniserSpec spec,
            TrainingImages images,
            @Nullable Classifier phi,
            @Nullable FeatureExtractor f,
            Progress progress) {
        try {
            return new TrainingStep(spec, images, new CleanTargets(images, spec, phi, f, progress), phi, f);
        } catch (RuntimeException e) {
            images.close();
            throw e;
        }
    }

    /**
     * Training step by step and without files, for who measures it: the same steps that {@link Trainer} takes.
     *
     * @param spec what to train; without victim features and exposure
     * @param rows an adversarial set, with its clean rows
     * @param clean the images that the rows' indices name
     * @param phi Φ, null if L_IC has no weight
     * @param f F, null if L_F has no weight
     * @throws io.redrl.base.RedrlException if data do not fit together
     */
    public static TrainingStep of(
            RecogniserSpec spec,
            List<AdversarialExample> rows,
            ImageDataset clean,
            @Nullable Classifier phi,
            @Nullable FeatureExtractor f) {
        return of(spec, new TrainingImages(spec, rows, clean), phi, f, Progress.silent());
    }

    /** Takes a step, counted from 0, at the schedule's learning rate. */
    public StepMetrics run(int step) {
        return Scopes.valued(() -> {
            Batch batch = sampler.batch(step);
            LossSettings weights = spec.losses();

            // I_g = G(I_adv); Ψ(I_adv − I_g, I_adv). The baselines' Ψ sees something else beside I_adv.
            Tensor shown = batch.shown();
            Tensor reconstructed = networks.reconstructs() ? networks.reconstruct(shown, precision) : null;
            Tensor psi = networks.logits(new PsiInput(shown, batch.clean(), reconstructed, batch.victims()), precision);
            Tensor logits = psi.narrow(0, 0, batch.size());

            Tensor reconstruction = null;
            Tensor features = null;
            Tensor classification = null;
            if (reconstructed != null) {
                reconstruction = reconstructionLoss(batch, reconstructed); // (1)
                features = featureLoss(batch, reconstructed); // (2)
                classification = imageClassificationLoss(batch, reconstructed); // (3)
            }
            Tensor attack = Losses.attackClassification(logits, batch.labels(), weights.labelSmoothing()); // (4)

            Tensor total = attack; // (5)
            total = plus(total, weights.reconstruction(), reconstruction);
            total = plus(total, weights.features(), features);
            total = plus(total, weights.imageClassification(), classification);
            total = plus(total, OUTLIERS, outlierLoss(batch, psi)); // not the paper's

            double learningRate = spec.training().learningRate(step, images.size());
            optimizer.descend(total, step, learningRate);
            return new StepMetrics(
                    step + 1,
                    (step + 1.0) * spec.training().imagesPerStep() / images.size(),
                    learningRate,
                    total.item_float(),
                    attack.item_float(),
                    value(reconstruction),
                    value(features),
                    value(classification),
                    accuracy(logits, batch.labels()));
        });
    }

    private @Nullable Tensor reconstructionLoss(Batch batch, Tensor reconstructed) {
        Tensor clean = batch.clean();
        return clean == null || spec.losses().reconstruction() == 0
                ? null
                : Losses.reconstruction(clean, reconstructed);
    }

    /** In units of F's scale: ‖a/u − b/u‖ = ‖a − b‖/u. */
    private @Nullable Tensor featureLoss(Batch batch, Tensor reconstructed) {
        return f == null
                ? null
                : Losses.features(targets.features(batch), f.features(reconstructed, precision))
                        .div(new Scalar(targets.featureUnit()));
    }

    /** Float32 whatever the precision: an 8-bit mantissa would round small perturbations away before Φ. */
    private @Nullable Tensor imageClassificationLoss(Batch batch, Tensor reconstructed) {
        return phi == null ? null : Losses.imageClassification(phi.logits(reconstructed), targets.predictions(batch));
    }

    private static @Nullable Tensor outlierLoss(Batch batch, Tensor psi) {
        Tensor outliers = batch.outliers();
        return outliers == null ? null : Losses.outliers(psi.narrow(0, batch.size(), outliers.size(0)));
    }

    private static Tensor plus(Tensor total, double weight, @Nullable Tensor loss) {
        return loss == null ? total : total.add(loss.mul(new Scalar(weight)));
    }

    private static double value(@Nullable Tensor loss) {
        return loss == null ? 0 : loss.item_float();
    }

    private static double accuracy(Tensor logits, Tensor labels) {
        long[] named = Tensors.argmax(logits);
        long[] right = Tensors.toLongs(labels);
        int hits = 0;
        for (int i = 0; i < right.length; i++) {
            hits += named[i] == right[i] ? 1 : 0;
        }
        return (double) hits / right.length;
    }

    /** The batch that {@link #run} takes for a step; in the caller's scope. */
    public Batch batch(int step) {
        return sampler.batch(step);
    }

    /** The networks in training. */
    Networks networks() {
        return networks;
    }

    /** Adam, and the networks to keep. */
    RecogniserOptimizer optimizer() {
        return optimizer;
    }

    /** What features are divided by in L_F. */
    double featureUnit() {
        return targets.featureUnit();
    }

    @Override
    public void close() {
        optimizer.close();
        networks.close();
        targets.close();
        images.close();
    }
}

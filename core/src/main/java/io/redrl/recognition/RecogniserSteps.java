package io.redrl.recognition;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.base.Progress;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.model.FeatureExtractor;
import io.redrl.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Training step by step and without files, for who measures it: the same steps that {@link Trainer} takes. For one
 * thread at a time; closing it frees its native memory.
 */
public final class RecogniserSteps implements AutoCloseable {
    private final RecogniserSpec spec;
    private final Sampler pool;
    private final CleanTargets targets;
    private final TrainingStep step;

    /**
     * Fresh networks, and what the frozen networks make of the clean images.
     *
     * @param spec what to train; without evidence of victims
     * @param rows an adversarial set, with its clean rows
     * @param clean the images that the rows' indices name
     * @param phi the victim Φ; null unless L_IC has a weight
     * @param f the feature extractor F; null unless L_F has a weight
     * @throws io.redrl.base.RedrlException if data do not fit together
     */
    public RecogniserSteps(
            RecogniserSpec spec,
            List<AdversarialExample> rows,
            ImageDataset clean,
            @Nullable Classifier phi,
            @Nullable FeatureExtractor f) {
        this.spec = spec;
        pool = new Sampler(rows, null, clean, spec.training().paired(), null);
        targets = new CleanTargets(pool, spec, phi, f, Progress.silent());
        step = new TrainingStep(spec, pool, targets, phi, f);
    }

    /**
     * Takes a step at the schedule's learning rate.
     *
     * @param number counted from 0: chooses the examples
     */
    public StepMetrics run(int number) {
        return step.run(number, spec.training().learningRate(number, pool.size()));
    }

    /**
     * A step's examples.
     *
     * @param adversarial {@code [N,3,H,W]} float32 in [0, 1]
     * @param clean the same images before the attack
     * @param classes {@code [N]} int64, of the attacks
     */
    public record Batch(Tensor adversarial, Tensor clean, Tensor classes) {}

    /** The examples that {@link #run} takes for a step; in the caller's scope. */
    public Batch batch(int number) {
        Sampler.Draw draw = pool.draw(spec, number);
        return new Batch(
                pool.adversarial(draw.rows(), draw.flips()),
                pool.clean(draw.slots(), draw.flips()),
                Tensors.longs(draw.classes()));
    }

    @Override
    public void close() {
        step.close();
        targets.close();
        pool.close();
    }
}

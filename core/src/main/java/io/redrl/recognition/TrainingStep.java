package io.redrl.recognition;

import io.redrl.attack.AttackClass;
import io.redrl.image.Preview;
import io.redrl.model.Classifier;
import io.redrl.model.FeatureExtractor;
import io.redrl.model.Weights;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.jspecify.annotations.Nullable;

/** The networks in training, their optimizer, and one step of it. */
final class TrainingStep implements AutoCloseable {
    /** Optimizer groups: Ψ's weights, Ψ's biases, G's weights, G's biases. */
    private static final int FIRST_GROUP_OF_G = 2;

    /** As its authors weigh outlier exposure of images. */
    private static final double STRANGERS_WEIGHT = 0.5;

    private static final int LOOK_COLUMNS = 12;
    private static final double LOOK_GAIN = 8;

    private final RecogniserSpec spec;
    private final Sampler pool;
    private final CleanTargets targets;
    private final @Nullable Classifier phi;
    private final @Nullable FeatureExtractor extractor;
    private final Networks networks;
    private final @Nullable Networks averaged;
    private final Adam optimizer;
    private final Precision precision;

    /**
     * Fresh networks and optimizer.
     *
     * @param phi Φ, null if L_IC is not computed
     * @param extractor F, null if L_F is not computed
     */
    TrainingStep(
            RecogniserSpec spec,
            Sampler pool,
            CleanTargets targets,
            @Nullable Classifier phi,
            @Nullable FeatureExtractor extractor) {
        this.spec = spec;
        this.pool = pool;
        this.targets = targets;
        this.phi = phi;
        this.extractor = extractor;
        this.precision = spec.training().precision().resolved();
        this.networks = new Networks(spec);
        this.averaged = spec.training().averaging() > 0 ? new Networks(spec) : null;
        this.optimizer = adam(networks.modules(), spec.training().weightDecay());
    }

    /** The networks to keep: the running means of their weights where those are asked for. */
    Networks networks() {
        return averaged == null ? networks : averaged;
    }

    /** All that training goes on with, by name. */
    Map<String, Module> modules() {
        Map<String, Module> modules = new LinkedHashMap<>(networks.modules());
        if (averaged != null) {
            averaged.modules().forEach((name, module) -> modules.put(name + "-averaged", module));
        }
        return modules;
    }

    /**
     * w̄ ← d w̄ + (1 − d) w. In the first steps d grows from 0.1, so that the random weights of the start are soon forgotten
     * (as in Tarvainen and Valpola, "Mean teachers are better role models", 2017).
     */
    private void average(Networks means, int step) {
        double decay = Math.min(spec.training().averaging(), (1.0 + step) / (10.0 + step));
        Scopes.valuedNoGrad(() -> {
            Map<String, Module> current = networks.modules();
            means.modules().forEach((name, module) -> {
                Map<String, Tensor> values = Weights.state(Objects.requireNonNull(current.get(name)));
                Weights.state(module).forEach((key, mean) -> {
                    Tensor value = Objects.requireNonNull(values.get(key));
                    if (mean.is_floating_point()) {
                        mean.lerp_(value.detach(), new Scalar(1 - decay));
                    } else {
                        mean.copy_(value);
                    }
                });
            });
            return means;
        });
    }

    Optimizer optimizer() {
        return optimizer;
    }

    /** Adam with the paper's L2 penalty: on weights, not on biases; in groups, so that G can have a rate of its own. */
    private static Adam adam(Map<String, Module> modules, double weightDecay) {
        return Scopes.valued(() -> {
            TensorVector[] groups = {new TensorVector(), new TensorVector(), new TensorVector(), new TensorVector()};
            modules.forEach((module, network) -> Weights.parameters(network).forEach((name, parameter) -> {
                int first = module.equals(Networks.RECONSTRUCTOR) ? FIRST_GROUP_OF_G : 0;
                groups[first + (name.endsWith("bias") ? 1 : 0)].push_back(parameter);
            }));
            AdamOptions decayed = new AdamOptions();
            decayed.weight_decay().put(weightDecay);
            Adam adam = Scopes.owned(new Adam(groups[0], decayed));
            for (int g = 1; g < groups.length; g++) {
                AdamOptions options = new AdamOptions();
                options.weight_decay().put(g % 2 == 0 ? weightDecay : 0);
                adam.add_param_group(new OptimizerParamGroup(groups[g], options));
            }
            return adam;
        });
    }

    /**
     * One optimiser step.
     *
     * @param step counted from 0: chooses the examples
     */
    StepMetrics run(int step, double learningRate) {
        return Scopes.valued(() -> {
            double ofReconstructor = spec.training().reconstructorRate();
            for (long g = 0; g < optimizer.param_groups().size(); g++) {
                optimizer
                        .param_groups()
                        .get(g)
                        .options()
                        .set_lr(g < FIRST_GROUP_OF_G ? learningRate : learningRate * ofReconstructor);
            }
            Sampler.Draw draw = pool.draw(spec, step);
            Tensor adversarial = pool.adversarial(draw.rows(), draw.flips());
            Terms terms = forward(draw, adversarial);
            optimizer.zero_grad();
            terms.total().backward();
            optimizer.step();
            if (averaged != null) {
                average(averaged, step);
            }
            return metrics(step, learningRate, terms, draw.classes());
        });
    }

    /** The losses of a step, those not computed null, and Ψ's logits. */
    private record Terms(
            Tensor total,
            Tensor attack,
            @Nullable Tensor reconstruction,
            @Nullable Tensor features,
            @Nullable Tensor imageClassification,
            Tensor logits) {}

    private Terms forward(Sampler.Draw draw, Tensor adversarial) {
        LossSettings settings = spec.losses();
        boolean reconstructs = spec.input().reconstructs();
        boolean wantsClean = spec.input().needsClean() || (reconstructs && settings.reconstruction() > 0);
        Tensor clean = wantsClean ? pool.clean(draw.slots(), draw.flips()) : null;
        Tensor reconstructed = reconstructs ? networks.reconstruct(adversarial, precision) : null;
        Tensor logits = networks.logits(adversarial, clean, reconstructed, pool.said(draw), precision);

        Tensor attack = Losses.attackClassification(
                logits.narrow(0, 0, draw.classes().length), Tensors.longs(draw.classes()), settings.labelSmoothing());
        Tensor total = attack;
        int strangers = draw.rows().length - draw.classes().length;
        if (strangers > 0) {
            total = total.add(Losses.noClass(logits.narrow(0, draw.classes().length, strangers))
                    .mul(new Scalar(STRANGERS_WEIGHT)));
        }
        Tensor reconstruction = null;
        Tensor features = null;
        Tensor imageClassification = null;
        if (reconstructed != null) {
            if (settings.reconstruction() > 0) {
                reconstruction = Losses.reconstruction(Objects.requireNonNull(clean), reconstructed);
                total = total.add(reconstruction.mul(new Scalar(settings.reconstruction())));
            }
            if (extractor != null) {
                // ‖a/u − b/u‖ = ‖a − b‖/u: the unit may as well divide the loss.
                features = Losses.features(targets.features(draw), extractor.features(reconstructed, precision))
                        .div(new Scalar(targets.featureUnit()));
                total = total.add(features.mul(new Scalar(settings.features())));
            }
            if (phi != null) {
                // Float32 whatever the precision: an 8-bit mantissa would round small perturbations away before Φ.
                imageClassification = Losses.imageClassification(phi.logits(reconstructed), targets.verdicts(draw));
                total = total.add(imageClassification.mul(new Scalar(settings.imageClassification())));
            }
        }
        return new Terms(total, attack, reconstruction, features, imageClassification, logits);
    }

    private StepMetrics metrics(int step, double learningRate, Terms terms, long[] classes) {
        long[] verdicts = Tensors.argmax(terms.logits());
        int right = 0;
        for (int i = 0; i < classes.length; i++) {
            right += verdicts[i] == classes[i] ? 1 : 0;
        }
        return new StepMetrics(
                step + 1,
                (step + 1.0) * spec.training().imagesPerStep() / pool.size(),
                learningRate,
                terms.total().item_float(),
                terms.attack().item_float(),
                value(terms.reconstruction()),
                value(terms.features()),
                value(terms.imageClassification()),
                (double) right / classes.length);
    }

    private static double value(@Nullable Tensor loss) {
        return loss == null ? 0 : loss.item_float();
    }

    /**
     * Writes a picture of the first examples: the adversarial images, what G makes of them, and the residual ×8 around
     * grey. Nothing is written for inputs without G.
     */
    void look(Path file) {
        if (networks.reconstructor() == null) {
            return;
        }
        Scopes.valuedNoGrad(() -> {
            long[] rows = pool.sample(LOOK_COLUMNS / AttackClass.values().length);
            Tensor adversarial = pool.adversarial(rows, new boolean[rows.length]);
            Tensor reconstructed = networks.reconstruct(adversarial, Precision.FP32);
            Tensor residual = Networks.residual(adversarial, reconstructed)
                    .mul(new Scalar(LOOK_GAIN))
                    .add(new Scalar(0.5));
            Preview.write(
                    file,
                    List.of(Tensors.images(adversarial), Tensors.images(reconstructed), Tensors.images(residual)));
            return file;
        });
    }

    @Override
    public void close() {
        optimizer.close();
        networks.close();
        if (averaged != null) {
            averaged.close();
        }
    }
}

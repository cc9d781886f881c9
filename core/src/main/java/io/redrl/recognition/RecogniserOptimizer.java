package io.redrl.recognition;

import io.redrl.model.Weights;
import io.redrl.tensor.Scopes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.jspecify.annotations.Nullable;

/**
 * Adam over G and Ψ with the paper's L2 penalty on weights (batch norm's scales among them, as in the authors' code) and none on
 * biases, a learning rate of its own for G, and, where the settings ask for it, the running mean of all weights.
 */
final class RecogniserOptimizer implements AutoCloseable {
    /** Parameter groups: Ψ's weights, Ψ's biases, G's weights, G's biases. */
    private static final int FIRST_GROUP_OF_G = 2;

    private final TrainingSettings settings;
    private final Networks networks;
    private final @Nullable Networks averaged;
    private final Adam adam;

    /** An optimizer of fresh networks, which stay the caller's. */
    RecogniserOptimizer(RecogniserSpec spec, Networks networks) {
        this.settings = spec.training();
        this.networks = networks;
        averaged = settings.averaging() > 0 ? new Networks(spec) : null;
        adam = adam(networks.modules(), settings.weightDecay());
    }

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
     * One descent step.
     *
     * @param loss a scalar with a graph
     * @param step counted from 0
     * @param learningRate of Ψ
     */
    void descend(Tensor loss, int step, double learningRate) {
        for (long g = 0; g < adam.param_groups().size(); g++) {
            adam.param_groups()
                    .get(g)
                    .options()
                    .set_lr(g < FIRST_GROUP_OF_G ? learningRate : learningRate * settings.reconstructorRate());
        }
        adam.zero_grad();
        loss.backward();
        adam.step();
        if (averaged != null) {
            average(averaged, step);
        }
    }

    /**
     * w̄ ← d w̄ + (1 − d) w. In the first steps d grows from 0.1, so that the random weights of the start are soon forgotten
     * (as in Tarvainen and Valpola, "Mean teachers are better role models", 2017).
     */
    private void average(Networks means, int step) {
        double decay = Math.min(settings.averaging(), (1.0 + step) / (10.0 + step));
        Map<String, Module> current = networks.modules();
        Scopes.valuedNoGrad(() -> {
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

    /** The networks to keep: the running means of their weights where those are asked for. */
    Networks kept() {
        return averaged == null ? networks : averaged;
    }

    /** All modules that training goes on with, by name. */
    Map<String, Module> modules() {
        Map<String, Module> modules = new LinkedHashMap<>(networks.modules());
        if (averaged != null) {
            averaged.modules().forEach((name, module) -> modules.put(name + "-averaged", module));
        }
        return modules;
    }

    /** Adam and its state, for checkpoints. */
    Adam adam() {
        return adam;
    }

    @Override
    public void close() {
        adam.close();
        if (averaged != null) {
            averaged.close();
        }
    }
}

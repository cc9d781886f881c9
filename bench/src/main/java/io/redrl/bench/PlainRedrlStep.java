package io.redrl.bench;

import io.redrl.base.Seed;
import io.redrl.model.AttackClassifier;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.Initialisation;
import io.redrl.model.Network;
import io.redrl.model.Reconstructor;
import io.redrl.model.ReconstructorSpec;
import io.redrl.model.Weights;
import io.redrl.recognition.Batch;
import io.redrl.recognition.LossSettings;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Training step of REDRL as one writes it after the paper and its authors' code: float32, NCHW, batch norm of frozen networks not
 * folded, and what F and Φ make of the clean images computed in every step. On purpose apart from the project's own networks and
 * losses, which a test holds against these.
 *
 * <pre>
 *  r = G(x_adv)
 *  logits = Ψ(resize(cat(x_adv − clamp(r, 0, 1), 2 x_adv − 1)))
 *  with no_grad(): features, predictions = F(x), Φ(x).argmax(1)
 *  loss = CE(logits, attack) + λ_R |x − r|₁ + λ_F |features − F(r)|₂ + λ_IC CE(Φ(r), predictions)
 *  adam.zero_grad(); loss.backward(); adam.step()
 * </pre>
 */
final class PlainRedrlStep implements AutoCloseable {
    private static final List<Integer> VGG16 = List.of(64, 64, 0, 128, 128, 0, 256, 256, 256);

    private static final int CLASSES = 6;

    private final RecogniserSpec spec;
    private final Net g;
    private final Net psi;
    private final Net f;
    private final PlainNetwork phi;
    private final Adam adam;

    /**
     * The networks that {@code spec} asks for, with the weights that our training begins with, in training mode.
     *
     * @param spec of REDRL; its schedule is not followed: a step costs the same at any learning rate
     * @param phi Φ; the caller closes it
     * @param features weights of F, as {@link #writeFeatures} makes them
     */
    PlainRedrlStep(RecogniserSpec spec, PlainNetwork phi, Path features, double learningRate) {
        this.spec = spec;
        this.phi = phi;
        g = reconstructor(spec.reconstructor());
        psi = classifier(spec.classifier(), spec.input().channels());
        f = features();
        Weights.load(f, features);
        f.eval();
        f.freeze();
        Seed seed = spec.seedValue().child("weights");
        try (Reconstructor start = new Reconstructor(spec.reconstructor(), seed.child("reconstructor"));
                AttackClassifier second = new AttackClassifier(
                        spec.classifier(), spec.input().channels(), CLASSES, 0, seed.child("classifier"))) {
            Scopes.run(() -> {
                Weights.load(g, Weights.state(start), "G");
                Weights.load(psi, Weights.state(second), "Psi");
            });
        }
        adam = adam(List.of(g, psi), learningRate, spec.training().weightDecay());
    }

    /** Writes an untrained F, as torchvision names it. */
    static void writeFeatures(Path file, Seed seed) {
        try (Network network = features()) {
            Initialisation.draw(network, seed);
            Weights.save(network, file);
        }
    }

    private static Adam adam(List<Network> networks, double rate, double decay) {
        return Scopes.valued(() -> {
            TensorVector weights = new TensorVector();
            TensorVector biases = new TensorVector();
            networks.forEach(network -> Weights.parameters(network)
                    .forEach((name, parameter) -> (name.endsWith("bias") ? biases : weights).push_back(parameter)));
            AdamOptions decayed = new AdamOptions(rate);
            decayed.weight_decay().put(decay);
            Adam adam = Scopes.owned(new Adam(weights, decayed));
            adam.add_param_group(new OptimizerParamGroup(biases, new AdamOptions(rate)));
            return adam;
        });
    }

    /** The losses of a step, not weighed. */
    record StepLosses(double attack, double reconstruction, double features, double imageClassification) {}

    /** One step. */
    StepLosses run(Batch batch) {
        return Scopes.valued(() -> {
            Tensor adversarial = batch.adversarial();
            Tensor clean = Objects.requireNonNull(batch.clean());
            Tensor reconstructed = g.forward(adversarial);
            Tensor residual = adversarial.sub(reconstructed.clamp(Tensors.scalar(0), Tensors.scalar(1)));
            Tensor image = adversarial.sub(new Scalar(0.5)).mul(new Scalar(2.0));
            Tensor logits =
                    psi.forward(torch.cat(new TensorVector(residual.mul(new Scalar(spec.residualScale())), image), 1));
            Tensor cleanFeatures = Scopes.scopedNoGrad(() -> f.forward(clean));
            Tensor predictions = Tensors.longs(phi.predict(clean));

            LossSettings settings = spec.losses();
            Tensor attack = torch.cross_entropy_loss(
                    logits, batch.labels(), new TensorOptional(), 1, -100, settings.labelSmoothing());
            Tensor reconstruction = clean.sub(reconstructed).abs().sum(1, 2, 3).mean();
            Tensor features = cleanFeatures
                    .sub(f.forward(reconstructed))
                    .flatten(1, -1)
                    .norm(new ScalarOptional(new Scalar(2.0)), 1)
                    .mean();
            Tensor classification = torch.cross_entropy(phi.logits(reconstructed), predictions);
            Tensor total = attack.add(reconstruction.mul(new Scalar(settings.reconstruction())))
                    .add(features.mul(new Scalar(settings.features())))
                    .add(classification.mul(new Scalar(settings.imageClassification())));
            adam.zero_grad();
            total.backward();
            adam.step();
            return new StepLosses(
                    attack.item_float(),
                    reconstruction.item_float(),
                    features.item_float(),
                    classification.item_float());
        });
    }

    @Override
    public void close() {
        adam.close();
        g.close();
        psi.close();
        f.close();
    }

    /** Network that runs its layers in a given way. */
    private static final class Net extends Network {
        private Function<Tensor, Tensor> way = Function.identity();

        Net() {
            super("Net");
        }

        Net part(String name, Net net) {
            return super.part(name, net);
        }

        Net runs(Function<Tensor, Tensor> newWay) {
            way = newWay;
            return this;
        }

        Function<Tensor, Tensor> conv(String name, int in, int out, int size, int stride, boolean bias) {
            return convolution(name, in, out, size, stride, 1, bias)::forward;
        }

        /** A convolution without bias and its batch norm. */
        Function<Tensor, Tensor> conv(String name, String norm, int in, int out, int size, int stride) {
            return conv(name, in, out, size, stride, false).andThen(batchNorm(norm, out));
        }

        Function<Tensor, Tensor> batchNorm(String name, int channels) {
            return norm(name, channels)::forward;
        }

        Function<Tensor, Tensor> full(String name, int in, int out) {
            return linear(name, in, out)::forward;
        }

        @Override
        public Tensor forward(Tensor x) {
            return way.apply(x);
        }
    }

    private static Net reconstructor(ReconstructorSpec spec) {
        Net g = new Net();
        int width = spec.channels();
        Function<Tensor, Tensor> run =
                g.conv("first", 3, width, 3, 1, true).andThen(x -> torch.leaky_relu(x, new Scalar(0.1)));
        Net blocks = g.part("blocks", new Net());
        for (int i = 0; i < spec.blocks(); i++) {
            Net block = blocks.part(Integer.toString(i), new Net());
            Function<Tensor, Tensor> inner = block.conv("conv1", width, width, 3, 1, true)
                    .andThen(torch::relu)
                    .andThen(block.conv("conv2", width, width, 3, 1, true));
            run = run.andThen(x -> inner.apply(x).add(x));
        }
        return g.runs(run.andThen(g.conv("last", width, 3, 3, 1, true)));
    }

    /** A ResNet with basic blocks. */
    private static Net classifier(AttackClassifierSpec spec, int inputs) {
        Net psi = new Net();
        boolean large = spec.stem() == AttackClassifierSpec.Stem.LARGE;
        int in = spec.width();
        Function<Tensor, Tensor> run = psi.conv("conv1", "bn1", inputs, in, large ? 7 : 3, large ? 2 : 1)
                .andThen(torch::relu);
        if (spec.inputSize() > 0) {
            long[] size = {spec.inputSize(), spec.inputSize()};
            run = run.compose(x -> torch.upsample_bilinear2d(x, size, false));
        }
        if (large) {
            run = run.andThen(x -> pooled(x, 3, 1));
        }
        for (int stage = 0; stage < 4; stage++) {
            Net blocks = psi.part("layer" + (stage + 1), new Net());
            for (int i = 0; i < spec.blocksPerStage(); i++) {
                int out = spec.width() << stage;
                Net block = blocks.part(Integer.toString(i), basicBlock(in, out, i == 0 && stage > 0 ? 2 : 1));
                run = run.andThen(block::forward);
                in = out;
            }
        }
        return psi.runs(run.andThen(x -> x.mean(2, 3))
                .andThen(psi.full("fc1", in, spec.hidden()))
                .andThen(torch::relu)
                .andThen(psi.full("fc2", spec.hidden(), CLASSES)));
    }

    private static Net basicBlock(int in, int out, int stride) {
        Net block = new Net();
        Function<Tensor, Tensor> inner = block.conv("conv1", "bn1", in, out, 3, stride)
                .andThen(torch::relu)
                .andThen(block.conv("conv2", "bn2", out, out, 3, 1));
        Function<Tensor, Tensor> past = in == out && stride == 1
                ? Function.identity()
                : block.part("downsample", new Net()).conv("0", "1", in, out, 1, stride);
        return block.runs(x -> torch.relu(inner.apply(x).add(past.apply(x))));
    }

    /** VGG16 with batch norm up to the third convolution of its third block, with ImageNet's normalisation. */
    private static Net features() {
        Net f = new Net();
        Net layers = f.part("features", new Net());
        Function<Tensor, Tensor> run = x -> x.sub(Tensors.floats(new float[] {0.485f, 0.456f, 0.406f}, 1, 3, 1, 1))
                .div(Tensors.floats(new float[] {0.229f, 0.224f, 0.225f}, 1, 3, 1, 1));
        int place = 0;
        int in = 3;
        for (int out : VGG16) {
            if (out == 0) {
                run = run.andThen(x -> pooled(x, 2, 0));
                place++;
            } else {
                run = run.andThen(layers.conv(Integer.toString(place), in, out, 3, 1, true))
                        .andThen(layers.batchNorm(Integer.toString(place + 1), out))
                        .andThen(torch::relu);
                place += 3;
                in = out;
            }
        }
        return f.runs(run);
    }

    private static Tensor pooled(Tensor x, long size, long padding) {
        long[] both = {size, size};
        return torch.max_pool2d(x, both, new long[] {2, 2}, new long[] {padding, padding}, new long[] {1, 1}, false);
    }
}

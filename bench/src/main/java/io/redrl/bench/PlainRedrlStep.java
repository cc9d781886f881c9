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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.MaxPool2dImpl;
import org.bytedeco.pytorch.MaxPool2dOptions;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.ReLUImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.SequentialImpl;
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

    private final RecogniserSpec spec;
    private final G g;
    private final Psi psi;
    private final F f;
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
        g = new G(spec.reconstructor());
        psi = new Psi(spec.classifier(), spec.input().channels());
        f = new F();
        Weights.load(f, features);
        f.eval();
        f.freeze();
        Seed seed = spec.seedValue().child("weights");
        try (Reconstructor start = new Reconstructor(spec.reconstructor(), seed.child("reconstructor"));
                AttackClassifier second = new AttackClassifier(
                        spec.classifier(), spec.input().channels(), Psi.CLASSES, 0, seed.child("classifier"))) {
            Scopes.run(() -> {
                Weights.load(g, Weights.state(start), "G");
                Weights.load(psi, Weights.state(second), "Psi");
            });
        }
        adam = adam(List.of(g, psi), learningRate, spec.training().weightDecay());
    }

    /** Writes a VGG16 with batch norm up to the third convolution of its third block, untrained, as torchvision names it. */
    static void writeFeatures(Path file, Seed seed) {
        try (F network = new F()) {
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

    private static Conv2dImpl conv(int in, int out, int size, int stride, boolean bias) {
        Conv2dOptions options = new Conv2dOptions(in, out, new LongPointer(size, size));
        options.stride().put(new long[] {stride, stride});
        options.padding().put(new LongPointer(size / 2, size / 2));
        options.bias().put(bias);
        return new Conv2dImpl(options);
    }

    private static BatchNorm2dImpl batchNorm(int channels) {
        return new BatchNorm2dImpl(new BatchNormOptions(channels));
    }

    /** Halves the size. */
    private static MaxPool2dImpl pool(int size, int padding) {
        MaxPool2dOptions options = new MaxPool2dOptions(new LongPointer(size, size));
        options.stride().put(new LongPointer(2, 2));
        options.padding().put(new LongPointer(padding, padding));
        return new MaxPool2dImpl(options);
    }

    /** Blocks one after another. */
    private static final class Blocks extends Network {
        private final List<Network> blocks = new ArrayList<>();

        Blocks() {
            super("Blocks");
        }

        void add(Network block) {
            blocks.add(part(Integer.toString(blocks.size()), block));
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor h = x;
            for (Network block : blocks) {
                h = block.forward(h);
            }
            return h;
        }
    }

    /** The reconstructor. */
    private static final class G extends Network {
        private final Conv2dImpl first;
        private final Blocks blocks = part("blocks", new Blocks());
        private final Conv2dImpl last;

        G(ReconstructorSpec spec) {
            super("G");
            first = part("first", conv(3, spec.channels(), 3, 1, true));
            for (int i = 0; i < spec.blocks(); i++) {
                blocks.add(new ResidualBlock(spec.channels()));
            }
            last = part("last", conv(spec.channels(), 3, 3, 1, true));
        }

        @Override
        public Tensor forward(Tensor x) {
            return last.forward(blocks.forward(torch.leaky_relu(first.forward(x), new Scalar(0.1))));
        }
    }

    /** G's block: two convolutions and the input. */
    private static final class ResidualBlock extends Network {
        private final Conv2dImpl conv1;
        private final Conv2dImpl conv2;

        ResidualBlock(int channels) {
            super("ResidualBlock");
            conv1 = part("conv1", conv(channels, channels, 3, 1, true));
            conv2 = part("conv2", conv(channels, channels, 3, 1, true));
        }

        @Override
        public Tensor forward(Tensor x) {
            return conv2.forward(torch.relu(conv1.forward(x))).add(x);
        }
    }

    /** ResNet's basic block. */
    private static final class BasicBlock extends Network {
        private final Conv2dImpl conv1;
        private final BatchNorm2dImpl bn1;
        private final Conv2dImpl conv2;
        private final BatchNorm2dImpl bn2;
        private final SequentialImpl downsample = new SequentialImpl();

        BasicBlock(int in, int out, int stride) {
            super("BasicBlock");
            conv1 = part("conv1", conv(in, out, 3, stride, false));
            bn1 = part("bn1", batchNorm(out));
            conv2 = part("conv2", conv(out, out, 3, 1, false));
            bn2 = part("bn2", batchNorm(out));
            if (in != out || stride != 1) {
                part("downsample", downsample);
                downsample.push_back(conv(in, out, 1, stride, false));
                downsample.push_back(batchNorm(out));
            }
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor inner = bn2.forward(conv2.forward(torch.relu(bn1.forward(conv1.forward(x)))));
            return torch.relu(inner.add(downsample.is_empty() ? x : downsample.forward(x)));
        }
    }

    /** The attack classifier: a ResNet with basic blocks. */
    private static final class Psi extends Network {
        static final int CLASSES = 6;

        private final AttackClassifierSpec spec;
        private final Conv2dImpl conv1;
        private final BatchNorm2dImpl bn1;
        private final MaxPool2dImpl pool = pool(3, 1);
        private final List<Blocks> stages = new ArrayList<>();
        private final LinearImpl fc1;
        private final LinearImpl fc2;

        Psi(AttackClassifierSpec spec, int inputs) {
            super("Psi");
            this.spec = spec;
            boolean large = spec.stem() == AttackClassifierSpec.Stem.LARGE;
            conv1 = part("conv1", conv(inputs, spec.width(), large ? 7 : 3, large ? 2 : 1, false));
            bn1 = part("bn1", batchNorm(spec.width()));
            int in = spec.width();
            for (int stage = 0; stage < 4; stage++) {
                Blocks blocks = part("layer" + (stage + 1), new Blocks());
                for (int i = 0; i < spec.blocksPerStage(); i++) {
                    blocks.add(new BasicBlock(in, spec.width() << stage, i == 0 && stage > 0 ? 2 : 1));
                    in = spec.width() << stage;
                }
                stages.add(blocks);
            }
            fc1 = linear("fc1", in, spec.hidden());
            fc2 = linear("fc2", spec.hidden(), CLASSES);
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor h = x;
            if (spec.inputSize() > 0) {
                h = torch.upsample_bilinear2d(x, new long[] {spec.inputSize(), spec.inputSize()}, false);
            }
            h = torch.relu(bn1.forward(conv1.forward(h)));
            if (spec.stem() == AttackClassifierSpec.Stem.LARGE) {
                h = pool.forward(h);
            }
            for (Blocks stage : stages) {
                h = stage.forward(h);
            }
            return fc2.forward(torch.relu(fc1.forward(h.mean(2, 3))));
        }
    }

    /** The feature extractor, with ImageNet's normalisation. */
    private static final class F extends Network {
        private final SequentialImpl features = part("features", new SequentialImpl());
        private final Tensor mean = constant(0.485f, 0.456f, 0.406f);
        private final Tensor std = constant(0.229f, 0.224f, 0.225f);

        F() {
            super("F");
            int in = 3;
            for (int out : VGG16) {
                if (out == 0) {
                    features.push_back(pool(2, 0));
                } else {
                    features.push_back(conv(in, out, 3, 1, true));
                    features.push_back(batchNorm(out));
                    features.push_back(new ReLUImpl());
                    in = out;
                }
            }
        }

        private static Tensor constant(float... values) {
            return Scopes.valued(() -> Scopes.owned(Tensors.floats(values, 1, 3, 1, 1)));
        }

        @Override
        public Tensor forward(Tensor x) {
            return features.forward(x.sub(mean).div(std));
        }

        @Override
        public void close() {
            mean.close();
            std.close();
            super.close();
        }
    }
}

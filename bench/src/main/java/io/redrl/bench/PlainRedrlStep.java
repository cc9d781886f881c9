package io.redrl.bench;

import io.redrl.base.Seed;
import io.redrl.model.AttackClassifier;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.Initialisation;
import io.redrl.model.Network;
import io.redrl.model.Reconstructor;
import io.redrl.model.ReconstructorSpec;
import io.redrl.model.Weights;
import io.redrl.recognition.LossSettings;
import io.redrl.recognition.Losses;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.Batch;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A training step of REDRL as one writes it after the paper and its authors' code: float32, NCHW, batch norm of frozen networks
 * not folded, their parameters recording gradients that nobody needs, and what they make of the clean images computed in every
 * step.
 *
 * <pre>
 *  r = G(x_adv)
 *  logits = Ψ(resize(cat(x_adv − clamp(r, 0, 1), 2 x_adv − 1)))
 *  with no_grad(): features, verdicts = F(x), Φ(x).argmax(1)
 *  loss = CE(logits, attack) + λ_R |x − r|₁ + λ_F |features − F(r)|₂ + λ_IC CE(Φ(r), verdicts)
 *  loss.backward(); adam.step()
 * </pre>
 */
final class PlainRedrlStep implements AutoCloseable {
    private static final List<Integer> VGG16 = List.of(64, 64, 0, 128, 128, 0, 256, 256, 256);

    private final RecogniserSpec spec;
    private final G g;
    private final Psi psi;
    private final F f;
    private final PlainModel phi;
    private final Adam adam;

    /**
     * The networks that {@code spec} asks for, with the weights that our training begins with, in training mode.
     *
     * @param spec of REDRL; its schedule is not followed: a step costs the same at any learning rate
     * @param phi Φ; the caller closes it
     * @param features weights of F, as {@link #writeFeatures} makes them
     * @param frozen whether F's parameters record no gradients
     */
    PlainRedrlStep(RecogniserSpec spec, PlainModel phi, Path features, double learningRate, boolean frozen) {
        this.spec = spec;
        this.phi = phi;
        g = new G(spec.reconstructor());
        psi = new Psi(spec.classifier(), spec.input().channels());
        f = new F();
        Weights.load(f, features);
        f.eval();
        if (frozen) {
            f.freeze();
        }
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
            Tensor verdicts = Tensors.longs(phi.predict(clean));

            LossSettings settings = spec.losses();
            Tensor attack = Losses.attackClassification(logits, batch.labels(), settings.labelSmoothing());
            Tensor reconstruction = Losses.reconstruction(clean, reconstructed);
            Tensor features = Losses.features(cleanFeatures, f.forward(reconstructed));
            Tensor classification = Losses.imageClassification(phi.logits(reconstructed), verdicts);
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

    /** The reconstructor. */
    private static final class G extends Network {
        private final Conv2dImpl first;
        private final Blocks blocks;
        private final Conv2dImpl last;

        G(ReconstructorSpec spec) {
            super("G");
            first = convolution("first", 3, spec.channels(), 3, 1, 1, true);
            blocks = part("blocks", new Blocks());
            for (int i = 0; i < spec.blocks(); i++) {
                blocks.add(new Block(spec.channels(), spec.channels(), 1, false));
            }
            last = convolution("last", spec.channels(), 3, 3, 1, 1, true);
        }

        @Override
        public Tensor forward(Tensor x) {
            return Scopes.scoped(
                    () -> last.forward(blocks.forward(torch.leaky_relu(first.forward(x), new Scalar(0.1)))));
        }
    }

    /** One after another. */
    private static final class Blocks extends Network {
        private final List<Block> blocks = new ArrayList<>();

        Blocks() {
            super("Blocks");
        }

        void add(Block block) {
            blocks.add(part(Integer.toString(blocks.size()), block));
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor h = x;
            for (Block block : blocks) {
                h = block.forward(h);
            }
            return h;
        }
    }

    /** Two 3×3 convolutions and the input: ResNet's basic block with batch norm, G's without it and without the last ReLU. */
    private static final class Block extends Network {
        private final List<Conv2dImpl> convolutions = new ArrayList<>();
        private final List<BatchNorm2dImpl> norms = new ArrayList<>();
        private final boolean shortcut;
        private final boolean normalised;

        Block(int in, int out, int stride, boolean normalised) {
            super("Block");
            this.normalised = normalised;
            shortcut = in != out || stride != 1;
            convolutions.add(convolution("conv1", in, out, 3, stride, 1, !normalised));
            convolutions.add(convolution("conv2", out, out, 3, 1, 1, !normalised));
            if (normalised) {
                norms.add(norm("bn1", out));
                norms.add(norm("bn2", out));
            }
            if (shortcut) {
                Layers downsample = part("downsample", new Layers());
                convolutions.add(downsample.convolved("0", in, out, 1, stride, false));
                norms.add(downsample.normed("1", out));
            }
        }

        private Tensor convolved(int i, Tensor x) {
            Tensor y = convolutions.get(i).forward(x);
            return normalised ? norms.get(i).forward(y) : y;
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor inner = convolved(1, torch.relu(convolved(0, x)));
            Tensor sum = inner.add(shortcut ? convolved(2, x) : x);
            return normalised ? torch.relu(sum) : sum;
        }
    }

    /** Layers that somebody else runs. */
    private static final class Layers extends Network {
        Layers() {
            super("Layers");
        }

        Conv2dImpl convolved(String name, int in, int out, int size, int stride, boolean bias) {
            return convolution(name, in, out, size, stride, 1, bias);
        }

        BatchNorm2dImpl normed(String name, int channels) {
            return norm(name, channels);
        }

        @Override
        public Tensor forward(Tensor x) {
            throw new UnsupportedOperationException("run by its owner");
        }
    }

    /** The attack classifier: a ResNet with basic blocks. */
    private static final class Psi extends Network {
        static final int CLASSES = 6;

        private final AttackClassifierSpec spec;
        private final Conv2dImpl conv1;
        private final BatchNorm2dImpl bn1;
        private final List<Blocks> stages = new ArrayList<>();
        private final LinearImpl fc1;
        private final LinearImpl fc2;

        Psi(AttackClassifierSpec spec, int inputs) {
            super("Psi");
            this.spec = spec;
            boolean large = spec.stem() == AttackClassifierSpec.Stem.LARGE;
            conv1 = convolution("conv1", inputs, spec.width(), large ? 7 : 3, large ? 2 : 1, 1, false);
            bn1 = norm("bn1", spec.width());
            int in = spec.width();
            for (int stage = 0; stage < 4; stage++) {
                Blocks blocks = part("layer" + (stage + 1), new Blocks());
                for (int i = 0; i < spec.blocksPerStage(); i++) {
                    blocks.add(new Block(in, spec.width() << stage, i == 0 && stage > 0 ? 2 : 1, true));
                    in = spec.width() << stage;
                }
                stages.add(blocks);
            }
            fc1 = linear("fc1", in, spec.hidden());
            fc2 = linear("fc2", spec.hidden(), CLASSES);
        }

        @Override
        public Tensor forward(Tensor x) {
            return Scopes.scoped(() -> {
                Tensor h = x;
                if (spec.inputSize() > 0) {
                    h = torch.upsample_bilinear2d(x, new long[] {spec.inputSize(), spec.inputSize()}, false);
                }
                h = torch.relu(bn1.forward(conv1.forward(h)));
                if (spec.stem() == AttackClassifierSpec.Stem.LARGE) {
                    h = pooled(h, 3, 1);
                }
                for (Blocks stage : stages) {
                    h = stage.forward(h);
                }
                return fc2.forward(torch.relu(fc1.forward(h.mean(2, 3))));
            });
        }
    }

    private static Tensor pooled(Tensor x, long size, long padding) {
        long[] both = {size, size};
        return torch.max_pool2d(x, both, new long[] {2, 2}, new long[] {padding, padding}, new long[] {1, 1}, false);
    }

    /** The feature extractor, with ImageNet's normalisation. */
    private static final class F extends Network {
        private final List<Step> steps = new ArrayList<>();
        private final Tensor mean = constant(0.485f, 0.456f, 0.406f);
        private final Tensor std = constant(0.229f, 0.224f, 0.225f);

        private record Step(boolean pooledBefore, Conv2dImpl convolution, BatchNorm2dImpl norm) {}

        F() {
            super("F");
            Layers features = part("features", new Layers());
            int place = 0;
            int in = 3;
            boolean pooling = false;
            for (int out : VGG16) {
                if (out > 0) {
                    steps.add(new Step(
                            pooling,
                            features.convolved(Integer.toString(place), in, out, 3, 1, true),
                            features.normed(Integer.toString(place + 1), out)));
                    in = out;
                }
                pooling = out == 0;
                place += pooling ? 1 : 3;
            }
        }

        private static Tensor constant(float... values) {
            return Scopes.valued(() -> Scopes.owned(Tensors.floats(values, 1, 3, 1, 1)));
        }

        @Override
        public Tensor forward(Tensor x) {
            return Scopes.scoped(() -> {
                Tensor h = x.sub(mean).div(std);
                for (Step step : steps) {
                    h = step.pooledBefore() ? pooled(h, 2, 0) : h;
                    h = torch.relu(step.norm().forward(step.convolution().forward(h)));
                }
                return h;
            });
        }

        @Override
        public void close() {
            mean.close();
            std.close();
            super.close();
        }
    }
}

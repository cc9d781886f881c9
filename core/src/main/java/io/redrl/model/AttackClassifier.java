package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * The attack classifier Ψ: which attack made an image.
 *
 * <p>A ResNet with basic blocks (He et al., "Deep Residual Learning for Image Recognition", 2016) under torchvision's
 * key names up to its pooled features, then a head features → hidden → ReLU → classes ({@code fc1}, {@code fc2}; Souri et
 * al., §4.3, sizes from the authors' code).
 */
public final class AttackClassifier extends Network {
    private static final int STAGES = 4;

    private final AttackClassifierSpec spec;
    private final int inputs;
    private final int classes;
    private final Conv2dImpl conv1;
    private final BatchNorm2dImpl bn1;
    private final ResNetStage[] stages = new ResNetStage[STAGES];
    private final @Nullable VictimFeatureEncoder encoder;
    private final LinearImpl fc1;
    private final LinearImpl fc2;

    /**
     * A fresh network in training mode; close it to free its weights.
     *
     * @param spec its size
     * @param inputs number of input channels: 6 for residual and image
     * @param classes number of attack classes A
     * @param own victim features per victim that depend on it alone, where these join the pooled features; 0 without victim
     *     features
     * @param seed fixes every weight
     */
    public AttackClassifier(AttackClassifierSpec spec, int inputs, int classes, int own, Seed seed) {
        super("AttackClassifier");
        this.spec = spec;
        this.inputs = Checks.positive("input channels", inputs);
        this.classes = Checks.positive("attack classes", classes);
        int width = spec.width();
        boolean large = spec.stem() == AttackClassifierSpec.Stem.LARGE;
        conv1 = convolution("conv1", inputs, width, large ? 7 : 3, large ? 2 : 1, 1, false);
        bn1 = norm("bn1", width);
        List<Integer> blocks = Collections.nCopies(STAGES, spec.blocksPerStage());
        ResNet.Form form = new ResNet.Form(blocks, width, width, false, 1, 64, 1, false);
        for (int stage = 0; stage < STAGES; stage++) {
            int in = stage == 0 ? width : stages[stage - 1].outputs();
            stages[stage] = part("layer" + (stage + 1), new ResNetStage(form, stage, in));
        }
        encoder = own > 0 ? part("evidence", new VictimFeatureEncoder(own)) : null; // its name in stored weights
        fc1 = linear("fc1", headFeatures(), spec.hidden());
        fc2 = linear("fc2", spec.hidden(), classes);
        RecognitionLayers.initialise(this, seed, AttackClassifier::initial);
    }

    /** The size that it was made with. */
    public AttackClassifierSpec spec() {
        return spec;
    }

    /** The number of input channels. */
    public int inputs() {
        return inputs;
    }

    /** The number of classes A. */
    public int classes() {
        return classes;
    }

    /**
     * Logits.
     *
     * <p>The first convolution and the head are float32 at any precision: an 8-bit mantissa cannot hold an image
     * together with a perturbation of 1/255.
     *
     * @param input {@code [N,inputs,H,W]} float32
     * @param precision of the convolutions after the first
     * @return {@code [N,classes]} float32 with a graph; caller's scope
     */
    public Tensor forward(Tensor input, Precision precision) {
        return forward(input, null, null, precision);
    }

    /**
     * Logits, from images and their victim features.
     *
     * @param input {@code [N,inputs,H,W]} float32
     * @param victims {@code [N,V,own+V]} float32, features from V victims; null without victim features
     * @param visible {@code [N,V]} float32, 1 for each victim whose features Ψ may see, 0 for others; null without them
     * @param precision of the convolutions after the first
     * @return {@code [N,classes]} float32 with a graph; caller's scope
     */
    public Tensor forward(Tensor input, @Nullable Tensor victims, @Nullable Tensor visible, Precision precision) {
        return Scopes.scoped(() -> head(pooled(input, victims, visible, precision, false)));
    }

    /**
     * Pooled features: the mean of each of their channels over the image, stage after stage, then what else the head
     * reads. {@link #head} makes logits of it, as {@link #forward} would.
     *
     * @param input {@code [N,inputs,H,W]} float32
     * @param victims {@code [N,V,own+V]} float32, features from V victims; null without victim features
     * @param visible {@code [N,V]} float32, 1 for each victim whose features Ψ may see, 0 for others; null without them
     * @param precision of the convolutions after the first
     * @return {@code [N,F]} float32, the last {@link #headFeatures} being the head's; caller's scope
     */
    public Tensor features(Tensor input, @Nullable Tensor victims, @Nullable Tensor visible, Precision precision) {
        return Scopes.scoped(() -> pooled(input, victims, visible, precision, true));
    }

    /**
     * Logits from what {@link #features} gave.
     *
     * @param features {@code [N,F]} float32; only the last {@link #headFeatures} count
     * @return {@code [N,classes]} float32; caller's scope
     */
    public Tensor head(Tensor features) {
        return Scopes.scoped(() -> {
            int read = headFeatures();
            Tensor pooled = features.size(1) == read ? features : features.narrow(1, features.size(1) - read, read);
            return fc2.forward(torch.relu(fc1.forward(pooled)));
        });
    }

    /** How many of the {@link #features}, the last of them, the head reads: means, maxima if asked for, encoded victim features. */
    public int headFeatures() {
        int channels = spec.width() << (STAGES - 1);
        return (spec.pooling() == AttackClassifierSpec.Pooling.MEAN ? channels : 2 * channels)
                + (encoder == null ? 0 : VictimFeatureEncoder.OUTPUTS);
    }

    /** Where in the {@link #features} each stage's begin, from 0 on; the head reads from the last of these on. */
    public List<Integer> stageStarts() {
        return IntStream.range(0, STAGES)
                .map(stage -> spec.width() * ((1 << stage) - 1))
                .boxed()
                .toList();
    }

    /** How many {@link #features} there are. */
    public int featureCount() {
        return stageStarts().get(STAGES - 1) + headFeatures();
    }

    private Tensor pooled(
            Tensor input, @Nullable Tensor victims, @Nullable Tensor visible, Precision precision, boolean everyStage) {
        Tensor x = input;
        int size = spec.inputSize();
        if (size > 0 && (x.size(2) != size || x.size(3) != size)) {
            x = torch.upsample_bilinear2d(x, new long[] {size, size}, false);
        }
        Tensor stem = conv1.forward(x.contiguous(MemoryFormat.ChannelsLast));
        List<Tensor> features = new ArrayList<>(precision.run(() -> pooled(stem, everyStage)));
        features.replaceAll(feature -> feature.to(ScalarType.Float));
        if (encoder != null) {
            features.add(encoder.forward(Objects.requireNonNull(victims), Objects.requireNonNull(visible)));
        }
        return features.size() == 1 ? features.get(0) : torch.cat(new TensorVector(features.toArray(Tensor[]::new)), 1);
    }

    private List<Tensor> pooled(Tensor stem, boolean everyStage) {
        Tensor h = relu(bn1.forward(stem));
        if (spec.stem() == AttackClassifierSpec.Stem.LARGE) {
            h = torch.max_pool2d(h, new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
        }
        List<Tensor> pooled = new ArrayList<>();
        for (int i = 0; i < STAGES; i++) {
            h = stages[i].forward(h);
            // In training only the head's are asked for: the others would cost a gradient of zeros each.
            if (everyStage || i == STAGES - 1) {
                pooled.add(h.mean(2, 3));
            }
        }
        if (spec.pooling() != AttackClassifierSpec.Pooling.MEAN) {
            pooled.add(h.amax(new long[] {2, 3}, false));
        }
        return pooled;
    }

    /** Logits in float32 throughout. */
    @Override
    public Tensor forward(Tensor input) {
        return forward(input, Precision.FP32);
    }

    private static Tensor initial(String name, long[] shape, Seed seed) {
        if (shape.length == 4) {
            return RecognitionLayers.kaiming(seed, shape, 1);
        }
        if (shape.length == 2) {
            return RecognitionLayers.kaiming(seed, shape, Math.sqrt(0.5));
        }
        float[] values = new float[(int) shape[0]];
        boolean scaleOfBatchNorm = name.endsWith("weight");
        Arrays.fill(values, scaleOfBatchNorm ? 1 : 0);
        return Tensors.floats(values, shape);
    }
}

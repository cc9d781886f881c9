package io.redrl.model;

import static io.redrl.model.RecognitionLayers.kaiming;

import io.redrl.base.Seed;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * The reconstructor G: what an image was before it was attacked.
 *
 * <p>A convolution 3 → C and LeakyReLU(0.1), B residual blocks (convolution, ReLU, convolution, plus the block's own
 * input; no batch norm), a convolution C → 3; all 3×3, the size is kept. Nothing adds the input to the output, so a
 * perturbation has no direct way through (Souri et al., "Identification of Attack-Specific Signatures in Adversarial
 * Examples", §4.1; sizes and the block's initial scale of 0.1 from the authors' code, in the style of SRResNet).
 *
 * <p>Departure: {@link InitialState#NEAR_IDENTITY}. The first convolution carries the three colours in channels 0 to 2
 * (pixels are not negative, so LeakyReLU leaves them alone), the blocks start small, the last convolution reads these
 * channels: G(x) ≈ x at first, yet every value passes through trained layers only.
 */
public final class Reconstructor extends Network {
    private static final double SLOPE = 0.1;
    private static final double BLOCK_SCALE = 0.1;

    private final ReconstructorSpec spec;
    private final Conv2dImpl first;
    private final Blocks blocks;
    private final Conv2dImpl last;

    /**
     * A fresh network; close it to free its weights.
     *
     * @param spec its size and initial state
     * @param seed fixes every weight
     */
    public Reconstructor(ReconstructorSpec spec, Seed seed) {
        super("Reconstructor");
        this.spec = spec;
        int channels = spec.channels();
        first = convolution("first", 3, channels, 3, 1, 1, true);
        blocks = part("blocks", new Blocks(spec.blocks(), channels));
        last = convolution("last", channels, 3, 3, 1, 1, true);
        RecognitionLayers.initialise(this, seed, this::initial);
    }

    /** The size that it was made with. */
    public ReconstructorSpec spec() {
        return spec;
    }

    /**
     * Reconstructs images.
     *
     * <p>First and last convolution and the sum that the blocks add to are float32 at any precision: an 8-bit mantissa
     * would drown perturbations of 1/255. Only what the blocks add may be computed in bfloat16.
     *
     * @param images {@code [N,3,H,W]} float32 in [0, 1]
     * @param precision of the convolutions inside the blocks
     * @return {@code [N,3,H,W]} float32, not clamped, with a graph; caller's scope
     */
    public Tensor forward(Tensor images, Precision precision) {
        return Scopes.scoped(() -> {
            Tensor h = torch.leaky_relu_(
                    first.forward(images.contiguous(MemoryFormat.ChannelsLast)), new Scalar(SLOPE)); // [N,C,H,W]
            return last.forward(blocks.forward(h, precision)); // [N,3,H,W]
        });
    }

    /** Reconstructs in float32 throughout. */
    @Override
    public Tensor forward(Tensor images) {
        return forward(images, Precision.FP32);
    }

    private Tensor initial(String name, long[] shape, Seed seed) {
        if (shape.length == 1) {
            return Tensors.floats(new float[(int) shape[0]], shape);
        }
        boolean near = spec.initialState() == InitialState.NEAR_IDENTITY;
        if (name.startsWith("blocks.")) {
            // The second convolution of a near-identity block starts smaller: B blocks together stay below 1/255.
            double extra = near && name.contains("conv2") ? 0.05 : 1;
            return kaiming(seed, shape, BLOCK_SCALE * extra);
        }
        if (!near) {
            return kaiming(seed, shape, 1);
        }
        // The first layer's other channels are drawn as usual, so that the blocks have features to work with; the
        // last layer starts almost deaf to them.
        Tensor weight = kaiming(seed, shape, name.startsWith("first") ? 1 : 0.001);
        for (int colour = 0; colour < 3; colour++) {
            Tensor filter = weight.select(0, colour);
            if (name.startsWith("first")) {
                filter.zero_();
            }
            filter.select(0, colour).select(0, 1).select(0, 1).fill_(new Scalar(1.0));
        }
        return weight;
    }

    /** The run of identical residual blocks. */
    private static final class Blocks extends Network {
        private final Block[] blocks;

        Blocks(int count, int channels) {
            super("Blocks");
            blocks = new Block[count];
            for (int i = 0; i < count; i++) {
                blocks[i] = part(Integer.toString(i), new Block(channels));
            }
        }

        @Override
        public Tensor forward(Tensor x) {
            return forward(x, Precision.FP32);
        }

        Tensor forward(Tensor x, Precision precision) {
            Tensor h = x;
            for (Block block : blocks) {
                Tensor input = h;
                h = input.add(precision.run(() -> block.forward(input)));
            }
            return h;
        }
    }

    /** Convolution, ReLU, convolution; the caller adds the input. */
    private static final class Block extends Network {
        private final Conv2dImpl conv1;
        private final Conv2dImpl conv2;

        Block(int channels) {
            super("Block");
            conv1 = convolution("conv1", channels, channels, 3, 1, 1, true);
            conv2 = convolution("conv2", channels, channels, 3, 1, 1, true);
        }

        @Override
        public Tensor forward(Tensor x) {
            return conv2.forward(relu(conv1.forward(x)));
        }
    }
}

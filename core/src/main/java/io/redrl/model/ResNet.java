package io.redrl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Residual networks in the form usual for images of 32 to 64 pixels: a 3×3 stem at stride 1 and no early pooling, global
 * average pooling before the classifier. Layers are named as in torchvision.
 *
 * <ul>
 *   <li>He et al., 2016, "Deep Residual Learning for Image Recognition": ResNet-18 and -50, and the CIFAR ResNet-20 of
 *       its section 4.2 with parameter-free shortcuts (option A).
 *   <li>Xie et al., 2017, "Aggregated Residual Transformations for Deep Neural Networks": ResNeXt, whose 3×3
 *       convolutions are grouped.
 * </ul>
 */
public final class ResNet extends Network {
    private final List<UnaryOperator<Tensor>> steps = new ArrayList<>();
    private final LinearImpl fc;

    /**
     * What distinguishes the members of the family.
     *
     * @param blocks the number of blocks in each stage; every stage but the first halves the image
     * @param stem channels after the first convolution
     * @param width channels of the first stage's blocks, before expansion; doubles from stage to stage
     * @param bottleneck whether blocks are 1×1, 3×3, 1×1 and widen by {@code expansion}, or two 3×3
     * @param groups groups of a bottleneck's 3×3 convolution
     * @param groupWidth channels per group at {@code width} 64, as torchvision counts them; 64 for plain ResNets
     * @param expansion the widening of a bottleneck's output over {@code width}
     * @param padShortcut whether shortcuts that change shape subsample and pad with zero channels (option A) instead of
     *     a 1×1 convolution with batch norm (option B)
     */
    record Form(
            List<Integer> blocks,
            int stem,
            int width,
            boolean bottleneck,
            int groups,
            int groupWidth,
            int expansion,
            boolean padShortcut) {}

    /** A network of {@code form} for {@code channels} input channels and {@code classes} outputs; weights undefined. */
    ResNet(Form form, int channels, int classes) {
        this(form, channels, classes, false);
    }

    /** What images pass first. */
    private enum Stem {
        /** 3×3 at stride 1. */
        SMALL,
        /** 7×7 at stride 2, for images of 64 pixels. */
        HALVING,
        /** That for photographs: 7×7 at stride 2, and 3×3 maximum pooling at stride 2. */
        LARGE
    }

    private ResNet(Form form, int channels, int classes, boolean large) {
        this(form, channels, classes, large ? Stem.LARGE : Stem.SMALL);
    }

    private ResNet(Form form, int channels, int classes, Stem stem) {
        super("ResNet");
        boolean small = stem == Stem.SMALL;
        steps.add(convNorm("conv1", "bn1", channels, form.stem(), small ? 3 : 7, small ? 1 : 2, 1, false)::forwardRelu);
        if (stem == Stem.LARGE) {
            steps.add(ResNet::pooled);
        }
        int inputs = form.stem();
        for (int i = 0; i < form.blocks().size(); i++) {
            ResNetStage stage = part("layer" + (i + 1), new ResNetStage(form, i, inputs));
            steps.add(stage::forward);
            inputs = stage.outputs();
        }
        fc = linear("fc", inputs, classes);
    }

    /** ResNet-18 with a 3×3 stem, for any number of input channels; weights undefined. */
    public static ResNet resnet18(int channels, int classes) {
        return new ResNet(new Form(List.of(2, 2, 2, 2), 64, 64, false, 1, 64, 1, false), channels, classes);
    }

    /** ResNet-50 with a 3×3 stem; weights undefined. */
    public static ResNet resnet50(int classes) {
        return new ResNet(new Form(List.of(3, 4, 6, 3), 64, 64, true, 1, 64, 4, false), 3, classes);
    }

    /** ResNeXt-50 (32×4d) with a 3×3 stem; weights undefined. */
    public static ResNet resnext50(int classes) {
        return new ResNet(new Form(List.of(3, 4, 6, 3), 64, 64, true, 32, 4, 4, false), 3, classes);
    }

    /**
     * A torchvision network; weights undefined.
     *
     * @param blocks in each of the four stages
     * @param bottleneck whether blocks are 1×1, 3×3, 1×1
     * @param groups of the 3×3 convolution
     * @param groupWidth channels per group at width 64
     * @param large whether it has the stem for photographs, 7×7 at stride 2 and pooling, or the one for small images
     */
    static ResNet torchvision(
            List<Integer> blocks, boolean bottleneck, int groups, int groupWidth, boolean large, int classes) {
        return new ResNet(
                new Form(blocks, 64, 64, bottleneck, groups, groupWidth, bottleneck ? 4 : 1, false), 3, classes, large);
    }

    private static final Form RESNET20 = new Form(List.of(3, 3, 3), 16, 16, false, 1, 64, 1, true);
    private static final Form RESNEXT20 = new Form(List.of(2, 2, 2), 16, 32, true, 8, 8, 1, false);

    /** The CIFAR ResNet-20: three stages of 16, 32 and 64 channels, shortcuts without parameters; weights undefined. */
    public static ResNet resnet20(int classes) {
        return new ResNet(RESNET20, 3, classes);
    }

    /** ResNet-20 behind a stem of 7×7 at stride 2: at 64×64 it costs what the other costs at 32×32; weights undefined. */
    static ResNet resnet20Halving(int classes) {
        return new ResNet(RESNET20, 3, classes, Stem.HALVING);
    }

    /**
     * A small ResNeXt of the CIFAR layout: three stages of two bottlenecks each, as wide outside as inside (32, 64 and 128
     * channels), 3×3 convolutions in 8 groups of 4, 8 and 16 channels; weights undefined.
     */
    public static ResNet resnext20(int classes) {
        return new ResNet(RESNEXT20, 3, classes);
    }

    /** The same behind a stem of 7×7 at stride 2; weights undefined. */
    static ResNet resnext20Halving(int classes) {
        return new ResNet(RESNEXT20, 3, classes, Stem.HALVING);
    }

    /**
     * Logits.
     *
     * @param x {@code [N,C,H,W]} floating point, normalised; H and W multiples of 8
     * @return {@code [N,K]}, in the caller's scope
     */
    @Override
    public Tensor forward(Tensor x) {
        return fc.forward(features(x).mean(new long[] {2, 3}));
    }

    /** 3×3 maxima at stride 2. */
    static Tensor pooled(Tensor x) {
        return torch.max_pool2d(x, new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
    }

    /** The last stage's output {@code [N,C',H/2^(s-1),W/2^(s-1)]} after s stages, in the caller's scope. */
    public Tensor features(Tensor x) {
        return inTurn(x, steps);
    }
}

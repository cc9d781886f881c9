package io.redrl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A stage of a ResNet: residual blocks of one width (He et al., "Deep Residual Learning for Image Recognition", 2016), named
 * by their number, the first of which halves the image in every stage but the first.
 */
final class ResNetStage extends Network {
    private final List<UnaryOperator<Tensor>> steps = new ArrayList<>();
    private final int outputs;

    /**
     * A stage; weights undefined.
     *
     * @param form of the network
     * @param index of the stage, from 0
     * @param inputs channels of what comes in
     */
    ResNetStage(ResNet.Form form, int index, int inputs) {
        super("Sequential");
        int width = form.width() << index;
        outputs = form.bottleneck() ? width * form.expansion() : width;
        for (int i = 0; i < form.blocks().get(index); i++) {
            int stride = i == 0 && index > 0 ? 2 : 1;
            steps.add(
                    part(Integer.toString(i), new Block(form, i == 0 ? inputs : outputs, width, outputs, stride))
                            ::forward);
        }
    }

    @Override
    public Tensor forward(Tensor x) {
        return inTurn(x, steps);
    }

    /** The channels of what goes out. */
    int outputs() {
        return outputs;
    }

    /** A residual block: {@code relu(F(x) + shortcut(x))}. */
    private static final class Block extends Network {
        private final List<UnaryOperator<Tensor>> first = new ArrayList<>();
        private final ConvNorm last;
        private final UnaryOperator<Tensor> shortcut;

        Block(ResNet.Form form, int inputs, int width, int outputs, int stride) {
            super(form.bottleneck() ? "Bottleneck" : "BasicBlock");
            if (form.bottleneck()) {
                int inner = width * form.groupWidth() / 64 * form.groups();
                first.add(convNorm("conv1", "bn1", inputs, inner, 1, 1, 1, false)::forwardRelu);
                first.add(convNorm("conv2", "bn2", inner, inner, 3, stride, form.groups(), false)::forwardRelu);
                last = convNorm("conv3", "bn3", inner, outputs, 1, 1, 1, false);
            } else {
                first.add(convNorm("conv1", "bn1", inputs, outputs, 3, stride, 1, false)::forwardRelu);
                last = convNorm("conv2", "bn2", outputs, outputs, 3, 1, 1, false);
            }
            if (inputs == outputs && stride == 1) {
                shortcut = x -> x;
            } else if (form.padShortcut()) {
                shortcut = x -> subsampleAndPad(x, stride, outputs - inputs);
            } else {
                shortcut = part("downsample", new Downsample(inputs, outputs, stride))::forward;
            }
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor y = last.forward(inTurn(x, first));
            y.add_(shortcut.apply(x));
            return relu(y);
        }

        /** Every {@code stride}-th pixel, with half of the new channels' zeros in front and half behind. */
        private static Tensor subsampleAndPad(Tensor x, int stride, int channels) {
            long front = channels / 2;
            return torch.pad(everyNth(x, stride), 0, 0, 0, 0, front, channels - front);
        }
    }

    /** A 1×1 convolution with batch norm, named 0 and 1 (option B). */
    private static final class Downsample extends Network {
        private final ConvNorm unit;

        Downsample(int inputs, int outputs, int stride) {
            super("Sequential");
            unit = convNorm("0", "1", inputs, outputs, 1, stride, 1, false);
        }

        @Override
        public Tensor forward(Tensor x) {
            return unit.forward(x);
        }
    }
}

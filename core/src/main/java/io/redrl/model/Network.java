package io.redrl.model;

import io.redrl.tensor.Scopes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A network, or a part of one, that registers its layers under given names and knows how to run itself.
 *
 * <p>A network owns its memory whatever scope it is built in, and is freed by {@link #close()} with all its layers.
 * LibTorch's constructors draw initial weights from a process-wide generator: {@link Initialisation#draw} or
 * {@link Weights#load} must follow.
 */
public abstract class Network extends Module {
    private final List<Module> children = new ArrayList<>();
    private final List<ConvNorm> units = new ArrayList<>();

    /** @param name LibTorch's name for the kind of module */
    protected Network(String name) {
        super(name);
        retainReference();
    }

    /**
     * Runs the network.
     *
     * @param x {@code [N,C,H,W]} floating point
     * @return the output, in the caller's scope
     */
    public abstract Tensor forward(Tensor x);

    /** Registers a part under a name, which becomes part of its parameters' names, and keeps it until close. */
    protected final <M extends Module> M part(String name, M module) {
        Scopes.run(() -> register_module(name, module)); // which returns one more handle
        if (!(module instanceof Network)) { // which has retained itself
            module.retainReference();
        }
        children.add(module);
        return module;
    }

    /** A square convolution that keeps the size at stride 1 (padding {@code size / 2}). */
    protected final Conv2dImpl convolution(
            String name, int inputs, int outputs, int size, int stride, int groups, boolean bias) {
        try (var scope = new org.bytedeco.javacpp.PointerScope()) {
            Conv2dOptions options = new Conv2dOptions(inputs, outputs, new LongPointer(size, size));
            // put(long...) would be put(index, value): the array form sets both values.
            options.stride().put(new long[] {stride, stride});
            options.padding().put(new LongPointer(size / 2, size / 2));
            options.groups().put(groups);
            options.bias().put(bias);
            return part(name, new Conv2dImpl(options));
        }
    }

    /** Runs a convolution that no {@link ConvNorm} runs. */
    protected static Tensor run(Conv2dImpl conv, Tensor x) {
        return ConvolutionTape.passed(conv, null, x, conv.forward(x));
    }

    /** Every {@code n}-th pixel of {@code [N,C,H,W]} both ways, from the first on; a view, in the caller's scope. */
    static Tensor everyNth(Tensor x, long n) {
        Tensor sampled = x;
        for (long dimension = 2; dimension < 4; dimension++) {
            sampled = sampled.slice(dimension, new LongOptional(0), new LongOptional(x.size(dimension)), n);
        }
        return sampled;
    }

    /**
     * Runs parts one after another: what one gives is freed once the next has taken it, unless a graph or a tape keeps it.
     *
     * @return what the last gives, in the caller's scope
     */
    protected static Tensor inTurn(Tensor x, List<? extends UnaryOperator<Tensor>> parts) {
        PointerScope caller = Objects.requireNonNull(PointerScope.getInnerScope());
        Deque<PointerScope> open = new ArrayDeque<>(); // of what the last part gave, and of what the one before it did
        try {
            Tensor y = x;
            for (UnaryOperator<Tensor> part : parts) {
                open.add(new PointerScope());
                Tensor given = y;
                y = Scopes.scoped(() -> part.apply(given));
                if (open.size() > 1) {
                    open.remove().close();
                }
            }
            caller.attach(y);
            return y;
        } finally {
            open.forEach(PointerScope::close);
        }
    }

    /** ReLU in place. What LibTorch's own gives refers to the handle of {@code y} and would not outlive it. */
    protected static Tensor relu(Tensor y) {
        torch.relu_(y);
        return y;
    }

    /** Batch norm over channels, with PyTorch's defaults (epsilon 1e-5, momentum 0.1). */
    protected final BatchNorm2dImpl norm(String name, int channels) {
        try (var scope = new org.bytedeco.javacpp.PointerScope()) {
            return part(name, new BatchNorm2dImpl(new BatchNormOptions(channels)));
        }
    }

    /** A linear layer with bias. */
    protected final LinearImpl linear(String name, int inputs, int outputs) {
        return part(name, new LinearImpl(inputs, outputs));
    }

    /** A convolution and the batch norm after it, which {@link #fold()} may make one. */
    protected final ConvNorm convNorm(
            String convName, String normName, int inputs, int outputs, int size, int stride, int groups, boolean bias) {
        ConvNorm unit = new ConvNorm(
                convolution(convName, inputs, outputs, size, stride, groups, bias),
                norm(normName, outputs),
                size / 2,
                stride,
                groups);
        units.add(unit);
        return unit;
    }

    /**
     * Folds every batch norm that follows a convolution into a copy of that convolution's weights, for faster
     * evaluation. Parameters and buffers stay as they are; later changes to them are not seen, so a folded network is
     * for evaluation only.
     */
    public final void fold() {
        units.forEach(ConvNorm::fold);
        for (Module child : children) {
            if (child instanceof Network network) {
                network.fold();
            }
        }
    }

    /** Rounds every parameter, buffer and folded weight to bfloat16: for evaluation of bfloat16 inputs only. */
    public final void halve() {
        to(ScalarType.BFloat16, false);
        halveUnits();
    }

    private void halveUnits() {
        units.forEach(ConvNorm::halve);
        for (Module child : children) {
            if (child instanceof Network network) {
                network.halveUnits();
            }
        }
    }

    /** Stops every parameter from recording gradients. */
    public final void freeze() {
        Scopes.run(() -> Weights.parameters(this).values().forEach(parameter -> parameter.requires_grad_(false)));
    }

    /**
     * Stores convolution weights in channels-last order, the fastest on a CPU for inputs in that order; values stay.
     * To be called before an optimizer is made.
     */
    public final void channelsLast() {
        Scopes.run(() -> Weights.parameters(this).values().stream()
                .filter(parameter -> parameter.dim() == 4)
                .forEach(parameter -> parameter.set_data(parameter.detach().contiguous(MemoryFormat.ChannelsLast))));
    }

    /** Frees the network with its layers. */
    @Override
    public void close() {
        units.forEach(ConvNorm::close);
        children.forEach(Module::close);
        super.close();
    }
}

package io.redrl.model;

import io.redrl.image.ImageShape;
import io.redrl.model.ScriptCall.Normalisation;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.SymbolVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.JitAttributeKind;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.graph_node_list;
import org.jspecify.annotations.Nullable;

/**
 * Faster forms of a TorchScript module, each used only where it has been seen to do no harm: frozen, which folds batch norm into
 * convolutions; with convolutions in channels-last order; in bfloat16, for directions only.
 */
final class ScriptTuning {
    /** By how much folding may change a logit. */
    static final double TOLERANCE = 1e-4;

    /** Of gradients in bfloat16 with those in float32, on average over images, and of the logits' range. */
    private static final double LEAST_COSINE = 0.9;

    private static final double MOST_ERROR = 0.1;
    private static final int IMAGES = 8;

    private ScriptTuning() {}

    /**
     * A module in the fastest form that gives its answers.
     *
     * @param module to be closed by the caller
     * @param channelsLast whether images are best handed over in channels-last order
     * @param frozen whether it is another than it was made of
     */
    record Tuned(JitModule module, boolean channelsLast, boolean frozen) {}

    /**
     * The fastest form of {@code module} that changes no logit by more than {@link #TOLERANCE}; the module itself if there is none.
     *
     * @param fresh gives the same module as one that never ran: what LibTorch keeps of a run would be in the way of freezing it
     */
    static Tuned tuned(
            JitModule module,
            Supplier<JitModule> fresh,
            ScriptCall call,
            @Nullable Normalisation normalisation,
            ImageShape size) {
        return Scopes.valued(() -> {
            Tensor images = images(size);
            Looked exact = looked(x -> call.logits(module, normalisation, x), images);
            for (boolean channelsLast : new boolean[] {true, false}) {
                JitModule faster = frozen(fresh, channelsLast);
                if (faster != null) {
                    UnaryOperator<Tensor> logits = x -> call.logits(faster, normalisation, ordered(x, channelsLast));
                    if (agrees(exact, logits, images)) {
                        return new Tuned(faster, channelsLast, true);
                    }
                    faster.close();
                }
            }
            return new Tuned(module, false, false);
        });
    }

    /**
     * A module in bfloat16; its batch norm was folded in float32 before.
     *
     * @param fresh see {@link #tuned}
     * @return to be closed by the caller, and to be tried before it is believed; null if it cannot be frozen
     */
    static @Nullable JitModule halved(Supplier<JitModule> fresh, boolean channelsLast) {
        JitModule module = frozen(fresh, channelsLast);
        if (module != null) {
            Scopes.run(() -> {
                graph_node_list nodes = module.get_method("forward").graph().nodes();
                JitNode last = nodes.back();
                JitNode node = nodes.front();
                for (halve(node); node.address() != last.address(); halve(node)) {
                    node = node.next();
                }
            });
        }
        return module;
    }

    /** Rounds the tensor of a constant. */
    private static void halve(JitNode node) {
        SymbolVector names = node.attributeNames();
        for (long i = 0; i < names.size(); i++) {
            if (node.kindOf(names.get(i)).intern() == JitAttributeKind.t) {
                Tensor tensor = node.t(names.get(i));
                if (tensor.is_floating_point()) {
                    tensor.set_data(tensor.detach().to(ScalarType.BFloat16));
                }
            }
        }
    }

    /** {@code images} in the order that suits a module. */
    static Tensor ordered(Tensor images, boolean channelsLast) {
        return channelsLast ? images.contiguous(MemoryFormat.ChannelsLast) : images;
    }

    /** Whether bfloat16 leaves gradients and answers nearly as they are. */
    static boolean bearsLowPrecision(UnaryOperator<Tensor> logits, UnaryOperator<Tensor> low, ImageShape size) {
        return Scopes.valued(() -> {
            try {
                Tensor images = images(size);
                Looked exact = looked(logits, images);
                Looked rough = looked(low, images);
                if (exact.gradient() == null || rough.gradient() == null) {
                    return false;
                }
                double range = exact.logits().max().sub(exact.logits().min()).item_double();
                double error = exact.logits().sub(rough.logits()).abs().max().item_double();
                // Exactly the same: nothing in it is computed in bfloat16.
                return error > 0
                        && error <= MOST_ERROR * range
                        && cosine(exact.gradient(), rough.gradient()) >= LEAST_COSINE;
            } catch (RuntimeException e) {
                return false; // an operator that knows no bfloat16
            }
        });
    }

    /** Logits and the gradient of the lead of the first class over the second; no gradient if the module passes none. */
    private record Looked(Tensor logits, @Nullable Tensor gradient) {}

    private static Looked looked(UnaryOperator<Tensor> logits, Tensor images) {
        try (AutoGradMode grad = new AutoGradMode(true)) {
            Tensor x = images.detach().requires_grad_(true);
            Tensor answers = logits.apply(x);
            Tensor gradient = answers.requires_grad()
                    ? Tensors.gradient(
                            answers.narrow(1, 0, 1).sub(answers.narrow(1, 1, 1)).sum(), x)
                    : null;
            return new Looked(answers.detach(), gradient);
        }
    }

    private static boolean agrees(Looked exact, UnaryOperator<Tensor> logits, Tensor images) {
        try {
            Looked other = looked(logits, images);
            Tensor one = logits.apply(images.narrow(0, 0, 1)).detach();
            boolean same = other.logits().sub(exact.logits()).abs().max().item_double() <= TOLERANCE
                    && one.sub(exact.logits().narrow(0, 0, 1)).abs().max().item_double() <= TOLERANCE;
            if (!same || (other.gradient() == null) != (exact.gradient() == null)) {
                return false;
            }
            return exact.gradient() == null
                    || other.gradient() == null
                    || other.gradient().equal(exact.gradient()) // also where all is zero
                    || cosine(exact.gradient(), other.gradient()) > 0.999;
        } catch (RuntimeException e) {
            return false; // such as a view that needs another order of axes
        }
    }

    /** The mean over images. */
    private static double cosine(Tensor a, Tensor b) {
        Tensor x = a.flatten(1, -1);
        Tensor y = b.flatten(1, -1);
        Tensor lengths = x.mul(x).sum(1).mul(y.mul(y).sum(1)).sqrt().add(new Scalar(1e-30));
        return x.mul(y).sum(1).div(lengths).mean().item_double();
    }

    private static @Nullable JitModule frozen(Supplier<JitModule> fresh, boolean channelsLast) {
        try (JitModule copy = fresh.get()) {
            // A setting of the thread, which runs need otherwise: without it submodules stay calls, and nothing in them
            // is folded.
            torch.setGraphExecutorOptimize(true);
            if (channelsLast) {
                ScriptFile.channelsLast(copy);
            }
            return Scopes.owned(torch.freeze(copy));
        } catch (RuntimeException e) {
            return null; // it changes its own attributes, or was frozen before
        }
    }

    /** Half of them noise, half with smooth colours, as photographs are. */
    private static Tensor images(ImageShape size) {
        Tensor noise = ScriptProbe.noise(IMAGES, size);
        Tensor smooth = torch.adaptive_avg_pool2d(noise.narrow(0, 0, IMAGES / 2), new long[] {4, 4})
                .sub(new Scalar(0.5))
                .mul(new Scalar(Math.sqrt(size.height() * (double) size.width()) / 4))
                .add(new Scalar(0.5))
                .clamp(Tensors.scalar(0), Tensors.scalar(1));
        Tensor large = smooth.repeat_interleave(
                        (size.height() + 3) / 4,
                        new org.bytedeco.pytorch.LongOptional(2),
                        new org.bytedeco.pytorch.LongOptional())
                .repeat_interleave(
                        (size.width() + 3) / 4,
                        new org.bytedeco.pytorch.LongOptional(3),
                        new org.bytedeco.pytorch.LongOptional())
                .narrow(2, 0, size.height())
                .narrow(3, 0, size.width());
        return torch.cat(new org.bytedeco.pytorch.TensorVector(noise.narrow(0, IMAGES / 2, IMAGES / 2), large));
    }
}

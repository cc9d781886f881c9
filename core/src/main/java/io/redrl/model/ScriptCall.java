package io.redrl.model;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * The way a TorchScript module is called so that it answers as a {@link Classifier} does: pixels {@code [N,3,H,W]} in [0, 1]
 * in, logits {@code [N,K]} out. {@link ScriptProbe} finds it.
 *
 * @param colourLast whether the module takes {@code [N,H,W,3]}
 * @param batch how many images it takes at once, no more and no fewer; 0 for any number
 * @param least how many images it needs at least
 * @param copy whether it is given a copy, because it writes into what it is given
 * @param type of the floating-point numbers that it takes
 * @param output where in what it returns the logits are; empty if that is a tensor
 * @param answer what the logits are made of
 */
record ScriptCall(
        boolean colourLast, int batch, int least, boolean copy, ScalarType type, List<String> output, Answer answer) {
    /** What a module says of an image. */
    enum Answer {
        /** A number for each class. */
        LOGITS,
        /** One number, positive for class 1. */
        ONE_LOGIT,
        /** One number in [0, 1], the probability of class 1. */
        ONE_PROBABILITY
    }

    /** Pixels to what a module takes: mean and deviation {@code [1,3,1,1]}. */
    record Normalisation(Tensor mean, Tensor std) implements AutoCloseable {
        Tensor of(Tensor images) {
            return images.sub(mean).div(std);
        }

        @Override
        public void close() {
            mean.close();
            std.close();
        }
    }

    /**
     * Logits {@code [N,K]} float32, in the caller's scope.
     *
     * @param images {@code [N,3,H,W]} float32 in [0, 1]
     */
    Tensor logits(JitModule module, @Nullable Normalisation normalisation, Tensor images) {
        return Scopes.scoped(() -> {
            Tensor x = normalisation == null ? images : normalisation.of(images);
            int n = (int) x.size(0);
            int at = batch > 0 ? batch : Math.max(n, least);
            if (n == at) {
                return part(module, x);
            }
            TensorVector parts = new TensorVector();
            for (int from = 0; from < n; from += at) {
                int count = Math.min(at, n - from);
                Tensor some = x.narrow(0, from, count);
                if (count < at) { // the last image again and again, whose further answers are not looked at
                    some = torch.cat(
                            new TensorVector(some, some.narrow(0, count - 1, 1).expand(at - count, -1, -1, -1)));
                }
                parts.push_back(part(module, some).narrow(0, 0, count));
            }
            return torch.cat(parts);
        });
    }

    private Tensor part(JitModule module, Tensor x) {
        Tensor given = colourLast ? x.permute(0, 2, 3, 1).contiguous() : x;
        // A copy also where gradients are recorded: nothing may write into what they are recorded of.
        given = given.scalar_type().intern() != type ? given.to(type) : copy ? given.clone() : given;
        Tensor raw = ScriptValues.tensor(run(module, given), output).reshape(x.size(0), -1);
        Tensor answers = raw.scalar_type().intern() == ScalarType.Float ? raw : raw.to(ScalarType.Float);
        return switch (answer) {
            case LOGITS -> answers;
            case ONE_LOGIT -> torch.cat(new TensorVector(answers.mul(new Scalar(0.0)), answers), 1);
            case ONE_PROBABILITY -> torch.cat(new TensorVector(answers.neg().add(new Scalar(1.0)), answers), 1);
        };
    }

    /** The same for a module that computes in another type. */
    ScriptCall in(ScalarType other) {
        return new ScriptCall(colourLast, batch, least, copy, other, output, answer);
    }

    /** Runs a module, whatever it returns; in the caller's scope. */
    static IValue run(JitModule module, Tensor x) {
        // Without profiling: LibTorch otherwise compiles anew for every size of batch, and the first runs differ from
        // later ones
        // in the last bits. A setting of the thread.
        torch.setGraphExecutorOptimize(false);
        return module.forward(new IValueVector(new IValue(x)));
    }

    /** Values {@code [1,3,1,1]} that nobody's scope frees. */
    static Normalisation normalisation(ScriptSettings settings) {
        return Scopes.valued(() ->
                new Normalisation(Scopes.owned(channels(settings.mean())), Scopes.owned(channels(settings.std()))));
    }

    private static Tensor channels(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return Tensors.floats(floats, 1, floats.length, 1, 1);
    }
}

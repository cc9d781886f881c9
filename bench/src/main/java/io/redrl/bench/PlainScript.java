package io.redrl.bench;

import io.redrl.tensor.Scopes;
import java.nio.file.Path;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.parameter_iterator;
import org.bytedeco.pytorch.parameter_list;

/** A TorchScript module, as {@code torch.jit.load} gives it. */
final class PlainScript implements PlainModel {
    private final JitModule module;

    PlainScript(Path file, boolean frozen) {
        module = Scopes.owned(torch.load(file.toString()));
        module.eval();
        Scopes.run(() -> {
            parameter_list parameters = module.parameters();
            parameter_iterator end = parameters.end();
            for (parameter_iterator at = parameters.begin(); at.notEquals(end); at.increment()) {
                at.multiply().requires_grad_(!frozen);
            }
        });
    }

    @Override
    public Tensor logits(Tensor images) {
        // toTensor gives a reference into the IValue; the copy of the handle outlives it.
        return Scopes.scoped(() ->
                new Tensor(module.forward(new IValueVector(new IValue(images))).toTensor()));
    }

    /** Leaves them to add up, which costs the same: the C++ module has no such method. */
    @Override
    public void zeroGrad() {}

    @Override
    public void close() {
        module.close();
    }
}

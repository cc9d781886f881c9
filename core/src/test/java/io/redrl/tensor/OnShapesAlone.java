package io.redrl.tensor;

/** Uses LibTorch's device {@code meta} until it is closed: tensors there have shapes and no values. */
public final class OnShapesAlone implements AutoCloseable {
    /** Begins. */
    public OnShapesAlone() {
        new ComputeDevice("meta").use();
    }

    @Override
    public void close() {
        ComputeDevice.CPU.use();
    }
}

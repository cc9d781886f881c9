package io.redrl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A record of what convolutions take and give while a network runs on this thread; off unless somebody records. */
final class ConvolutionTape implements AutoCloseable {
    private static final ThreadLocal<@Nullable ConvolutionTape> CURRENT = new ThreadLocal<>();

    private final List<Entry> entries = new ArrayList<>();
    private final PointerScope scope;

    private ConvolutionTape(PointerScope scope) {
        this.scope = scope;
    }

    /**
     * A convolution as it ran.
     *
     * @param scale what a folded batch norm has multiplied each filter with {@code [C']}; null for nothing
     * @param output before anything is done to it in place
     */
    record Entry(Conv2dImpl conv, @Nullable Tensor scale, Tensor input, Tensor output) {}

    /** Records on this thread until it is closed; what is recorded lives in the caller's scope. */
    static ConvolutionTape start() {
        ConvolutionTape tape = new ConvolutionTape(Objects.requireNonNull(PointerScope.getInnerScope()));
        CURRENT.set(tape);
        return tape;
    }

    List<Entry> entries() {
        return entries;
    }

    /** To be called with every convolution; what it returns is to be used as the output. */
    static Tensor passed(Conv2dImpl conv, @Nullable Tensor scale, Tensor input, Tensor output) {
        ConvolutionTape tape = CURRENT.get();
        if (tape == null) {
            return output;
        }
        // The parts of a network have scopes of their own.
        tape.scope.attach(input);
        tape.scope.attach(output);
        tape.entries.add(new Entry(conv, scale, input, output));
        // What follows may write into its input, and the gradient is wanted at the convolution's own output.
        return output.clone();
    }

    @Override
    public void close() {
        CURRENT.remove();
    }
}

package io.redrl.tensor;

import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * Scopes of native memory: what is made inside is freed at its end, and a result leaves only by joining the scope
 * around it. Without a scope native memory grows and the collector never notices.
 *
 * <p>Scopes belong to a thread. {@code PointerScope.detach} frees at once, despite its name: it is not used here.
 */
public final class Scopes {
    static {
        LibTorch.load();
    }

    private Scopes() {}

    /**
     * Runs {@code body} in a scope of its own; its result joins the caller's scope, everything else is freed.
     *
     * @throws IllegalStateException if the caller has no scope open, for then nobody would own the result
     */
    public static <T extends Pointer> T scoped(Supplier<T> body) {
        PointerScope outer = PointerScope.getInnerScope();
        if (outer == null) {
            throw new IllegalStateException("open a PointerScope first: somebody must own the returned tensor");
        }
        try (PointerScope inner = new PointerScope()) {
            T result = body.get();
            outer.attach(result);
            return result;
        }
    }

    /** Runs {@code body}, which returns plain Java values, in a scope of its own. */
    public static <T> T valued(Supplier<T> body) {
        try (PointerScope scope = new PointerScope()) {
            return body.get();
        }
    }

    /** Runs {@code body} in a scope of its own. */
    public static void run(Runnable body) {
        try (PointerScope scope = new PointerScope()) {
            body.run();
        }
    }

    /** Like {@link #valued}, without recording gradients. */
    public static <T> T valuedNoGrad(Supplier<T> body) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return body.get();
        }
    }

    /** Like {@link #scoped}, without recording gradients. */
    public static <T extends Pointer> T scopedNoGrad(Supplier<T> body) {
        return scoped(() -> {
            try (NoGradGuard guard = new NoGradGuard()) {
                return body.get();
            }
        });
    }

    /**
     * Takes {@code pointer} out of every scope: it lives until its {@code close()}. For weights and cached tensors that
     * an object owns.
     */
    public static <T extends Pointer> T owned(T pointer) {
        pointer.retainReference();
        return pointer;
    }
}

package io.redrl.bench;

import io.redrl.model.Classifier;
import io.redrl.model.ForwardingClassifier;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;

/**
 * A victim with a stop watch: how long an attack spends in forward passes with and without a graph, and in backward
 * passes, which are timed by hooks at the logits and at the image. What is left is the attack's own work. For one thread
 * at a time.
 */
final class TimedClassifier extends ForwardingClassifier {
    private final Classifier victim;
    private final Part verdicts = new Part();
    private final Part forward = new Part();
    private final Part backward = new Part();
    private long backwardFrom;

    private final VoidTensorHook atLogits = new VoidTensorHook() {
        @Override
        public void call(TensorBase gradient) {
            backwardFrom = System.nanoTime();
        }
    };
    private final VoidTensorHook atImages = new VoidTensorHook() {
        @Override
        public void call(TensorBase gradient) {
            backward.add(backwardFrom, gradient.size(0));
        }
    };

    /** Does not own {@code victim}. */
    TimedClassifier(Classifier victim) {
        super(victim);
        this.victim = victim;
        atLogits.retainReference();
        atImages.retainReference();
    }

    /** One kind of pass. */
    private static final class Part {
        private int calls;
        private long images;
        private double seconds;

        void add(long from, long count) {
            calls++;
            images += count;
            seconds += (System.nanoTime() - from) / 1e9;
        }

        String line(String name, double total) {
            return String.format(
                    Locale.ROOT,
                    "  %-34s %7d calls %9d images %9.3f s %5.1f %%%n",
                    name,
                    calls,
                    images,
                    seconds,
                    100 * seconds / total);
        }
    }

    private Tensor timed(Tensor images, UnaryOperator<Tensor> network) {
        long from = System.nanoTime();
        if (!images.requires_grad()) {
            Tensor logits = network.apply(images);
            verdicts.add(from, images.size(0));
            return logits;
        }
        Tensor seen = images.view_as(images);
        seen.register_hook(atImages);
        Tensor logits = network.apply(seen);
        logits.register_hook(atLogits);
        forward.add(from, images.size(0));
        return logits;
    }

    @Override
    public Tensor logits(Tensor images) {
        return timed(images, victim::logits);
    }

    @Override
    public boolean hasLowPrecision() {
        return victim.hasLowPrecision();
    }

    @Override
    public Tensor lowPrecisionLogits(Tensor images) {
        return timed(images, victim::lowPrecisionLogits);
    }

    /** Where the time of a run of {@code total} seconds went. */
    String report(double total) {
        return verdicts.line("forward without a graph", total)
                + forward.line("forward with a graph", total)
                + backward.line("backward to the image", total)
                + String.format(
                        Locale.ROOT,
                        "  %-51s %18.3f s %5.1f %%%n",
                        "the rest: projection, optimiser, bookkeeping",
                        total - verdicts.seconds - forward.seconds - backward.seconds,
                        100 * (1 - (verdicts.seconds + forward.seconds + backward.seconds) / total));
    }

    @Override
    public void close() {
        atLogits.close();
        atImages.close();
    }
}

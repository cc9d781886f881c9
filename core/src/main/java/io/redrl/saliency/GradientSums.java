package io.redrl.saliency;

import org.jspecify.annotations.Nullable;

/**
 * Per-image weight gradients of a convolution, of which only each filter's sum of absolute values is kept. The one
 * implementation needs a Java module that is not there unless asked for ({@link #find}).
 */
interface GradientSums {
    /** The module; {@code java --add-modules} names it. */
    String MODULE = "jdk.incubator.vector";

    /** Input channels come in multiples of this. */
    int channels();

    /** Filters come in multiples of this. */
    int filters();

    /**
     * Sums for one image.
     *
     * @param shape of the convolution
     * @param input the padded image, {@code [(H + 2p),(W + 2p),C]}
     * @param gradient of the output, {@code [C'/filters(),H'·W',filters()]}
     * @param sums C' results {@code Σ |∂L/∂w|}, overwritten, over all C·k·k weights of a filter
     */
    void of(Shape shape, float[] input, float[] gradient, float[] sums);

    /**
     * A convolution's sizes.
     *
     * @param channels C
     * @param filters C'
     * @param kernel k
     * @param stride in pixels
     * @param paddedWidth W + 2p
     * @param height H', of the output
     * @param width W', of the output
     */
    record Shape(int channels, int filters, int kernel, int stride, int paddedWidth, int height, int width) {}

    /** The implementation, or null where the module is absent or the processor's vectors are short. */
    static @Nullable GradientSums find() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return null;
        }
        try {
            // By name, because it is compiled apart: javac warns of the module, and warnings are errors.
            GradientSums found = Class.forName("io.redrl.saliency.VectorGradientSums")
                    .asSubclass(GradientSums.class)
                    .getDeclaredConstructor()
                    .newInstance();
            return found.channels() >= VECTORS_WORTHWHILE ? found : null;
        } catch (ReflectiveOperationException | LinkageError e) {
            return null;
        }
    }

    /** Two vectors of eight floats: AVX2. */
    int VECTORS_WORTHWHILE = 16;
}

package io.redrl.image;

/**
 * A resampling kernel: how much a pixel counts for a place at some distance from it. Widened by the scale where images become smaller
 * (antialiasing), as Pillow has it.
 */
public enum Kernel {
    /** Constant over one pixel: nearest neighbour when enlarging, the mean of an area when reducing. */
    BOX(0.5) {
        @Override
        double at(double x) {
            return x >= -0.5 && x < 0.5 ? 1 : 0;
        }
    },
    /** Bilinear. */
    TRIANGLE(1) {
        @Override
        double at(double x) {
            return Math.max(0, 1 - Math.abs(x));
        }
    },
    /** Keys' bicubic with a = −0.5. */
    CUBIC(2) {
        @Override
        double at(double x) {
            double t = Math.abs(x);
            if (t < 1) {
                return (1.5 * t - 2.5) * t * t + 1;
            }
            return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
        }
    },
    /** Lanczos' windowed sinc with three lobes. */
    LANCZOS(3) {
        @Override
        double at(double x) {
            return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
        }
    };

    private final double support;

    Kernel(double support) {
        this.support = support;
    }

    /** The distance from which on it is 0, in pixels. */
    double support() {
        return support;
    }

    /** Its value at a distance in pixels. */
    abstract double at(double x);

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }
}

package io.redrl.calibration;

import io.redrl.base.Checks;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/**
 * Vector scaling (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, §4.2): each class's logit times a factor plus an
 * offset. Unlike a temperature it calibrates classes by themselves, and may change the predicted class where two are nearly equally
 * probable.
 *
 * @param factors one per class, of an absolute value up to 1e6
 * @param offsets one per class, of an absolute value up to 1e6
 */
public record VectorScaling(List<Double> factors, List<Double> offsets) {
    /** Strength of the pull to the temperature's solution, in nats: what decides where images do not. */
    private static final double RIDGE = 1e-3;

    private static final int STEPS = 50;
    private static final double GREATEST = 1e6;

    /** Copies the lists; requires as many factors as offsets. */
    public VectorScaling {
        factors = List.copyOf(factors);
        offsets = List.copyOf(offsets);
        Checks.require(
                factors.size() == offsets.size() && !factors.isEmpty(),
                "vector scaling needs factors and as many offsets, got %d and %d",
                factors.size(),
                offsets.size());
        factors.forEach(factor -> Checks.inRange("factor of vector scaling", factor, -GREATEST, GREATEST));
        offsets.forEach(offset -> Checks.inRange("offset of vector scaling", offset, -GREATEST, GREATEST));
    }

    /**
     * The scaling with the smallest negative log-likelihood plus a weak pull to the temperature's solution, which is convex: by
     * Newton's method from there.
     *
     * @param logits {@code [N][K]}, at least one row
     * @param classes the true class of each row
     * @param temperature the best single temperature
     */
    static VectorScaling fit(double[][] logits, int[] classes, double temperature) {
        int count = logits[0].length;
        double[] at = new double[2 * count]; // factors, then offsets
        Arrays.fill(at, 0, count, 1 / temperature);
        double[] start = at.clone();
        double loss = loss(logits, classes, at, start);
        for (int step = 0; step < STEPS; step++) {
            double[] gradient = new double[2 * count];
            double[][] curvature = new double[2 * count][2 * count];
            derivatives(logits, classes, at, start, gradient, curvature);
            double[] direction = solved(curvature, gradient);
            double length = 1;
            double[] next = moved(at, direction, length);
            double nextLoss = loss(logits, classes, next, start);
            while (nextLoss > loss && length > 1e-6) {
                length /= 2;
                next = moved(at, direction, length);
                nextLoss = loss(logits, classes, next, start);
            }
            double gain = loss - nextLoss;
            if (gain > 0) {
                at = next;
                loss = nextLoss;
            }
            if (gain < 1e-12) {
                break;
            }
        }
        return new VectorScaling(
                Arrays.stream(at, 0, count).boxed().toList(),
                Arrays.stream(at, count, 2 * count).boxed().toList());
    }

    /** The Newton step H⁻¹·g. */
    private static double[] solved(double[][] curvature, double[] gradient) {
        int size = gradient.length;
        double[] flat = Arrays.stream(curvature).flatMapToDouble(Arrays::stream).toArray();
        return Scopes.valuedNoGrad(() -> Tensors.toDoubles(
                torch.linalg_solve(Tensors.doubles(flat, size, size), Tensors.doubles(gradient, size), true)));
    }

    private static double[] moved(double[] from, double[] direction, double length) {
        double[] to = from.clone();
        for (int i = 0; i < to.length; i++) {
            to[i] -= length * direction[i];
        }
        return to;
    }

    private static double loss(double[][] logits, int[] classes, double[] at, double[] start) {
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            double[] z = scaled(logits[i], at);
            sum += Temperature.logSumExp(z, 1) - z[classes[i]];
        }
        double distance = 0;
        for (int j = 0; j < at.length; j++) {
            distance += (at[j] - start[j]) * (at[j] - start[j]);
        }
        return sum / logits.length + RIDGE / 2 * distance;
    }

    private static void derivatives(
            double[][] logits, int[] classes, double[] at, double[] start, double[] gradient, double[][] curvature) {
        int count = at.length / 2;
        for (int i = 0; i < logits.length; i++) {
            double[] p = Temperature.softmax(scaled(logits[i], at), 1);
            for (int k = 0; k < count; k++) {
                double error = (p[k] - (classes[i] == k ? 1 : 0)) / logits.length;
                gradient[k] += error * logits[i][k];
                gradient[count + k] += error;
                for (int l = 0; l < count; l++) {
                    double w = p[k] * ((k == l ? 1 : 0) - p[l]) / logits.length;
                    curvature[k][l] += w * logits[i][k] * logits[i][l];
                    curvature[k][count + l] += w * logits[i][k];
                    curvature[count + k][l] += w * logits[i][l];
                    curvature[count + k][count + l] += w;
                }
            }
        }
        for (int j = 0; j < at.length; j++) {
            gradient[j] += RIDGE * (at[j] - start[j]);
            curvature[j][j] += RIDGE;
        }
    }

    private static double[] scaled(double[] logits, double[] at) {
        double[] z = new double[logits.length];
        for (int k = 0; k < z.length; k++) {
            z[k] = at[k] * logits[k] + at[z.length + k];
        }
        return z;
    }

    /** Softmax of the scaled logits; the sum is 1. */
    double[] probabilities(double[] logits) {
        double[] z = new double[logits.length];
        for (int k = 0; k < z.length; k++) {
            z[k] = factors.get(k) * logits[k] + offsets.get(k);
        }
        return Temperature.softmax(z, 1);
    }
}

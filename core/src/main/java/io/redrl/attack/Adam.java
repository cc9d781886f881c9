package io.redrl.attack;

import io.redrl.tensor.Scopes;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam (Kingma and Ba, 2015, Algorithm 1) on a batch of independent problems: every rule is element-wise, so images do
 * not mix, and rows that are finished are left out of a step at no cost. β = (0.9, 0.999), as the attacks' papers use.
 */
final class Adam {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final Tensor x;
    private final Tensor m;
    private final Tensor v;
    private final double learningRate;
    private int t;

    /** Will move {@code x} in place; the moments join the caller's scope. */
    Adam(Tensor x, double learningRate) {
        this.x = x;
        this.m = torch.zeros_like(x);
        this.v = torch.zeros_like(x);
        this.learningRate = learningRate;
    }

    /**
     * One step of {@code rows}. All rows in use have to take part in every step, for they share the step count t.
     *
     * @param gradient the gradient at those rows of x
     */
    void step(Rows rows, Tensor gradient) {
        t++;
        Scopes.run(() -> {
            boolean all = rows.size() == x.size(0);
            Tensor rowsX = all ? x : rows.of(x);
            Tensor rowsM = all ? m : rows.of(m);
            Tensor rowsV = all ? v : rows.of(v);
            rowsM.mul_(new Scalar(BETA1)).add_(gradient, new Scalar(1 - BETA1));
            rowsV.mul_(new Scalar(BETA2)).addcmul_(gradient, gradient, new Scalar(1 - BETA2));
            Tensor scale = rowsV.div(new Scalar(1 - Math.pow(BETA2, t))).sqrt_().add_(new Scalar(EPSILON));
            rowsX.addcdiv_(rowsM, scale, new Scalar(-learningRate / (1 - Math.pow(BETA1, t))));
            if (!all) {
                rows.put(x, rowsX);
                rows.put(m, rowsM);
                rows.put(v, rowsV);
            }
        });
    }
}

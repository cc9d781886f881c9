package io.redrl.attack;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Carlini and Wagner's change of variables, in which every w is an image in [0, 1] (IEEE S&amp;P 2017, section V-B):
 *
 * <pre>  x(w) = x₀ + (tanh w − tanh w₀) / 2s,   w₀ = atanh(s (2 x₀ − 1))</pre>
 *
 * <p>s = 0.99, for at s = 1 a value of exactly 0 or 1 sits at infinity and cannot move (the authors' code uses 0.999999,
 * where it takes hundreds of steps to stir). x(w) is written as a change of x₀, so that it starts at the image bit for
 * bit, and clipped to [0, 1], which it can leave by 0.5 %; the clipping is passed over in the gradient.
 *
 * @param images {@code [N,C,H,W]} x₀
 * @param tanhW0 {@code tanh w₀}
 * @param w {@code [N,C,H,W]} the variables, to be moved in place
 */
record TanhSpace(Tensor images, Tensor tanhW0, Tensor w) {
    private static final double SCALE = 0.99;

    /** Variables at the images; the tensors join the caller's scope. */
    static TanhSpace at(Tensor images) {
        Tensor w = Scopes.scoped(() -> images.mul(new Scalar(2.0))
                .sub_(new Scalar(1.0))
                .mul_(new Scalar(SCALE))
                .atanh());
        return new TanhSpace(images, w.tanh(), w);
    }

    /** Where some images are. */
    Point point(Rows rows) {
        Tensor tanhW = rows.of(w).tanh_();
        Tensor x0 = rows.of(images);
        Tensor x = tanhW.sub(rows.of(tanhW0))
                .div_(new Scalar(2 * SCALE))
                .add_(x0)
                .clamp_(Tensors.scalar(0), Tensors.scalar(1));
        return new Point(x, x.sub(x0), tanhW);
    }

    /**
     * Some images on their way.
     *
     * @param x {@code [n,C,H,W]} the images, in [0, 1]
     * @param delta {@code x − x₀}
     * @param tanhW {@code tanh w}; used up by {@link #toW}
     */
    record Point(Tensor x, Tensor delta, Tensor tanhW) {
        /** Turns a gradient with respect to x into one with respect to w, in place: {@code dx/dw = (1 − tanh² w) / 2s}. */
        Tensor toW(Tensor gradient) {
            Tensor slope = tanhW.square_().neg_().add_(new Scalar(1.0)).div_(new Scalar(2 * SCALE));
            return gradient.mul_(slope);
        }
    }
}

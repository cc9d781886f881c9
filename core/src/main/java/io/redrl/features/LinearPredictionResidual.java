package io.redrl.features;

import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Linear prediction residual: what a colour of a pixel differs by from its best linear prediction from the other 26 values of its
 * 3×3 neighbourhood, the eight around it and all nine of each other colour. The prediction is fitted to each image by least squares,
 * so nothing is learned beforehand. Photographs' colours go together closely, perturbations' do not: an ordinary image leaves about
 * one grey level, edges included, where filters on single colours leave edges (linear prediction over neighbours and colours:
 * Goljan, Fridrich and Cogranne, "Rich Model for Steganalysis of Color Images", 2014; adaptive filters for forensics: Bayar and
 * Stamm, 2016).
 *
 * <p>With the covariance C of the 27 values over an image and P = (C + λI)⁻¹, the residual of value j predicted from the others is
 * (P z)ⱼ / Pⱼⱼ: one inverse serves all three colours.
 *
 * @param filters {@code [N,3,27]} float32, an image's own three filters: 1 at the predicted value, less the prediction's weights
 */
public record LinearPredictionResidual(Tensor filters) {
    /** λ, in squared grey values from 0 to 1: a quarter of a grey level's step, far below any photograph's noise. */
    private static final double RIDGE = 1e-6;

    /** Channels of Ψ's input: three colours at two gains. */
    public static final int MAPS = 6;

    private static final int SIZE = 3;
    private static final int VALUES = 3 * SIZE * SIZE;
    private static final long[] CENTRES = {4, 13, 22};

    /**
     * Fits the predictions.
     *
     * @param images {@code [N,3,H,W]} float32 in [0, 1]
     * @return the filters, in the caller's scope
     */
    public static LinearPredictionResidual of(Tensor images) {
        return new LinearPredictionResidual(Scopes.scopedNoGrad(() -> {
            Tensor z = neighbourhoods(images); // [N,27,H·W]
            z = z.sub(z.mean(new long[] {2}, true, new ScalarTypeOptional()));
            // Float32 will do for the sums, whose error is small beside λ; the inverse of a matrix as close to singular
            // is float64.
            Tensor covariance =
                    torch.bmm(z, z.transpose(1, 2)).to(ScalarType.Double).div(new Scalar((double) z.size(2)));
            Tensor ridge =
                    ComputeDevice.place(torch.eye(VALUES)).to(ScalarType.Double).mul(new Scalar(RIDGE));
            Tensor centres = Tensors.longs(CENTRES);
            Tensor rows = torch.linalg_inv(covariance.add(ridge)).index_select(1, centres); // [N,3,27]
            Tensor own = rows.index_select(2, centres).diagonal(0, 1, 2).unsqueeze(2); // [N,3,1]
            return rows.div(own).to(ScalarType.Float);
        }));
    }

    /**
     * The residuals of images, or what the same filters leave of other maps of the same size.
     *
     * @param maps {@code [N,3,H,W]} float32
     * @return {@code [N,3,H,W]} float32; caller's scope. A constant added to a colour adds a constant: {@link #residuals} takes
     *     means away
     */
    public Tensor filtered(Tensor maps) {
        return Scopes.scopedNoGrad(
                () -> torch.bmm(filters, neighbourhoods(maps)).reshape(maps.size(0), 3, maps.size(2), maps.size(3)));
    }

    /** {@link #filtered}, with each image's and colour's mean taken away, as the least-squares fit with a constant has it. */
    public Tensor residuals(Tensor images) {
        return Scopes.scopedNoGrad(() -> {
            Tensor residuals = filtered(images);
            return residuals.sub(residuals.mean(new long[] {2, 3}, true, new ScalarTypeOptional()));
        });
    }

    /** {@code [N,27,H·W]}: each pixel's neighbourhood, colour by colour; the border is continued by its own pixels. */
    private static Tensor neighbourhoods(Tensor maps) {
        Tensor padded = torch.replication_pad2d(maps.contiguous(), 1, 1, 1, 1);
        return torch.im2col(padded, new long[] {SIZE, SIZE}, new long[] {1, 1}, new long[] {0, 0}, new long[] {1, 1});
    }
}

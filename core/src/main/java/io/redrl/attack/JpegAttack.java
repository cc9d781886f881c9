package io.redrl.attack;

import io.redrl.image.Corruptions;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A round trip through JPEG, not an attack: asks the victim nothing. Attackers and defenders alike have to reckon with
 * what compression alone does.
 *
 * <pre>  x = decode(encode(round(255 x₀), quality)) / 255</pre>
 *
 * <p>Baseline JPEG (ITU-T T.81) as the JDK's ImageIO writes it: YCbCr with colour at half the resolution both ways. Images
 * need one channel or three.
 *
 * @param spec the settings
 */
record JpegAttack(JpegSpec spec) implements Attack {
    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return roundTrip(batch.images());
    }

    /** The round trip of {@code [N,C,H,W]} float32 in [0, 1]; the result joins the caller's scope. */
    Tensor roundTrip(Tensor of) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = of.detach();
            ImageShape shape = new ImageShape((int) images.size(1), (int) images.size(2), (int) images.size(3));
            byte[] levels = Tensors.greyLevels(images);
            float[] result = new float[levels.length];
            for (int from = 0; from < levels.length; from += shape.values()) {
                byte[] image = Arrays.copyOfRange(levels, from, from + shape.values());
                byte[] back = Corruptions.jpeg(image, shape, spec.quality());
                for (int i = 0; i < back.length; i++) {
                    result[from + i] = Byte.toUnsignedInt(back[i]);
                }
            }
            return Tensors.floats(result, Tensors.shape(images))
                    .to(images.device(), images.scalar_type())
                    .div_(new Scalar(255.0));
        });
    }
}

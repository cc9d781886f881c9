package io.redrl.attack;

import io.redrl.image.Corruptions;
import io.redrl.image.Image;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
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
            List<Image> back = Tensors.images(of).stream()
                    .map(image -> Corruptions.jpeg(image, spec.quality()))
                    .toList();
            return Tensors.pixels(back).to(of.device(), of.scalar_type());
        });
    }
}

package io.redrl.identify;

import io.redrl.attack.AttackClass;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far an attack moved pixels, from the image alone: an estimate of the perturbation's L∞ norm, which is ε for attacks that use
 * their budget up.
 *
 * <p>The median m of {@link ChromaResidual} grows in proportion with ε: ε ≈ 1.6 (m + 0.5) grey levels. Were the signs of ±ε
 * independent, h would be normal with variance 2 · 2.25 ε² and m = 1.43 ε; real attacks move neighbouring pixels together and not
 * all of them by ε, so that m is some 0.6 ε. The two constants minimise the mean of |log(estimate / L∞)| over PGD and CW-L∞
 * examples of three victims made of CIFAR-10 training images; what they are worth on test images is in docs/identify.md.
 * DeepFool and CW-L2 have no ε: they look for the smallest change, and are not estimated.
 */
final class EpsilonEstimate {
    private static final double SLOPE = 1.6;
    private static final double GROUND = 0.5;

    private EpsilonEstimate() {}

    /**
     * The estimate.
     *
     * @param attack what made the image
     * @param box where a patch sits; without one a patch is not estimated
     * @return in [0, 1]; empty for attacks without ε
     */
    static Optional<Double> of(ChromaResidual noise, AttackClass attack, @Nullable Box box) {
        return switch (attack) {
            case PGD, CW_LINF -> Optional.of(of(noise.median(0, 0, noise.width(), noise.height())));
            case PATCH ->
                box == null
                        ? Optional.empty()
                        : Optional.of(of(noise.median(box.left(), box.top(), box.width(), box.height())));
            case CLEAN, DEEPFOOL, CW_L2 -> Optional.empty();
        };
    }

    private static double of(double median) {
        return Math.min(1, SLOPE * (median + GROUND) / 255);
    }
}

package io.redrl.identify;

import io.redrl.attack.AttackClass;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far an attack moved pixels, from the image alone: an estimate of the perturbation's L∞ norm, which is ε for attacks that use
 * their budget up.
 *
 * <p>The median m of {@link ColourNoise} grows in proportion with ε, for PGD and CW-L∞ on every victim that was tried: ε ≈ 1.46
 * (m + 0.5) grey levels. Were the signs of ±ε independent, h would be normal with variance 2 · 2.25 ε², and m 1.43 ε;
 * neighbouring pixels move together more often than that, so that m is about half as large. The constants are fitted, the figures
 * of what they are worth are in docs/identify.md. DeepFool and CW-L2 have no ε: they look for the smallest change, and are not
 * estimated.
 */
final class EpsilonEstimate {
    private static final double SLOPE = 1.46;
    private static final double GROUND = 0.5;

    private EpsilonEstimate() {}

    /**
     * The estimate.
     *
     * @param attack what made the image
     * @param box where a patch sits; without one a patch is not estimated
     * @return in [0, 1]; empty for attacks without ε
     */
    static Optional<Double> of(ColourNoise noise, AttackClass attack, @Nullable Box box) {
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

package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.attack.AttackClass;
import io.redrl.image.ImageShape;
import io.redrl.testing.MadeImages;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EpsilonEstimateTest {
    private static final ImageShape SHAPE = ImageShape.square(32);

    private static ChromaResidual noise(int level, Box box) {
        return ChromaResidual.of(MadeImages.grained(MadeImages.smooth(SHAPE, 1), box, level, false));
    }

    @Test
    void twiceTheGrainIsTwiceTheEpsilon() {
        double four = estimate(4);
        assertThat(estimate(8) / four).isBetween(1.8, 2.1);
        assertThat(estimate(16) / four).isBetween(3.6, 4.2);
    }

    private static double estimate(int level) {
        return EpsilonEstimate.of(noise(level, MadeImages.whole(SHAPE)), AttackClass.PGD, null)
                .orElseThrow();
    }

    /** The median of |K ∗ (R − G)| over ±ε of independent signs; see the class's comment. */
    @ParameterizedTest
    @ValueSource(ints = {4, 16})
    void theGrainOfIndependentSignsIsAsTheoryHasIt(int level) {
        double median = noise(level, MadeImages.whole(SHAPE)).median(0, 0, 32, 32);
        assertThat(median / level).isCloseTo(1.43, within(0.15));
    }

    @Test
    void aPatchIsMeasuredInsideItsBox() {
        Box box = new Box(4, 8, 16, 16, 1);
        Optional<Double> inside = EpsilonEstimate.of(noise(8, box), AttackClass.PATCH, box);
        assertThat(inside.orElseThrow()).isCloseTo(estimate(8), within(0.015));
        assertThat(EpsilonEstimate.of(noise(8, box), AttackClass.PATCH, null)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = AttackClass.class,
            names = {"CLEAN", "DEEPFOOL", "CW_L2"})
    void attacksWithoutABudgetAreNotEstimated(AttackClass attack) {
        assertThat(EpsilonEstimate.of(noise(8, MadeImages.whole(SHAPE)), attack, null))
                .isEmpty();
    }
}

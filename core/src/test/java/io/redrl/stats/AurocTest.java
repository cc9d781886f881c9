package io.redrl.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AurocTest {
    @Test
    void countsPairsTiesHalf() {
        SplittableRandom random = new SplittableRandom(3);
        double[] positive = random.ints(57, 0, 12).asDoubleStream().toArray();
        double[] negative = random.ints(83, -4, 9).asDoubleStream().toArray();
        double pairs = 0;
        for (double p : positive) {
            for (double n : negative) {
                pairs += p > n ? 1 : p == n ? 0.5 : 0;
            }
        }
        assertThat(Auroc.of(positive, negative).value()).isCloseTo(pairs / (57 * 83), within(1e-12));
    }

    @Test
    void theStandardErrorIsWhatRepetitionsShow() {
        SplittableRandom random = new SplittableRandom(11);
        int repetitions = 400;
        double sum = 0;
        double squares = 0;
        double said = 0;
        for (int r = 0; r < repetitions; r++) {
            double[] positive = random.doubles(40).map(v -> v + 0.3).toArray();
            Auroc auroc = Auroc.of(positive, random.doubles(60).toArray());
            sum += auroc.value();
            squares += auroc.value() * auroc.value();
            said += auroc.standardError();
        }
        double mean = sum / repetitions;
        double spread = Math.sqrt(squares / repetitions - mean * mean);
        assertThat(mean).isCloseTo(1 - 0.7 * 0.7 / 2, within(0.01));
        assertThat(said / repetitions).isCloseTo(spread, within(0.15 * spread));
    }

    @Test
    void oneOfAKindSaysNothingOfTheSpread() {
        Auroc auroc = Auroc.of(new double[] {2}, new double[] {1, 3});
        assertThat(auroc.value()).isEqualTo(0.5);
        assertThat(auroc.standardError()).isNaN();
        assertThatThrownBy(() -> Auroc.of(new double[0], new double[] {1})).hasMessageContaining("got 0 and 1");
    }
}

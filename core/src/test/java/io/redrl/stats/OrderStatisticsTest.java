package io.redrl.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrderStatisticsTest {
    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(OrderStatistics.median(7, 1, 2)).isEqualTo(2);
        assertThat(OrderStatistics.median(7, 4, 1, 2)).isEqualTo(3);
        assertThat(OrderStatistics.median()).isNaN();
    }

    @Test
    void aQuantileOfType1IsOneOfTheValues() {
        double[] values = IntStream.rangeClosed(1, 100).asDoubleStream().toArray();
        assertThat(OrderStatistics.quantile(values, 0.95)).isEqualTo(95);
        assertThat(Arrays.stream(values).filter(v -> v > 95).count()).isEqualTo(5);
        assertThat(OrderStatistics.quantile(new double[] {7, 4, 1, 2}, 0.5)).isEqualTo(2);
        assertThat(OrderStatistics.quantile(new double[] {7, 4, 1, 2}, 0)).isEqualTo(1);
        assertThat(OrderStatistics.quantile(new double[] {7, 4, 1, 2}, 1)).isEqualTo(7);
    }

    @Test
    void aQuantileOfType7LiesOnAStraightLineBetweenNeighbours() {
        double[] values = {50, 20, 40, 10, 30};
        assertThat(OrderStatistics.interpolated(values, 0.90)).isCloseTo(46, within(1e-12));
        assertThat(OrderStatistics.interpolated(values, 0.5)).isEqualTo(30);
        assertThat(OrderStatistics.interpolated(values, 1)).isEqualTo(50);
        assertThat(OrderStatistics.interpolated(new double[] {7}, 0.99)).isEqualTo(7);
    }

    @Test
    void theFirstOfSeveralGreatestIsTheArgmax() {
        assertThat(OrderStatistics.argmax(-3, 5, 5, 1)).isEqualTo(1);
        assertThat(OrderStatistics.argmax(Double.NEGATIVE_INFINITY, -1)).isEqualTo(1);
        assertThat(OrderStatistics.argmax(4)).isZero();
    }

    @Test
    void theSampleIsLeftAsItIs() {
        double[] values = {3, 1, 2};
        OrderStatistics.median(values);
        OrderStatistics.quantile(values, 0.5);
        OrderStatistics.interpolated(values, 0.5);
        assertThat(values).containsExactly(3, 1, 2);
    }
}

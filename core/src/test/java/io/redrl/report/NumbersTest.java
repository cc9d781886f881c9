package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void roundsHalfUpWhatPeopleWrote() {
        assertThat(Numbers.fixed((100 + 99.9 + 97.4 + 96.6 + 74.1 + 99.9) / 6, 1))
                .isEqualTo("94.7");
        assertThat(Numbers.percent(0.7225)).isEqualTo("72.3");
        assertThat(Numbers.fixed(Double.NaN, 2)).isEqualTo("–");
    }

    @Test
    void writesDifferencesWithTheirSign() {
        assertThat(Numbers.points(0.132)).isEqualTo("+13.2");
        assertThat(Numbers.points(-0.0041)).isEqualTo("−0.4");
        assertThat(Numbers.points(-0.0001)).isEqualTo("0.0");
    }

    @Test
    void writesDistancesInGreyLevels() {
        assertThat(Numbers.greyLevels(8 / 255.0)).isEqualTo("8/255");
        assertThat(Numbers.greyLevels(9.12 / 255)).isEqualTo("9.1/255");
        assertThat(Numbers.greyLevels(0.25 / 255)).isEqualTo("0.25/255");
        assertThat(Numbers.greyLevels(Double.NaN)).isEqualTo("–");
    }

    @Test
    void writesQuantities() {
        assertThat(Numbers.millions(23_500_000)).isEqualTo("23.5 M");
        assertThat(Numbers.of(1, "image")).isEqualTo("1 image");
        assertThat(Numbers.of(50_000, "image")).isEqualTo("50,000 images");
    }

    @Test
    void writesAttackSettingsAsALine() {
        assertThat(ConfigText.of("{\"attack\":\"pgd\",\"epsilon\":0.03137254901960784,\"step-size\":0.01,"
                        + "\"steps\":100,\"random-start\":false}"))
                .isEqualTo("ε 8/255 · α 0.01 · 100 steps");
        assertThat(ConfigText.of("{\"attack\":\"patch\",\"height\":8,\"width\":4,\"step-size\":0.00784313725490196,"
                        + "\"random-start\":true}"))
                .isEqualTo("8×4 · α 2/255 · random start");
        assertThat(ConfigText.of("{\"c\":100.0,\"confidence\":0.0,\"binary-search-steps\":1,\"abort-after\":50}"))
                .isEqualTo("c 100 · abort after 50");
        assertThat(ConfigText.of(
                        "{\"attack\":\"pgd\",\"norm\":\"l2\",\"restarts\":1,\"loss\":\"margin\",\"target\":\"none\"}"))
                .isEqualTo("norm l2 · loss margin");
        assertThat(ConfigText.of("not json")).isEqualTo("not json");
    }

    @Test
    void writesSignificantDigitsOnly() {
        assertThat(Numbers.significant(0.012345, 3)).isEqualTo("0.0123");
        assertThat(Numbers.significant(0, 3)).isEqualTo("0");
        assertThat(Numbers.significant(-1500, 3)).isEqualTo("-1500");
        assertThat(Numbers.significant(1.5e-5, 3)).isEqualTo("1.5E-5");
        assertThat(Numbers.significant(2.04e9, 2)).isEqualTo("2E9");
        assertThat(Numbers.significant(Double.NaN, 3)).isEqualTo("–");
    }
}

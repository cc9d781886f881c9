package io.redrl.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {
    private static final Offset<Double> TINY = within(1e-12);

    static List<Schedule> all() {
        return List.of(
                new Schedule.Constant(0.1),
                new Schedule.StepDecay(0.01, List.of(25, 40), 0.1),
                new Schedule.OneCycle(0.2, 0.3, 0.1, 0.001),
                new Schedule.WarmUpSteps(3.5e-4, 10, 0.01, List.of(40, 70, 90), 0.1),
                new Schedule.WarmUpCosine(1e-3, 0.1, 0.01, 0.0));
    }

    @ParameterizedTest
    @MethodSource("all")
    void goesThroughJsonUnchanged(Schedule schedule) {
        String json = Json.line(schedule);
        assertThat(json).contains("\"kind\":");
        assertThat(Json.parse(json, Schedule.class, "test")).isEqualTo(schedule);
    }

    @ParameterizedTest
    @MethodSource("all")
    void staysNonNegativeAndAtMostItsPeak(Schedule schedule) {
        for (double epoch = 0; epoch <= 100; epoch += 0.25) {
            assertThat(schedule.at(epoch, 100)).isBetween(0.0, 0.2);
        }
    }

    @Test
    void dividesTheRateAtTheMilestones() {
        Schedule paper = new Schedule.StepDecay(0.01, List.of(25, 40), 0.1);
        assertThat(paper.at(0, 50)).isEqualTo(0.01);
        assertThat(paper.at(24.99, 50)).isEqualTo(0.01);
        assertThat(paper.at(25, 50)).isCloseTo(0.001, TINY);
        assertThat(paper.at(49, 50)).isCloseTo(0.0001, TINY);
    }

    @Test
    void warmsUpLinearlyAndThenSteps() {
        Schedule redrl = new Schedule.WarmUpSteps(1, 10, 0.01, List.of(40, 70, 90), 0.1);
        assertThat(redrl.at(0, 100)).isCloseTo(0.01, TINY);
        assertThat(redrl.at(5, 100)).isCloseTo(0.505, TINY);
        assertThat(redrl.at(10, 100)).isCloseTo(1, TINY);
        assertThat(redrl.at(39.9, 100)).isCloseTo(1, TINY);
        assertThat(redrl.at(40, 100)).isCloseTo(0.1, TINY);
        assertThat(redrl.at(70, 100)).isCloseTo(0.01, TINY);
        assertThat(redrl.at(99, 100)).isCloseTo(0.001, TINY);
    }

    @Test
    void risesToThePeakAndFallsOnce() {
        Schedule cycle = new Schedule.OneCycle(0.4, 0.25, 0.1, 0);
        assertThat(cycle.at(0, 8)).isCloseTo(0.04, TINY);
        assertThat(cycle.at(1, 8)).isCloseTo(0.22, TINY);
        assertThat(cycle.at(2, 8)).isCloseTo(0.4, TINY);
        assertThat(cycle.at(5, 8)).isCloseTo(0.2, TINY);
        assertThat(cycle.at(8, 8)).isCloseTo(0, TINY);
        assertThat(cycle.at(9, 8)).isCloseTo(0, TINY);
    }

    @Test
    void followsHalfACosineAfterWarmUp() {
        Schedule cosine = new Schedule.WarmUpCosine(2, 0.2, 0.5, 0);
        assertThat(cosine.at(0, 10)).isCloseTo(1, TINY);
        assertThat(cosine.at(1, 10)).isCloseTo(1.5, TINY);
        assertThat(cosine.at(2, 10)).isCloseTo(2, TINY);
        assertThat(cosine.at(6, 10)).isCloseTo(1, TINY);
        assertThat(cosine.at(10, 10)).isCloseTo(0, TINY);
    }

    @Test
    void refusesWhatCannotBeASchedule() {
        assertThatThrownBy(() -> new Schedule.Constant(0)).isInstanceOf(RedrlException.class);
        assertThatThrownBy(() -> new Schedule.StepDecay(1, List.of(4, 4), 0.1)).hasMessageContaining("ascend");
        assertThatThrownBy(() -> new Schedule.StepDecay(1, List.of(), 2)).hasMessageContaining("factor");
        assertThatThrownBy(() -> new Schedule.OneCycle(1, 1, 0, 0)).hasMessageContaining("rise");
        assertThatThrownBy(() -> new Schedule.WarmUpCosine(1, 1, 0, 0)).hasMessageContaining("warm-up");
        assertThatThrownBy(() -> Json.parse("{\"kind\":\"magic\"}", Schedule.class, "x.yaml"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("x.yaml");
    }
}

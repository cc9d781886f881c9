package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import org.junit.jupiter.api.Test;

class RecogniserSpecTest {
    @Test
    void goesThroughJsonUnchanged() {
        for (RecogniserSpec spec : new RecogniserSpec[] {RecogniserSpec.paper(), RecogniserSpec.compact()}) {
            assertThat(Json.parse(Json.pretty(spec), RecogniserSpec.class, "text"))
                    .isEqualTo(spec);
        }
        assertThat(Json.line(RecogniserSpec.compact())).contains("\"residual-scale\":16.0", "\"blocks-per-stage\":1");
    }

    @Test
    void thePapersWarmUpGoesFromAHundredthToTheFullRateInTenEpochsAndIsDividedThreeTimes() {
        TrainingSettings paper = TrainingSettings.paper();
        int images = 12_800; // 100 steps an epoch
        assertThat(paper.totalSteps(images)).isEqualTo(10_000);
        assertThat(paper.learningRate(0, images)).isCloseTo(3.5e-6, within(1e-12));
        assertThat(paper.learningRate(500, images)).isCloseTo(3.5e-4 * 0.505, within(1e-12));
        assertThat(paper.learningRate(1000, images)).isCloseTo(3.5e-4, within(1e-12));
        assertThat(paper.learningRate(3999, images)).isCloseTo(3.5e-4, within(1e-12));
        assertThat(paper.learningRate(4000, images)).isCloseTo(3.5e-5, within(1e-12));
        assertThat(paper.learningRate(7000, images)).isCloseTo(3.5e-6, within(1e-12));
        assertThat(paper.learningRate(9000, images)).isCloseTo(3.5e-7, within(1e-12));
    }

    @Test
    void epochsCountImagesPairedOrNot() {
        TrainingSettings steps = TrainingSettings.compact();
        assertThat(steps.totalSteps(77)).isEqualTo(600);
        assertThat(steps.imagesPerStep()).isEqualTo(16);
        assertThat(steps.withPaired(false).imagesPerStep()).isEqualTo(96);
        // The compact rate is a tenth of the way up, then down: highest at step 60 of 600.
        assertThat(steps.learningRate(60, 1000)).isCloseTo(1e-3, within(1e-9));
        assertThat(steps.learningRate(599, 1000)).isLessThan(2e-5);
    }

    @Test
    void inputsKnowTheirChannelsAndNeeds() {
        assertThat(RecogniserInput.IMAGE.channels()).isEqualTo(3);
        assertThat(RecogniserInput.RESIDUAL_AND_IMAGE.channels()).isEqualTo(6);
        assertThat(RecogniserInput.SRM_AND_IMAGE.channels()).isEqualTo(27);
        assertThat(RecogniserInput.LINEAR_PREDICTION_RESIDUAL_AND_IMAGE.channels())
                .isEqualTo(33);
        assertThat(RecogniserInput.PERTURBATION_AND_IMAGE.needsClean()).isTrue();
        assertThat(RecogniserInput.RESIDUAL_AND_IMAGE.needsClean()).isFalse();
    }

    @Test
    void refusesWhatCannotBeTrained() {
        assertThatThrownBy(() -> TrainingSettings.compact().withSteps(10, 20))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("multiple of 6 when paired");
        assertThatThrownBy(() -> TrainingSettings.compact().withSteps(0, 96))
                .hasMessageContaining("either epochs or steps");
        assertThatThrownBy(() -> new LossSettings(-1, 0, 0, 0.2, FeatureScale.RMS))
                .hasMessageContaining("loss weight reconstruction must be in");
        assertThatThrownBy(() -> new LossSettings(0, 0, 0, 1, FeatureScale.RMS))
                .hasMessageContaining("label-smoothing must be in [0, 1), got 1.0");
        assertThatThrownBy(() -> RecogniserSpec.compact().withInput("a/b", RecogniserInput.IMAGE))
                .hasMessageContaining("got 'a/b'");
    }
}

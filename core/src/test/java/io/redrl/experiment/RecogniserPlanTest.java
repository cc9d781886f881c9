package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.recognition.LossSettings;
import io.redrl.recognition.RecogniserInput;
import io.redrl.recognition.RecogniserSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecogniserPlanTest {
    private static final String PLAN = """
            preset: compact
            common: {}
            variants:
              - {name: redrl, input: residual-and-image}
              - {name: image-only, input: image}
            """;

    private static List<RecogniserSpec> specs(String yaml) {
        return Json.parseYaml(yaml, RecogniserPlan.class, "plan").specs(new Seed(1));
    }

    @Test
    void furtherSeedsComeAfterTheVariantsAndLeaveThemAsTheyWere() {
        List<RecogniserSpec> plain = specs(PLAN);
        List<RecogniserSpec> repeated = specs(PLAN + "repeats: {redrl: 3, image-only: 1}\n");

        assertThat(repeated.subList(0, 2)).isEqualTo(plain);
        assertThat(repeated)
                .extracting(RecogniserSpec::name)
                .containsExactly("redrl", "image-only", "redrl.seed2", "redrl.seed3");
        assertThat(repeated)
                .extracting(RecogniserSpec::seed)
                .containsExactly(
                        plain.get(0).seed(),
                        plain.get(1).seed(),
                        repeated.get(2).seed(),
                        repeated.get(3).seed());
        assertThat(repeated.get(2).seed()).isNotEqualTo(repeated.get(3).seed());
    }

    @Test
    void aFurtherSeedDiffersInNameAndSeedAlone() {
        RecogniserSpec second = specs(PLAN + "repeats: {redrl: 2}\n").get(2);
        RecogniserSpec first = specs(PLAN).get(0);
        assertThat(second.withInput("redrl", second.input()).withSeed(first.seed()))
                .isEqualTo(first);
        assertThat(second.seed()).isNotEqualTo(first.seed());
    }

    @Test
    void refusesRepeatsThatCannotBe() {
        assertThatThrownBy(() -> specs(PLAN + "repeats: {redrl+: 3}\n"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("redrl+")
                .hasMessageContaining("image-only");
        assertThatThrownBy(() -> specs(PLAN + "repeats: {redrl: 0}\n")).hasMessageContaining("repeats of redrl");
        assertThatThrownBy(() -> specs(PLAN + "repeat: {redrl: 2}\n")).hasMessageContaining("repeat");
        assertThatThrownBy(() -> specs(PLAN.replace("image-only", "redrl.seed2") + "repeats: {redrl: 2}\n"))
                .hasMessageContaining("redrl.seed2 twice");
    }

    @Test
    void kindsFollowFromLossesAndInputs() {
        assertThat(kind("a", new LossSettings(1, 0, 0, 0.2, LossSettings.paper().featureScale())))
                .isEqualTo(RecogniserKind.ABLATION_A);
        assertThat(kind("b", new LossSettings(1, 1, 0, 0.2, LossSettings.paper().featureScale())))
                .isEqualTo(RecogniserKind.ABLATION_B);
        assertThat(kind("c", new LossSettings(1, 0, 1, 0.2, LossSettings.paper().featureScale())))
                .isEqualTo(RecogniserKind.ABLATION_C);
        assertThat(kind("x", LossSettings.paper())).isEqualTo(RecogniserKind.REDRL);
        assertThat(kind("x", LossSettings.attackOnly())).isEqualTo(RecogniserKind.ATTACK_LOSS_ONLY);
        assertThat(kind("x", new LossSettings(0, 1, 0, 0.2, LossSettings.paper().featureScale())))
                .isEqualTo(RecogniserKind.OTHER);
        for (RecogniserInput input : RecogniserInput.values()) {
            boolean papers = List.of("IMAGE", "PERTURBATION_AND_IMAGE", "RESIDUAL_AND_IMAGE", "SRM_AND_IMAGE")
                    .contains(input.name());
            RecogniserSpec spec = RecogniserSpec.compact().withInput("x", input);
            RecogniserKind kind = RecogniserKinds.of(spec);
            assertThat(kind == RecogniserKind.PLUS).as(input.name()).isEqualTo(!papers);
            assertThat(RecogniserKinds.input(spec)).contains("I_adv");
        }
    }

    @Test
    void aRecogniserThatAsksVictimsIsNeitherABaselineNorThePapers() {
        assertThat(asking("redrl", "residual-and-image")).isEqualTo(RecogniserKind.PLUS);
        assertThat(asking("image-only", "image")).isEqualTo(RecogniserKind.OTHER);
        assertThat(asking("redrl-plus", "srm-and-image")).isEqualTo(RecogniserKind.PLUS);
    }

    private static RecogniserKind asking(String name, String input) {
        String variant = "  - {name: " + name + ", input: " + input + ", victim-features: [vgg8]}\n";
        RecogniserSpec spec =
                specs("preset: compact\ncommon: {}\nvariants:\n" + variant).get(0);
        assertThat(RecogniserKinds.input(spec)).endsWith("answers of vgg8");
        return RecogniserKinds.of(spec);
    }

    @Test
    void redrlPlusAndItsAblationsAreKnownByNameWhateverTheSeed() {
        assertThat(kind("redrl-plus", LossSettings.paper())).isEqualTo(RecogniserKind.PLUS);
        assertThat(kind("redrl-plus.seed2", LossSettings.paper())).isEqualTo(RecogniserKind.PLUS);
        assertThat(kind("redrl-plus.without-high-pass", LossSettings.paper())).isEqualTo(RecogniserKind.PLUS_ABLATION);
        assertThat(RecogniserKinds.title(RecogniserSpec.compact().withLosses("redrl.seed3", LossSettings.paper())))
                .isEqualTo("REDRL, seed 3");
        assertThat(RecogniserKinds.title(
                        RecogniserSpec.compact().withLosses("redrl-plus.without-high-pass", LossSettings.paper())))
                .isEqualTo("redrl+ without high pass");
    }

    private static RecogniserKind kind(String name, LossSettings losses) {
        return RecogniserKinds.of(RecogniserSpec.compact().withLosses(name, losses));
    }
}

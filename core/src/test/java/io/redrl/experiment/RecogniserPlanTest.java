package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

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

    private static final String HEAD = "preset: compact\ncommon: {}\nvariants:\n";

    private static List<Variant> variants(String yaml) {
        return Json.parseYaml(yaml, RecogniserPlan.class, "plan").variants(new Seed(1));
    }

    private static List<RecogniserSpec> specs(String yaml) {
        return variants(yaml).stream().map(Variant::settings).toList();
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
    void withoutAKindOfItsOwnAVariantsLossesAndInputTellIt() {
        assertThat(kind(losses(1, 0, 0))).isEqualTo(RecogniserKind.ABLATION_A);
        assertThat(kind(losses(1, 1, 0))).isEqualTo(RecogniserKind.ABLATION_B);
        assertThat(kind(losses(1, 0, 1))).isEqualTo(RecogniserKind.ABLATION_C);
        assertThat(kind(LossSettings.paper())).isEqualTo(RecogniserKind.REDRL);
        assertThat(kind(LossSettings.attackOnly())).isEqualTo(RecogniserKind.ATTACK_LOSS_ONLY);
        assertThat(kind(losses(0, 1, 0))).isEqualTo(RecogniserKind.OTHER);
        for (RecogniserInput input : RecogniserInput.values()) {
            boolean papers = List.of("IMAGE", "PERTURBATION_AND_IMAGE", "RESIDUAL_AND_IMAGE", "SRM_AND_IMAGE")
                    .contains(input.name());
            RecogniserSpec spec = RecogniserSpec.compact().withInput("x", input);
            assertThat(Variant.kindOf(spec) == RecogniserKind.PLUS)
                    .as(input.name())
                    .isEqualTo(!papers);
        }
    }

    private static LossSettings losses(double reconstruction, double features, double classification) {
        return new LossSettings(
                reconstruction,
                features,
                classification,
                0.2,
                LossSettings.paper().featureScale());
    }

    private static RecogniserKind kind(LossSettings losses) {
        return Variant.kindOf(RecogniserSpec.compact().withLosses("x", losses));
    }

    @Test
    void aRecogniserThatAsksVictimsIsNeitherABaselineNorThePapers() {
        assertThat(asking("residual-and-image")).isEqualTo(RecogniserKind.PLUS);
        assertThat(asking("image")).isEqualTo(RecogniserKind.OTHER);
        assertThat(asking("linear-prediction-residual-and-image")).isEqualTo(RecogniserKind.PLUS);
    }

    private static RecogniserKind asking(String input) {
        Variant variant = variants(HEAD + "  - {name: redrl, input: " + input + ", victim-features: [vgg8]}\n")
                .get(0);
        assertThat(variant.input()).contains("I_adv").endsWith("features of vgg8");
        return variant.kind();
    }

    @Test
    void whatAnEntrySaysGoesBeforeWhatItsSettingsTell() {
        List<Variant> variants = variants(HEAD + """
                  - {name: a, input: linear-prediction-residual-and-image}
                  - {name: b, input: image, kind: redrl-plus-ablation, of: a, title: redrl+ without maps}
                  - {name: c, input: image, kind: other}
                repeats: {b: 2}
                """);
        assertThat(variants)
                .extracting(Variant::name, Variant::kind, Variant::of, Variant::seedNumber, Variant::title)
                .containsExactly(
                        tuple("a", RecogniserKind.PLUS, "", 1, "redrl+"),
                        tuple("b", RecogniserKind.PLUS_ABLATION, "a", 1, "redrl+ without maps"),
                        tuple("c", RecogniserKind.OTHER, "", 1, "c"),
                        tuple("b.seed2", RecogniserKind.PLUS_ABLATION, "b", 2, "redrl+ without maps, seed 2"));
    }

    @Test
    void aNameIsOnlyAName() {
        List<Variant> variants = variants(HEAD + """
                  - {name: redrl-plus.without-maxima, input: image}
                  - {name: redrl.seed2, input: residual-and-image}
                """);
        assertThat(variants)
                .extracting(Variant::kind, Variant::of, Variant::seedNumber, Variant::title)
                .containsExactly(
                        tuple(RecogniserKind.IMAGE, "", 1, "Ψ on the image alone"),
                        tuple(RecogniserKind.REDRL, "", 1, "REDRL"));
    }

    @Test
    void recognisersOfOneKindAreToldApartByTheirNames() {
        assertThat(variants(HEAD + "  - {name: bf16, input: image}\n  - {name: fp32, input: image}\n"))
                .extracting(Variant::title)
                .containsExactly("Ψ on the image alone (bf16)", "Ψ on the image alone (fp32)");
    }

    @Test
    void oneThatAVictimIsKeptFromIsAVersionOfTheFirstOfItsKindThatMetAll() {
        List<Variant> variants = variants(HEAD + """
                  - {name: a, input: residual-and-image, left-out-victims: [vgg8]}
                  - {name: b, input: image}
                  - {name: c, input: residual-and-image}
                  - {name: d, input: residual-and-image, left-out-victims: [vgg8], of: b}
                """);
        assertThat(variants).extracting(Variant::of).containsExactly("c", "", "", "b");
        assertThat(variants.get(0).title()).isEqualTo("REDRL without vgg8");
        assertThat(variants.get(2).title())
                .as("the only one of its kind that met all")
                .isEqualTo("REDRL");
    }

    @Test
    void refusesAKindThatThereIsNotAndAVersionOfNothing() {
        assertThatThrownBy(() -> variants(HEAD + "  - {name: a, input: image, kind: redrl-pluss}\n"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("kind of a")
                .hasMessageContaining("redrl-pluss");
        assertThatThrownBy(() -> variants(HEAD + "  - {name: a, input: image, of: b}\n"))
                .hasMessageContaining("a is said to be a version of b");
        assertThatThrownBy(() -> variants(HEAD + "  - {name: a, input: image, off: b}\n"))
                .hasMessageContaining("off");
        assertThatThrownBy(() -> variants(HEAD + "  - a\n")).hasMessageContaining("settings by name");
    }
}

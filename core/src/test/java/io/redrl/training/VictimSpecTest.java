package io.redrl.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.tensor.Precision;
import org.junit.jupiter.api.Test;

class VictimSpecTest {
    private static VictimSpec yaml(String model, String recipe) {
        return Json.parseYaml(
                "{model: " + model + ", recipe: " + recipe
                        + ", epochs: 5, batch: 128, train-images: 0, precision: auto}",
                VictimSpec.class,
                "spec.yaml");
    }

    @Test
    void takesARecipeByNameOrWrittenOut() {
        assertThat(yaml("resnet20", "one-cycle")).isEqualTo(VictimSpec.oneCycle("resnet20", 5));
        assertThat(yaml("resnet20", "paper").recipe()).isEqualTo(Recipe.paper());
        assertThat(yaml(
                                "resnet20",
                                "{schedule: {kind: constant, rate: 1/4}, momentum: 0, weight-decay: 0, flips: false,"
                                        + " crop-padding: 0, label-smoothing: 0}")
                        .recipe())
                .isEqualTo(new Recipe(new Schedule.Constant(0.25), 0, 0, false, 0, 0));
    }

    @Test
    void isThePapersRecipeByDefault() {
        VictimSpec paper = VictimSpec.paper("resnet50");
        assertThat(paper.epochs()).isEqualTo(50);
        assertThat(paper.precision()).isEqualTo(Precision.FP32);
        assertThat(paper.recipe().momentum()).isEqualTo(0.9);
        assertThat(paper.recipe().schedule().at(30, 50)).isBetween(0.00099, 0.00101);
        assertThat(Json.parse(Json.line(paper), VictimSpec.class, "json")).isEqualTo(paper);
    }

    @Test
    void refusesWhatCannotBeTrained() {
        assertThatThrownBy(() -> yaml("resnet21", "paper"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("spec.yaml")
                .hasMessageContaining("Unknown model 'resnet21'");
        assertThatThrownBy(() -> yaml("resnet20", "fast")).hasMessageContaining("Unknown recipe 'fast'");
        assertThatThrownBy(() -> new VictimSpec("vgg8", Recipe.paper(), 0, 128, 0, Precision.AUTO))
                .hasMessageContaining("epochs must be at least 1");
        assertThatThrownBy(() -> new VictimSpec("vgg8", Recipe.paper(), 1, 1, 0, Precision.AUTO))
                .hasMessageContaining("batch must be in [2, 4096]");
    }
}

package io.redrl.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class JsonTest {
    enum Colour {
        DARK_RED,
        BLUE
    }

    record Setting(double stepSize, int steps, Colour colour, boolean randomStart) {
        Setting {
            Checks.pixelDistance("step-size", stepSize);
        }
    }

    @Test
    void readsFractionsAndWritesKebabCase() {
        Setting setting = Json.parseYaml(
                "{step-size: 8/255, steps: 3, colour: dark-red, random-start: true}", Setting.class, "test");
        assertThat(setting).isEqualTo(new Setting(8 / 255.0, 3, Colour.DARK_RED, true));
        assertThat(Json.line(setting))
                .isEqualTo(
                        "{\"step-size\":0.03137254901960784,\"steps\":3,\"colour\":\"dark-red\",\"random-start\":true}");
        assertThat(Json.parse(Json.line(setting), Setting.class, "test")).isEqualTo(setting);
    }

    @Test
    void refusesWhatItDoesNotKnowAndSaysWhere() {
        assertThatThrownBy(() -> Json.parseYaml(
                        "step-size: 0.1\nsteps: 1\ncolour: blue\nrandom-start: true\nepsilonn: 3\n",
                        Setting.class,
                        "demo.yaml"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("demo.yaml")
                .hasMessageContaining("unknown key \"epsilonn\"; known: step-size");
        assertThatThrownBy(() ->
                        Json.parse("{\"step-size\":0.1,\"colour\":\"blue\",\"random-start\":true}", Setting.class, "x"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("steps");
    }

    @Test
    void refusesKeysGivenTwiceNullAndEndlessNestingInOneLine() {
        for (String wrong : new String[] {
            "{\"step-size\":0.1,\"steps\":1,\"steps\":2,\"colour\":\"blue\",\"random-start\":true}",
            "{\"step-size\":0.1,\"steps\":1,\"colour\":null,\"random-start\":true}",
            "{\"step-size\":" + "[".repeat(100_000),
            "{\"step-size\":\"\\u001b[2J\\nred\"}",
            "{\"\\u001b[2J" + "k".repeat(1_000_000) + "\":1}",
        }) {
            assertThatThrownBy(() -> Json.parse(wrong, Setting.class, "settings.json"))
                    .isInstanceOf(RedrlException.class)
                    .message()
                    .startsWith("settings.json: ")
                    .hasSizeLessThan(1_000)
                    .doesNotContainPattern("\\p{Cntrl}");
        }
    }

    @Test
    void aRecordsOwnRefusalIsTheMessage() {
        assertThatThrownBy(() -> Json.parseYaml(
                        "{step-size: 8, steps: 1, colour: blue, random-start: true}", Setting.class, "demo.yaml"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("step-size must be in [0, 1], got 8.0")
                .hasMessageContaining("/255");
        assertThatThrownBy(() -> Json.parse("{\"step-size\":\"a lot\"}", Setting.class, "x"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("8/255");
    }

    @Test
    void overlaysChangesOnDefaults() {
        Setting defaults = new Setting(0.5, 1, Colour.BLUE, false);
        JsonNode changes = Json.parse("{\"steps\":7}", JsonNode.class, "x");
        assertThat(Json.overlay(defaults, changes, Setting.class, "x"))
                .isEqualTo(new Setting(0.5, 7, Colour.BLUE, false));
        JsonNode wrong = Json.parse("{\"stepps\":7}", JsonNode.class, "x");
        assertThatThrownBy(() -> Json.overlay(defaults, wrong, Setting.class, "x"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("stepps");
    }

    @Test
    void writesWholeFilesAndNamesMissingOnes(@TempDir Path folder) {
        Path file = folder.resolve("deep/setting.json");
        Setting setting = new Setting(0.5, 1, Colour.BLUE, false);
        Json.write(file, setting);
        assertThat(Json.read(file, Setting.class)).isEqualTo(setting);
        assertThatThrownBy(() -> Json.read(folder.resolve("none.json"), Setting.class))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("none.json");
    }
}

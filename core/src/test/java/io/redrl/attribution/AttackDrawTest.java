package io.redrl.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attack.AttackSpec;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

class AttackDrawTest {
    /** Settings that an attack does not take would throw. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CLEAN")
    void drawsManySettingsOfTheAlgorithmThatWasAskedFor(Algorithm algorithm) {
        for (int side : new int[] {32, 64, 224}) {
            SplittableRandom random = new Seed(side).random();
            Set<String> different = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                AttackSpec spec = new AttackDraw(side, random).of(algorithm);
                assertThat(Algorithm.of(spec)).isEqualTo(algorithm);
                String text = Json.line(spec);
                assertThat(AttackSpec.of(Json.parse(text, JsonNode.class, "attack")))
                        .isEqualTo(spec);
                different.add(text);
            }
            assertThat(different).hasSizeGreaterThan(20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyAlgorithmIsOneOfItsFamilys(Algorithm algorithm) {
        assertThat(algorithm.family().algorithms()).contains(algorithm);
        assertThat(algorithm.index()).isBetween(0, Algorithm.values().length - 1);
    }
}

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
                AttackSpec spec = new AttackDraw(side, random, 10).of(algorithm);
                assertThat(Algorithm.of(spec)).isEqualTo(algorithm);
                String text = Json.line(spec);
                assertThat(AttackSpec.of(Json.parse(text, JsonNode.class, "attack")))
                        .isEqualTo(spec);
                different.add(text);
            }
            assertThat(different).hasSizeGreaterThan(20);
        }
    }

    /** Cats and dogs: the DLR loss looks at four classes. */
    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"PGD", "APGD", "PGD_L2", "PATCH_FREE"})
    void aVictimOfTwoClassesIsAttackedWithoutTheLossThatNeedsFour(Algorithm algorithm) {
        assertThat(losses(algorithm, 10)).containsExactlyInAnyOrder("cross-entropy", "margin", "dlr");
        assertThat(losses(algorithm, 2)).containsExactlyInAnyOrder("cross-entropy", "margin");
    }

    private static Set<String> losses(Algorithm algorithm, int classes) {
        SplittableRandom random = new Seed(1).random();
        Set<String> losses = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            String text = Json.line(new AttackDraw(32, random, classes).of(algorithm));
            losses.add(Json.parse(text, JsonNode.class, "attack").path("loss").asString());
        }
        return losses;
    }

    @ParameterizedTest
    @EnumSource
    void everyAlgorithmIsOneOfItsFamilys(Algorithm algorithm) {
        assertThat(algorithm.family().algorithms()).contains(algorithm);
        assertThat(algorithm.index()).isBetween(0, Algorithm.values().length - 1);
    }
}

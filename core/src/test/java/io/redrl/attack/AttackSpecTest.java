package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.tensor.Norm;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AttackSpecTest {
    record Plan(List<AttackSpec> attacks) {}

    static List<AttackSpec> all() {
        return AttackCatalog.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void survivesJson(AttackSpec spec) {
        String key = List.of("steps", "quality", "epsilon").stream()
                .filter(name -> Json.line(spec).contains("\"" + name + "\":"))
                .findFirst()
                .orElseThrow();
        Object value = 17;
        if (key.equals("epsilon")) {
            value = 0.5;
        }
        AttackSpec changed = spec.with(key, value);
        assertThat(changed).isNotEqualTo(spec).isInstanceOf(spec.getClass());
        String text = Json.line(changed);
        assertThat(text).startsWith("{\"attack\":\"" + spec.id() + "\"").contains("\"" + key + "\":" + value);
        assertThat(Json.parse(text, AttackSpec.class, "test")).isEqualTo(changed);
        assertThat(Json.parse(Json.line(new Plan(List.of(changed))), Plan.class, "test")
                        .attacks())
                .containsExactly(changed);
    }

    @Test
    void missingSettingsAreThePapers() {
        assertThat(Json.parse("{\"attack\":\"pgd\",\"epsilon\":0.03}", AttackSpec.class, "test"))
                .isEqualTo(new PgdSpec(0.03, 0.01, 100, true));
        assertThat(Json.parseYaml("{attack: pgd, epsilon: 16/255, random-start: false}", AttackSpec.class, "test"))
                .isEqualTo(new PgdSpec(16 / 255.0, 0.01, 100, false));
        assertThat(AttackCatalog.defaults("deepfool")).isEqualTo(new DeepFoolSpec(50, 0.02, 10, Norm.L2));
        assertThat(AttackCatalog.defaults("cw-l2")).isEqualTo(new CwL2Spec(100, 0.01, 1000, 0, 1, 100, Target.NONE));
        assertThat(AttackCatalog.defaults("cw-linf"))
                .isEqualTo(new CwLinfSpec(8 / 255.0, 5, 0.005, 100, 0, Target.NONE));
        assertThat(AttackCatalog.all())
                .extracting(AttackSpec::id)
                .containsAll(AttackClass.attacks().stream().map(AttackClass::id).toList())
                .doesNotHaveDuplicates();
    }

    @Test
    void theLineIsTheSameForEqualSettings() {
        AttackSpec spec = Json.parseYaml("{epsilon: 8/255, attack: pgd}", AttackSpec.class, "test");
        assertThat(Json.line(spec))
                .isEqualTo("{\"attack\":\"pgd\",\"norm\":\"linf\",\"epsilon\":0.03137254901960784,\"step-size\":0.01,"
                        + "\"steps\":100,\"random-start\":true,\"restarts\":1,\"loss\":\"cross-entropy\","
                        + "\"stop-at-success\":false,\"target\":\"none\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {attack: pgd, epsilonn: 0.03}           | attack pgd | epsilonn
            {attack: pgd, epsilon: 8}               | epsilon must be in [0, 1], got 8 | /255
            {attack: patch, epsilon: 16}            | epsilon must be in [0, 1], got 16 | /255
            {attack: cw-linf, epsilon: -0.1}        | epsilon must be in [0, 1] | -0.1
            {attack: pgd, step-size: 0}             | step-size must be positive | 0
            {attack: pgd, steps: -1}                | steps must be in [0, 1000000] | -1
            {attack: pgd, restarts: 2, random-start: false} | restarts 2 are all the same | random-start
            {attack: pgd, target: cat}              | target must be none, random | cat
            {attack: patch, place: left}            | place must be random, centre, or | left
            {attack: pgd, steps: many}              | attack pgd | steps
            {attack: patch, height: 0}              | height must be at least 1 | 0
            {attack: deepfool, overshoot: 2}        | overshoot must be in [0.0, 1.0] | 2
            {attack: deepfool, candidates: 1}       | candidates must be at least 2 | 1
            {attack: cw-l2, c: -1}                  | c must be positive | -1
            {attack: cw-l2, abort-after: -1}        | abort-after | -1
            {attack: cw-l2, binary-search-steps: 0} | binary-search-steps must be in [1, 100] | 0
            {attack: cw-linf, learning-rate: 0}     | learning-rate must be positive | 0
            {attack: fgsm, epsilon: 8}              | epsilon must be in [0, 1], got 8 | /255
            {attack: fgsm, steps: 3}                | unknown key "steps" | epsilon
            {attack: mi-fgsm, decay: -1}            | decay must be in [0.0, 100.0] | -1
            {attack: apgd, step-size: 0.1}          | unknown key "step-size" | restarts
            {attack: apgd, restarts: 0}             | restarts must be in [1, 10000] | 0
            {attack: apgd, norm: l2, epsilon: -1}   | epsilon must be in [0.0, 10000.0] | -1
            {attack: square, share: 0}              | share must be positive | 0
            {attack: square, share: 1.5}            | share must be in [0.0, 1.0] | 1.5
            {attack: few-pixel, pixels: 0}          | pixels must be at least 1 | 0
            {attack: few-pixel, population: 3}      | population must be in [4, 1000000] | 3
            {attack: ead, beta: -0.1}               | beta must be in [0.0, 1.0] | -0.1
            {attack: ead, c: 0}                     | c must be positive | 0
            {attack: ead, rule: l2}                 | attack ead | rule
            {attack: noise, epsilon: 2}             | epsilon must be in [0, 1], got 2 | /255
            {attack: noise, distribution: poisson}  | attack noise | distribution
            {attack: jpeg, quality: 0}              | quality must be in [1, 100] | 0
            {attack: fgsn}                          | unknown attack "fgsn" | pgd, deepfool, cw-l2, cw-linf, patch
            {epsilon: 0.1}                          | needs its name under "attack" | pgd, deepfool
            """)
    void refusesWhatIsWrong(String yaml, String problem, String hint) {
        assertThatThrownBy(() -> Json.parseYaml(yaml, AttackSpec.class, "demo.yaml"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("demo.yaml")
                .hasMessageContaining(problem)
                .hasMessageContaining(hint);
    }

    @Test
    void theCatalogueDescribesEveryAttack() {
        assertThat(AttackCatalog.entries()).allSatisfy(entry -> {
            assertThat(entry.title()).isNotBlank();
            assertThat(entry.norm()).isNotBlank();
            assertThat(entry.citation()).isNotBlank();
            assertThat(entry.cost())
                    .matches(
                            switch (entry.kind()) {
                                case WHITE_BOX -> ".* forward and .* backward passes";
                                case BLACK_BOX -> ".* forward passes";
                                case NOT_AN_ATTACK -> "none";
                            });
        });
        assertThat(AttackCatalog.entries())
                .extracting(AttackCatalog.Entry::defaults)
                .containsExactlyElementsOf(AttackCatalog.all());
        assertThat(AttackCatalog.order().subList(0, 6))
                .containsExactlyElementsOf(
                        Arrays.stream(AttackClass.values()).map(AttackClass::id).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pgd       | 100 forward and 100 backward passes
            fgsm      | 1 forward and 1 backward passes
            apgd      | at most 101 forward and 100 backward passes
            square    | at most 5,000 forward passes
            few-pixel | at most 40,400 forward passes
            cw-l2     | at most about 1,001 forward and 1,000 backward passes
            """)
    void costsAreCountedFromTheSettings(String id, String cost) {
        assertThat(AttackCatalog.entries())
                .filteredOn(entry -> entry.defaults().id().equals(id))
                .extracting(AttackCatalog.Entry::cost)
                .containsExactly(cost);
    }
}

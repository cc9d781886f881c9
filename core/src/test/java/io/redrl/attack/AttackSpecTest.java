package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
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
        AttackSpec changed = spec.with("steps", 17);
        assertThat(changed).isNotEqualTo(spec).isInstanceOf(spec.getClass());
        String text = Json.line(changed);
        assertThat(text)
                .startsWith("{\"attack\":\"" + spec.attackClass().id() + "\"")
                .contains("\"steps\":17");
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
        assertThat(AttackCatalog.defaults("deepfool")).isEqualTo(new DeepFoolSpec(50, 0.02, 10));
        assertThat(AttackCatalog.defaults("cw-l2")).isEqualTo(new CwL2Spec(100, 0.01, 1000, 0, 1, 50));
        assertThat(AttackCatalog.defaults("cw-linf")).isEqualTo(new CwLinfSpec(8 / 255.0, 5, 0.005, 100, 0));
        assertThat(AttackCatalog.all())
                .extracting(AttackSpec::attackClass)
                .containsExactlyElementsOf(AttackClass.attacks());
    }

    @Test
    void theLineIsTheSameForEqualSettings() {
        AttackSpec spec = Json.parseYaml("{epsilon: 8/255, attack: pgd}", AttackSpec.class, "test");
        assertThat(Json.line(spec))
                .isEqualTo("{\"attack\":\"pgd\",\"epsilon\":0.03137254901960784,\"step-size\":0.01,\"steps\":100,"
                        + "\"random-start\":true}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {attack: pgd, epsilonn: 0.03}           | attack pgd | epsilonn
            {attack: pgd, epsilon: 8}               | epsilon must be in [0, 1], got 8 | /255
            {attack: patch, epsilon: 16}            | epsilon must be in [0, 1], got 16 | /255
            {attack: cw-linf, epsilon: -0.1}        | epsilon must be in [0, 1] | -0.1
            {attack: pgd, step-size: 0}             | step-size must be positive | 0
            {attack: pgd, steps: 0}                 | steps must be at least 1 | 0
            {attack: pgd, steps: many}              | attack pgd | steps
            {attack: patch, height: 0}              | height must be at least 1 | 0
            {attack: deepfool, overshoot: 2}        | overshoot must be in [0.0, 1.0] | 2
            {attack: deepfool, candidates: 1}       | candidates must be at least 2 | 1
            {attack: cw-l2, c: -1}                  | c must be positive | -1
            {attack: cw-l2, abort-after: -1}        | abort-after | -1
            {attack: cw-l2, binary-search-steps: 0} | binary-search-steps must be in [1, 100] | 0
            {attack: cw-linf, learning-rate: 0}     | learning-rate must be positive | 0
            {attack: fgsm}                          | unknown attack "fgsm" | pgd, deepfool, cw-l2, cw-linf, patch
            {epsilon: 0.1}                          | needs its name under "attack" | pgd, deepfool
            """)
    void refusesWhatIsWrong(String yaml, String problem, String hint) {
        assertThatThrownBy(() -> Json.parseYaml(yaml, AttackSpec.class, "demo.yaml"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("demo.yaml")
                .hasMessageContaining(problem)
                .hasMessageContaining(hint);
    }
}

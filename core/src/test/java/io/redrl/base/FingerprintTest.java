package io.redrl.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private record Inner(double rate, List<Integer> steps) {}

    private record Settings(String model, long seed, Inner training) {}

    private static Fingerprint of(String model, long seed, double rate, Integer... steps) {
        return Fingerprint.of(new Settings(model, seed, new Inner(rate, List.of(steps))));
    }

    @Test
    void isTheHashOfEverything() {
        Fingerprint one = of("vgg8", 1, 1e-3, 1, 2);
        assertThat(one.sha256()).isEqualTo(of("vgg8", 1, 1e-3, 1, 2).sha256()).hasSize(64);
        assertThat(one.sha256()).isNotEqualTo(of("vgg8", 1, 1e-3, 1, 3).sha256());
    }

    @Test
    void acceptsTheSameWrittenOtherwise() {
        Fingerprint one = of("vgg8", 1, 1e-3, 1, 2);
        Fingerprint pretty = new Fingerprint(Json.pretty(new Settings("vgg8", 1, new Inner(1e-3, List.of(1, 2)))));
        assertThatCode(() -> one.requireSame(pretty, "folder")).doesNotThrowAnyException();
    }

    @Test
    void saysWhatIsDifferent() {
        assertThatThrownBy(() -> of("vgg8", 1, 1e-3, 1, 2).requireSame(of("vgg8", 11, 2e-3, 1, 2), "runs/x"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("runs/x was made from something else")
                .hasMessageContaining("seed (11, asked for 1)")
                .hasMessageContaining("training.rate (0.002, asked for 0.001)")
                .hasMessageNotContaining("model")
                .hasMessageNotContaining("steps");
    }

    @Test
    void namesWhatOnlyOneOfThemHasAndSparesLongValues() {
        Fingerprint here = new Fingerprint("{\"a\": 1, \"long\": \"" + "x".repeat(100) + "\"}");
        assertThat(here.differences(new Fingerprint("{\"b\": 1}")))
                .containsExactly("a (nothing, asked for 1)", "b (1, asked for nothing)", "long");
        assertThat(of("a", 1, 1, 5, 6, 7).differences(of("a", 1, 1, 5, 0, 7)))
                .containsExactly("training.steps[1] (0, asked for 6)");
    }
}

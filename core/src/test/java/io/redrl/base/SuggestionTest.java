package io.redrl.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
    private static final List<String> KNOWN =
            List.of("epsilon", "step-size", "steps", "random-start", "reference-label", "pgd", "c");

    @ParameterizedTest
    @CsvSource({
        "epsilonn, epsilon",
        "espilon, epsilon",
        "eps, epsilon",
        "step_size, step-size",
        "stepsize, step-size",
        "step, steps",
        "Steps, steps",
        "reference, reference-label",
        "pdg, pgd"
    })
    void whatIsNearIsMeant(String written, String meant) {
        assertThat(Suggestion.of(written, KNOWN)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"overshoot", "x", "deepfool", "fgsm"})
    void nothingNearIsNoSuggestion(String written) {
        assertThat(Suggestion.text(written, KNOWN)).doesNotContain("did you mean epsilon", "did you mean steps");
        assertThat(Suggestion.of("overshoot", KNOWN)).isEmpty();
    }

    @Test
    void aSuggestionEndsAMessage() {
        assertThat(Suggestion.text("epsilonn", KNOWN)).isEqualTo("; did you mean epsilon?");
        assertThat(Suggestion.text("overshoot", KNOWN)).isEmpty();
    }
}

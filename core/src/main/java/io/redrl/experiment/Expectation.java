package io.redrl.experiment;

import io.redrl.base.Checks;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.RecognitionResult;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Accuracy that an experiment's file expects of a recogniser.
 *
 * @param macro accuracy in per cent, the mean over classes
 * @param tolerance in points: how far another run of the same file, on another machine, may be from it
 */
public record Expectation(double macro, double tolerance) {
    /** Checks ranges. */
    public Expectation {
        Checks.inRange("expected macro accuracy in %", macro, 0, 100);
        Checks.inRange("tolerance in points", tolerance, 0, 100);
    }

    /**
     * An expectation beside what was measured.
     *
     * @param recogniser its name
     * @param expected what the file says
     * @param measured macro accuracy in per cent; empty if the run has no such recogniser
     */
    public record Check(String recogniser, Expectation expected, Optional<Double> measured) {
        /** Whether the measured number is where it was expected. */
        public boolean met() {
            // Per cent come from divisions: 84.0 expected within 4.0 of 80.0 must not fail by the last bit.
            return measured.filter(m -> Math.abs(m - expected.macro()) <= expected.tolerance() + 1e-9)
                    .isPresent();
        }

        /** One line for people: {@code met: redrl macro 81.3, expected 80.0 ± 4.0}. */
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%s: %s macro %s, expected %.1f ± %.1f",
                    met() ? "met" : "missed",
                    recogniser,
                    measured.map(m -> String.format(Locale.ROOT, "%.1f", m)).orElse("not measured"),
                    expected.macro(),
                    expected.tolerance());
        }
    }

    /** Holds every expectation against a finished run. */
    public static List<Check> check(Map<String, Expectation> expected, Evaluation evaluation) {
        return expected.entrySet().stream()
                .map(e -> new Check(
                        e.getKey(),
                        e.getValue(),
                        evaluation.recognition().stream()
                                .filter(r -> r.name().equals(e.getKey()))
                                .map(RecognitionResult::confusion)
                                .map(c -> 100 * c.macro())
                                .findFirst()))
                .toList();
    }
}

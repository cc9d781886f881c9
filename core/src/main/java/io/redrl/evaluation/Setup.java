package io.redrl.evaluation;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ReferenceLabel;
import io.redrl.adversarial.SetRows;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.stats.Proportion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Set-up of a run: what was run, and on how much.
 *
 * @param dataset the data set's id: {@code cifar10}, {@code tiny-imagenet} or another
 * @param trainImages different images that the recognisers learned from
 * @param testImages different images that they were tested on; no training saw them
 * @param trainRows examples to learn from, clean and attacked
 * @param testRows examples to test on, clean and attacked
 * @param storage {@code uint8} or {@code float32}
 * @param victims the attacked classifiers
 * @param attacks the attacks with all their settings
 * @param networks G, F and Ψ and how long they were trained, in a sentence or two
 * @param leftOut rows of the sets that are no examples of their attack, and count nowhere; absent in files of earlier versions
 */
public record Setup(
        String dataset,
        int trainImages,
        int testImages,
        int trainRows,
        int testRows,
        String storage,
        List<Victim> victims,
        List<AttackSettings> attacks,
        String networks,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<LeftOut> leftOut) {
    /** A set-up of which nothing was left out. */
    public Setup(
            String dataset,
            int trainImages,
            int testImages,
            int trainRows,
            int testRows,
            String storage,
            List<Victim> victims,
            List<AttackSettings> attacks,
            String networks) {
        this(
                dataset,
                trainImages,
                testImages,
                trainRows,
                testRows,
                storage,
                victims,
                attacks,
                networks,
                Optional.empty());
    }

    /** Copies the lists. */
    public Setup {
        victims = List.copyOf(victims);
        attacks = List.copyOf(attacks);
        Checks.require(!victims.isEmpty(), "a run needs at least one victim");
    }

    /**
     * Rows in which the attack changed nothing, or had nothing to do because the victim was wrong about the clean image, by attack.
     *
     * @param train of the training set
     * @param test of the test set
     */
    public record LeftOut(Map<String, Integer> train, Map<String, Integer> test) {
        /** Counts them in two sets, each with what its attacks move away from. */
        public static LeftOut of(
                List<AdversarialExample> train,
                ReferenceLabel ofTrain,
                List<AdversarialExample> test,
                ReferenceLabel ofTest) {
            return new LeftOut(counts(train, ofTrain), counts(test, ofTest));
        }

        private static Map<String, Integer> counts(List<AdversarialExample> rows, ReferenceLabel away) {
            Map<String, Integer> counts = new LinkedHashMap<>();
            for (AdversarialExample row : SetRows.heads(rows)) {
                if (!away.isExample(row)) {
                    counts.merge(row.attack(), 1, Integer::sum);
                }
            }
            return counts;
        }

        /** How many of the test set. */
        public int testRows() {
            return test.values().stream().mapToInt(Integer::intValue).sum();
        }

        /** How many of the training set. */
        public int trainRows() {
            return train.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /**
     * An attacked classifier.
     *
     * @param id the victim's name
     * @param description its kind in a few words, such as who trained it
     * @param parameters how many weights it has; 0 if unknown
     * @param accuracy right predictions for clean images of the test split
     */
    public record Victim(String id, String description, long parameters, Proportion accuracy) {}

    /**
     * An attack and what it was run with.
     *
     * @param attack the class's id
     * @param configs settings as JSON, one or more
     */
    public record AttackSettings(String attack, List<String> configs) {
        /** Copies the list. */
        public AttackSettings {
            configs = List.copyOf(configs);
        }
    }
}

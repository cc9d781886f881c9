package io.redrl.evaluation;

import io.redrl.base.Checks;
import io.redrl.stats.Proportion;
import java.util.List;

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
        String networks) {
    /** Copies the lists. */
    public Setup {
        victims = List.copyOf(victims);
        attacks = List.copyOf(attacks);
        Checks.require(!victims.isEmpty(), "a run needs at least one victim");
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

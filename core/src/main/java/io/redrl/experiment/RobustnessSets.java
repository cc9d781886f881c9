package io.redrl.experiment;

import io.redrl.adversarial.AdversarialManifest;
import io.redrl.adversarial.AdversarialSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What recognisers are measured on outside their training data. None of the sets but the first has clean rows.
 *
 * @param test the experiment's test set
 * @param images those of its images that the other sets are made from
 * @param victims by name, those that training never saw
 * @param settings known attacks with other settings
 * @param unknown attacks that training never saw
 * @param cleanCorruptions changes that are no attack
 */
record RobustnessSets(
        AdversarialSet test,
        List<Integer> images,
        Map<String, AdversarialSet> victims,
        @Nullable AdversarialSet settings,
        @Nullable AdversarialSet unknown,
        @Nullable AdversarialSet cleanCorruptions) {

    private List<AdversarialSet> sets() {
        List<AdversarialSet> sets = new ArrayList<>(List.of(test));
        sets.addAll(victims.values());
        for (AdversarialSet set : new AdversarialSet[] {settings, unknown, cleanCorruptions}) {
            if (set != null) {
                sets.add(set);
            }
        }
        return sets;
    }

    /** What the sets hold: names every byte. */
    List<AdversarialManifest> manifests() {
        return sets().stream().map(AdversarialSet::manifest).toList();
    }

    /** How many images a recogniser looks at. */
    long size(int transforms) {
        long transformed = (long) transforms
                * test.size()
                * images.size()
                / test.plan().indices().size();
        return sets().stream().mapToLong(AdversarialSet::size).sum() + transformed;
    }
}

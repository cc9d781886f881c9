package io.redrl.evaluation;

import java.util.Map;
import java.util.TreeMap;

/**
 * Manifest of a run: where its results come from, enough to make them again.
 *
 * @param spec the experiment file's text
 * @param specSha256 its checksum
 * @param seeds the seeds by what they are for
 * @param dataset the data set's id
 * @param datasetSha256 the checksum of its content
 * @param models the checksums of victims' and recognisers' weights by name
 * @param environment on what it ran
 * @param started when the run began, ISO 8601
 * @param seconds the stages' times added up; stages that ran side by side count each
 */
public record RunManifest(
        String spec,
        String specSha256,
        Map<String, Long> seeds,
        String dataset,
        String datasetSha256,
        Map<String, String> models,
        RunEnvironment environment,
        String started,
        double seconds) {
    /** Sorts the maps, so that the same run gives the same text. */
    public RunManifest {
        seeds = java.util.Collections.unmodifiableMap(new TreeMap<>(seeds));
        models = java.util.Collections.unmodifiableMap(new TreeMap<>(models));
    }
}

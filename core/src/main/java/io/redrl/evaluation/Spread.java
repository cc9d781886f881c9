package io.redrl.evaluation;

import io.redrl.base.Checks;
import java.util.Arrays;
import java.util.List;

/**
 * How far a number moves from one training seed to the next.
 *
 * @param mean over the seeds
 * @param sd standard deviation over the seeds (n − 1 in the denominator); NaN for one seed
 * @param low the smallest
 * @param high the largest
 */
public record Spread(double mean, double sd, double low, double high) {
    /** The spread of some values, at least one. */
    public static Spread of(double... values) {
        Checks.require(values.length > 0, "a spread needs at least one value");
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return new Spread(
                mean,
                values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : Double.NaN,
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow());
    }

    /**
     * A recogniser's accuracies over its training seeds.
     *
     * @param base its name
     * @param title how tables call it
     * @param seeds how many
     * @param perClass accuracy of each class, in the order of {@link ClassNames#ids()}
     * @param macro mean over classes
     * @param micro over all examples
     */
    public record OfSeeds(String base, String title, int seeds, List<Spread> perClass, Spread macro, Spread micro) {
        /** Copies the list. */
        public OfSeeds {
            perClass = List.copyOf(perClass);
        }
    }

    /** The recognisers that were trained from more than one seed, in the order of {@code results}. */
    public static List<OfSeeds> ofSeeds(List<RecognitionResult> results) {
        return results.stream()
                .filter(r -> r.seed() == 1)
                .map(first -> results.stream()
                        .filter(r -> r.base().equals(first.name()))
                        .toList())
                .filter(all -> all.size() > 1)
                .map(Spread::together)
                .toList();
    }

    private static OfSeeds together(List<RecognitionResult> all) {
        RecognitionResult first = all.get(0);
        return new OfSeeds(
                first.base(),
                first.title(),
                all.size(),
                ClassNames.ids().stream()
                        .map(id -> of(all.stream()
                                .mapToDouble(r -> r.confusion().accuracy(id).value())
                                .toArray()))
                        .toList(),
                of(all.stream().mapToDouble(r -> r.confusion().macro()).toArray()),
                of(all.stream().mapToDouble(r -> r.confusion().micro().value()).toArray()));
    }
}

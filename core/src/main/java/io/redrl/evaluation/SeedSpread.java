package io.redrl.evaluation;

import io.redrl.stats.Spread;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Accuracies of a recogniser over its training seeds.
 *
 * @param base its name
 * @param title how tables call it
 * @param seeds how many
 * @param perClass accuracy of each class, in the order of {@link ClassNames#ids()}
 * @param macro mean over classes
 * @param micro over all examples
 */
public record SeedSpread(String base, String title, int seeds, List<Spread> perClass, Spread macro, Spread micro) {
    /** Copies the list. */
    public SeedSpread {
        perClass = List.copyOf(perClass);
    }

    /** The recognisers that were trained from more than one seed, in the order of {@code results}. */
    public static List<SeedSpread> of(List<RecognitionResult> results) {
        return results.stream()
                .filter(r -> r.seed() == 1)
                .map(first -> results.stream()
                        .filter(r -> r.base().equals(first.name()))
                        .toList())
                .filter(all -> all.size() > 1)
                .map(SeedSpread::together)
                .toList();
    }

    private static SeedSpread together(List<RecognitionResult> all) {
        RecognitionResult first = all.get(0);
        return new SeedSpread(
                first.base(),
                first.title(),
                all.size(),
                ClassNames.ids().stream()
                        .map(id -> spread(all, c -> c.accuracy(id).value()))
                        .toList(),
                spread(all, ConfusionMatrix::macro),
                spread(all, c -> c.micro().value()));
    }

    private static Spread spread(List<RecognitionResult> all, ToDoubleFunction<ConfusionMatrix> accuracy) {
        return Spread.of(all.stream()
                .mapToDouble(r -> accuracy.applyAsDouble(r.confusion()))
                .toArray());
    }
}

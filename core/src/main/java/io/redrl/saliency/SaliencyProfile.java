package io.redrl.saliency;

import io.redrl.base.Checks;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mean saliency of a victim's filters under one attack, by layer and rank (a curve of Figures 5 and 8 to 15): in each image the
 * filters of each layer are sorted from most to least salient, then images are averaged rank by rank.
 *
 * @param victim its name
 * @param attack its name, or {@code clean}
 * @param images how many
 * @param layout the victim's layers
 * @param mean K values, layer after layer, falling within each layer
 * @param standardError of each of {@code mean}; 0 for one image
 */
public record SaliencyProfile(
        String victim, String attack, int images, FilterLayout layout, List<Double> mean, List<Double> standardError) {
    /** Copies the lists and checks their length. */
    public SaliencyProfile {
        mean = List.copyOf(mean);
        standardError = List.copyOf(standardError);
        Checks.positive("images", images);
        int filters = layout.filters();
        Checks.require(
                mean.size() == filters && standardError.size() == filters,
                "a profile of %d filters needs as many means and errors, got %d and %d",
                filters,
                mean.size(),
                standardError.size());
    }

    /** The mean over each layer's filters, first to last layer. */
    public List<Double> layerMeans() {
        return IntStream.range(0, layout.layers().size())
                .mapToObj(layer -> mean.subList(layout.offset(layer), layout.offset(layer + 1)).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow())
                .toList();
    }
}

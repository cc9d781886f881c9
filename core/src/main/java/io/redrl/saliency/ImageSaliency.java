package io.redrl.saliency;

import io.redrl.image.Image;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Saliency of one image: the most salient filters of a victim and the image's saliency map, in plain values for those who know no
 * tensors.
 *
 * @param victim its name
 * @param prediction the class that the victim sees
 * @param label y, the class with which saliency was measured
 * @param filters the most salient ones, most salient first
 * @param map input-space saliency, C·H·W values of at least 0
 */
public record ImageSaliency(String victim, int prediction, int label, List<Filter> filters, List<Double> map) {
    /**
     * A filter.
     *
     * @param layer the convolution's name
     * @param filter its output channel, from 0
     * @param saliency s, the mean absolute gradient
     * @param standardised ŝ, in standard deviations
     */
    public record Filter(String layer, int filter, double saliency, double standardised) {}

    /** Copies the lists. */
    public ImageSaliency {
        filters = List.copyOf(filters);
        map = List.copyOf(map);
    }

    /**
     * Measures an image.
     *
     * @param victim whose filters
     * @param statistics of the same victim
     * @param settings of the map; their number of filters is also how many are listed
     * @param image of the victim's shape
     * @param label y
     * @throws io.redrl.base.RedrlException if statistics, image or label do not suit the victim
     */
    public static ImageSaliency of(
            FilterSaliency victim, FilterStatistics statistics, InputSaliency settings, Image image, int label) {
        Classifier classifier = victim.victim();
        return Scopes.valued(() -> {
            Tensor pixels = Tensors.pixels(List.of(image));
            long[] labels = {label};
            double[] saliency = victim.of(pixels, labels)[0];
            double[] standardised = statistics.standardised(saliency, settings.signed());
            double[] map = settings.maps(victim, statistics, pixels, labels)[0];
            return new ImageSaliency(
                    classifier.id(),
                    (int) classifier.predict(pixels)[0],
                    label,
                    most(victim.layout(), saliency, standardised, settings.filters()),
                    IntStream.range(0, map.length).mapToObj(i -> map[i]).toList());
        });
    }

    /** The class that the victim sees in an image of its shape. */
    public static int prediction(Classifier victim, Image image) {
        return Scopes.valued(() -> (int) victim.predict(Tensors.pixels(List.of(image)))[0]);
    }

    /** What a picture shows: the map's largest value over the channels, H·W values. */
    public double[] overChannels(int channels) {
        return InputSaliency.overChannels(
                map.stream().mapToDouble(Double::doubleValue).toArray(), channels);
    }

    private static List<Filter> most(FilterLayout layout, double[] saliency, double[] standardised, int count) {
        return IntStream.range(0, layout.layers().size())
                .boxed()
                .flatMap(layer -> IntStream.range(layout.offset(layer), layout.offset(layer + 1))
                        .mapToObj(k -> new Filter(
                                layout.layers().get(layer).name(),
                                k - layout.offset(layer),
                                saliency[k],
                                standardised[k])))
                .sorted(Comparator.comparingDouble(Filter::standardised).reversed())
                .limit(count)
                .toList();
    }
}

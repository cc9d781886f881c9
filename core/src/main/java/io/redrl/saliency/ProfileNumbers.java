package io.redrl.saliency;

import io.redrl.base.Checks;
import java.util.List;

/**
 * Shares of a profile's saliency in the first, middle and last third of the network.
 *
 * <p>The mass of a filter rank is the magnitude of its mean saliency, that of a layer the sum over its ranks, so wide
 * layers weigh more. Layer l (from 0) of L belongs to the first, middle or last third where &lfloor;3l/L&rfloor; is 0,
 * 1 or 2: a layer over goes to the first third, two over to the first and the middle one (7 layers: 3, 2 and 2; 8: 3, 3
 * and 2). The last of fewer than three thirds is empty.
 *
 * @param attack its name, or {@code clean}
 * @param images how many the profile is over
 * @param layerMeans mean saliency of each layer's filters, first to last layer
 * @param first the first third's share of the mass, in [0, 1]
 * @param middle the middle third's share
 * @param last the last third's share; the three add up to 1, or are all 0 where no filter is salient at all
 */
public record ProfileNumbers(
        String attack, int images, List<Double> layerMeans, double first, double middle, double last) {
    /** Copies the list and checks ranges. */
    public ProfileNumbers {
        layerMeans = List.copyOf(layerMeans);
        Checks.positive("images", images);
        Checks.inRange("first", first, 0, 1);
        Checks.inRange("middle", middle, 0, 1);
        Checks.inRange("last", last, 0, 1);
    }

    /** The numbers of a profile. */
    public static ProfileNumbers of(SaliencyProfile profile) {
        List<FilterLayout.Layer> layers = profile.layout().layers();
        double[] mass = new double[3];
        int filter = 0;
        for (int layer = 0; layer < layers.size(); layer++) {
            int end = filter + layers.get(layer).filters();
            for (; filter < end; filter++) {
                mass[3 * layer / layers.size()] += Math.abs(profile.mean().get(filter));
            }
        }
        double all = mass[0] + mass[1] + mass[2];
        double unit = all == 0 ? 1 : all;
        return new ProfileNumbers(
                profile.attack(),
                profile.images(),
                profile.layerMeans(),
                mass[0] / unit,
                mass[1] / unit,
                mass[2] / unit);
    }
}

package io.redrl.saliency;

import java.util.List;

/**
 * A profile in a few numbers: how salient each layer is, and how the saliency lies over the depth of the network.
 *
 * @param attack its name, or {@code clean}
 * @param images how many
 * @param layerMeans the mean over each layer's filters, first to last layer
 * @param first share of the mass in the first third of the convolutions by depth, in [0, 1]
 * @param middle share in the middle third
 * @param last share in the last third
 */
public record ProfileNumbers(
        String attack, int images, List<Double> layerMeans, double first, double middle, double last) {}

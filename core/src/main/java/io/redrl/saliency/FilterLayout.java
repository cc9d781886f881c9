package io.redrl.saliency;

import io.redrl.base.Checks;
import java.util.List;

/**
 * Order of a victim's filters: convolutions as an image meets them, each with its output channels. Everything per filter is an array of {@link #filters()} values in this order.
 *
 * @param layers convolutions, first to last
 */
public record FilterLayout(List<Layer> layers) {
    /**
     * A convolution.
     *
     * @param name of its weights, such as {@code layer1.0.conv1}
     * @param filters its output channels
     */
    public record Layer(String name, int filters) {
        /** Refuses a layer without filters. */
        public Layer {
            Checks.positive("filters of layer " + name, filters);
        }
    }

    /** Copies the list; refuses a victim without convolutions. */
    public FilterLayout {
        layers = List.copyOf(layers);
        Checks.require(!layers.isEmpty(), "a victim without convolutions has no filters to look at");
    }

    /** The number of filters K. */
    public int filters() {
        return layers.stream().mapToInt(Layer::filters).sum();
    }

    /** The index of a layer's first filter; that of the layer after the last is K. */
    public int offset(int layer) {
        return layers.subList(0, layer).stream().mapToInt(Layer::filters).sum();
    }
}

package io.redrl.report;

import io.redrl.saliency.FilterLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/**
 * A victim's filters gathered into so many columns as a figure can show. A column is one filter, or neighbours of one
 * layer; every layer has a column.
 */
final class FilterColumns {
    /** The first filter of each column, then the number of filters. */
    private final int[] starts;

    private FilterColumns(int[] starts) {
        this.starts = starts;
    }

    /**
     * Shares columns among layers by their filters.
     *
     * @param most columns, and at most one more for each layer
     */
    static FilterColumns of(FilterLayout layout, int most) {
        int filters = layout.filters();
        List<Integer> starts = new ArrayList<>();
        int offset = 0;
        for (FilterLayout.Layer layer : layout.layers()) {
            long share = ((long) layer.filters() * most + filters - 1) / filters;
            int columns = (int) Math.min(layer.filters(), Math.max(1, share));
            for (int i = 0; i < columns; i++) {
                starts.add(offset + (int) ((long) i * layer.filters() / columns));
            }
            offset += layer.filters();
        }
        starts.add(filters);
        return new FilterColumns(starts.stream().mapToInt(Integer::intValue).toArray());
    }

    /** How many columns. */
    int count() {
        return starts.length - 1;
    }

    /** The first filter of a column; that of the column after the last is the number of filters. */
    int start(int column) {
        return starts[column];
    }

    /** The largest of each column's values. */
    double[] highest(List<Double> values) {
        return gathered(values, Math::max);
    }

    /** The smallest of each column's values. */
    double[] lowest(List<Double> values) {
        return gathered(values, Math::min);
    }

    private double[] gathered(List<Double> values, DoubleBinaryOperator choice) {
        return IntStream.range(0, count())
                .mapToDouble(column -> values.subList(starts[column], starts[column + 1]).stream()
                        .mapToDouble(Double::doubleValue)
                        .reduce(choice)
                        .orElseThrow())
                .toArray();
    }
}

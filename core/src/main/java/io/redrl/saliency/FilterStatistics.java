package io.redrl.saliency;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Mean &mu;_k and standard deviation &sigma;_k of every filter's saliency over ordinary images, by which the saliency of one image is
 * {@link #standardised}.
 *
 * <p>It knows the index of every image in it, so that work can be stopped, {@link #save saved}, {@link #open resumed}
 * and divided: parts with different images can be {@link #merged}. The order of images and parts changes the numbers in
 * their last digits only.
 *
 * <p>Not safe for several threads at once; give each its own part.
 */
public final class FilterStatistics {
    private static final int LARGEST_INDEX = 999_999_999;

    private final String victim;
    private final String victimChecksum;
    private final String data;
    private final String dataChecksum;
    private final FilterLayout layout;
    private final BitSet indices;
    private final FilterMoments moments;

    private FilterStatistics(
            String victim,
            String victimChecksum,
            String data,
            String dataChecksum,
            FilterLayout layout,
            BitSet indices,
            FilterMoments moments) {
        this.victim = victim;
        this.victimChecksum = victimChecksum;
        this.data = data;
        this.dataChecksum = dataChecksum;
        this.layout = layout;
        this.indices = indices;
        this.moments = moments;
    }

    /**
     * Statistics without images.
     *
     * @param victim its name, for messages
     * @param victimChecksum of its weights
     * @param data the name of the data set and split, for messages
     * @param dataChecksum of the images that indices refer to
     * @param layout the victim's filters
     */
    public static FilterStatistics empty(
            String victim, String victimChecksum, String data, String dataChecksum, FilterLayout layout) {
        return new FilterStatistics(
                victim, victimChecksum, data, dataChecksum, layout, new BitSet(), new FilterMoments(layout));
    }

    /**
     * Adds an image.
     *
     * @param index of the image in the data set, in [0, 999999999]
     * @param saliency its K values, in any unit; not kept
     * @throws RedrlException if the image is in it already, there are not K values, or one is not finite;
     *     nothing is added then
     */
    public void add(int index, double[] saliency) {
        Checks.inRange("an image index", index, 0, LARGEST_INDEX);
        Checks.require(!indices.get(index), "image %d of %s is in the statistics of %s already", index, data, victim);
        moments.check("image " + index, saliency);
        indices.set(index);
        moments.add(saliency);
    }

    /**
     * The statistics of both parts' images; neither part changes.
     *
     * @throws RedrlException if the other part is of another victim, layout or data set, or an image is in
     *     both
     */
    public FilterStatistics merged(FilterStatistics other) {
        Checks.require(
                victimChecksum.equals(other.victimChecksum),
                "statistics of different victims cannot be merged: %s (checksum %s) and %s (checksum %s)",
                victim,
                victimChecksum,
                other.victim,
                other.victimChecksum);
        if (!layout.equals(other.layout)) {
            throw new RedrlException("statistics of different filters cannot be merged: "
                    + difference("one", layout, "the other", other.layout));
        }
        Checks.require(
                dataChecksum.equals(other.dataChecksum),
                "statistics of different data cannot be merged: %s (checksum %s) and %s (checksum %s)",
                data,
                dataChecksum,
                other.data,
                other.dataChecksum);
        BitSet common = (BitSet) indices.clone();
        common.and(other.indices);
        Checks.require(
                common.isEmpty(),
                "the parts share images %s of %s: merge parts with different images",
                IndexSets.text(common),
                data);
        BitSet both = (BitSet) indices.clone();
        both.or(other.indices);
        return new FilterStatistics(
                victim, victimChecksum, data, dataChecksum, layout, both, moments.merged(other.moments));
    }

    /** How many images are in it. */
    public long images() {
        return moments.rows();
    }

    /** Whether the image with this index is in it. */
    public boolean contains(int index) {
        return indices.get(index);
    }

    /** The indices of its images, such as {@code 0-99,200}, rising; empty without images. */
    public String indices() {
        return IndexSets.text(indices);
    }

    /** The victim's name. */
    public String victim() {
        return victim;
    }

    /** The victim's filters. */
    public FilterLayout layout() {
        return layout;
    }

    /**
     * The K means &mu;, in the unit of the saliency; a copy.
     *
     * @throws RedrlException without images
     */
    public double[] mean() {
        requireImages("a mean", 1);
        return moments.mean();
    }

    /**
     * The K unbiased standard deviations &sigma;, in the unit of the saliency; a copy. A filter whose deviation is 0
     * gets 1, as in the published code of Levin et al.
     *
     * @throws RedrlException of fewer than two images
     */
    public double[] deviation() {
        requireImages("a standard deviation", 2);
        double[] deviation = moments.deviation();
        for (int k = 0; k < deviation.length; k++) {
            if (deviation[k] == 0) {
                deviation[k] = 1;
            }
        }
        return deviation;
    }

    /**
     * How far an image's saliency is from the mean, in standard deviations, filter by filter.
     *
     * @param saliency the image's K values, in the unit of those that were added
     * @param signed false: |s - &mu;| / &sigma;, at least 0 (equation 6 of Souri et al., "Identification of
     *     Attack-Specific Signatures in Adversarial Examples"); true: (s - &mu;) / &sigma; (Levin et al., "Where do
     *     Models go Wrong? Parameter-Space Saliency Maps for Explainability", 2022)
     * @throws RedrlException of fewer than two images, or if there are not K values, or one is not finite
     */
    public double[] standardised(double[] saliency, boolean signed) {
        double[] deviation = deviation();
        double[] mean = moments.mean();
        moments.check("an image to standardise", saliency);
        double[] standardised = new double[mean.length];
        for (int k = 0; k < mean.length; k++) {
            double distance = (saliency[k] - mean[k]) / deviation[k];
            standardised[k] = signed ? distance : Math.abs(distance);
        }
        return standardised;
    }

    /**
     * Refuses to be used for another victim than it was made of.
     *
     * @param source where it comes from, for the message: a file, as a rule
     * @param wantedChecksum the checksum of the victim's weights
     * @param wantedLayout the victim's filters
     */
    public void requireOf(String source, String wantedChecksum, FilterLayout wantedLayout) {
        Checks.require(
                victimChecksum.equals(wantedChecksum),
                "the statistics in %s are of another victim: %s (checksum %s), wanted checksum %s; make them anew",
                source,
                victim,
                victimChecksum,
                wantedChecksum);
        if (!layout.equals(wantedLayout)) {
            throw new RedrlException("the statistics in " + source + " are of other filters: "
                    + difference("them", layout, "the victim", wantedLayout) + "; make them anew");
        }
    }

    /** Writes a JSON file, which is complete or as it was; {@link #open} gives back every bit. */
    public void save(Path file) {
        Json.write(
                file,
                new Stored(
                        victim,
                        victimChecksum,
                        data,
                        dataChecksum,
                        layout,
                        images(),
                        indices(),
                        Arrays.stream(moments.mean()).boxed().toList(),
                        Arrays.stream(moments.squares()).boxed().toList()));
    }

    /**
     * Reads what {@link #save} wrote. Merged with the {@link #empty} statistics of the victim and the data set at hand,
     * it is checked against both.
     *
     * @throws RedrlException if there is no such file, or it was altered so that its parts do not fit
     */
    public static FilterStatistics open(Path file) {
        Stored stored = Json.read(file, Stored.class);
        return new FilterStatistics(
                stored.victim,
                stored.victimChecksum,
                stored.data,
                stored.dataChecksum,
                stored.layout,
                IndexSets.parse(stored.indices),
                new FilterMoments(stored.layout, stored.images, stored.mean, stored.squares));
    }

    private void requireImages(String what, int least) {
        Checks.require(
                images() >= least,
                "%s over images takes at least %d; the statistics of %s on %s have %d",
                what,
                least,
                victim,
                data,
                images());
    }

    /** Where two layouts that differ part. */
    private static String difference(String name, FilterLayout layout, String otherName, FilterLayout other) {
        int layer = 0;
        while (layerName(layout, layer).equals(layerName(other, layer))) {
            layer++;
        }
        return String.format(
                "layer %d is %s in %s and %s in %s",
                layer, layerName(layout, layer), name, layerName(other, layer), otherName);
    }

    private static String layerName(FilterLayout layout, int layer) {
        if (layer >= layout.layers().size()) {
            return "absent";
        }
        FilterLayout.Layer found = layout.layers().get(layer);
        return found.name() + " (" + found.filters() + " filters)";
    }

    /** The file. */
    private record Stored(
            String victim,
            String victimChecksum,
            String data,
            String dataChecksum,
            FilterLayout layout,
            long images,
            String indices,
            List<Double> mean,
            List<Double> squares) {
        Stored {
            int filters = layout.filters();
            Checks.require(
                    mean.size() == filters && squares.size() == filters,
                    "statistics of %d filters need as many means and squares, got %d and %d",
                    filters,
                    mean.size(),
                    squares.size());
            int listed = IndexSets.parse(indices).cardinality();
            Checks.require(listed == images, "%d images do not fit the %d indices in %s", images, listed, indices);
            Checks.require(
                    mean.stream().allMatch(Double::isFinite)
                            && squares.stream().allMatch(square -> Double.isFinite(square) && square >= 0),
                    "a mean or a sum of squares is not a finite number, or a sum of squares is below 0");
        }
    }
}

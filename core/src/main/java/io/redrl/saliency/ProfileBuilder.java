package io.redrl.saliency;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Builder of the {@link SaliencyProfile} of a victim and an attack, image by image. Not safe for several threads at once.
 */
public final class ProfileBuilder {
    private final String victim;
    private final String attack;
    private final FilterLayout layout;
    private final FilterMoments ranks;
    private final Map<Long, double[]> layerMeans = new LinkedHashMap<>();

    /**
     * No images yet.
     *
     * @param victim its name
     * @param attack its name, or {@code clean}
     * @param layout the victim's filters
     */
    public ProfileBuilder(String victim, String attack, FilterLayout layout) {
        this.victim = victim;
        this.attack = attack;
        this.layout = layout;
        this.ranks = new FilterMoments(layout);
    }

    /**
     * Adds an image.
     *
     * @param imageId tells images apart, the same for every attack on an image
     * @param standardised its K values from {@link FilterStatistics#standardised}; not kept or changed
     * @throws RedrlException if the image was added before, there are not K values, or one is not finite; nothing is
     *     added then
     */
    public void add(long imageId, double[] standardised) {
        Checks.require(
                !layerMeans.containsKey(imageId),
                "image %d is in the profile of %s under %s already",
                imageId,
                victim,
                attack);
        ranks.check("image " + imageId, standardised);
        double[] falling = new double[standardised.length];
        double[] means = new double[layout.layers().size()];
        int start = 0;
        for (int layer = 0; layer < means.length; layer++) {
            int end = start + layout.layers().get(layer).filters();
            double[] rising = Arrays.copyOfRange(standardised, start, end);
            Arrays.sort(rising);
            for (int rank = 0; rank < rising.length; rank++) {
                falling[start + rank] = rising[rising.length - 1 - rank];
            }
            means[layer] = Arrays.stream(rising).average().orElseThrow();
            start = end;
        }
        ranks.add(falling);
        layerMeans.put(imageId, means);
    }

    /**
     * The profile of the images so far; its standard errors are sd / &radic;n with the unbiased sd over images.
     *
     * @throws RedrlException without images
     */
    public SaliencyProfile profile() {
        int images = layerMeans.size();
        Checks.require(images > 0, "no image qualifies for the saliency profile of %s under %s", victim, attack);
        double[] deviation = images > 1 ? ranks.deviation() : new double[layout.filters()];
        return new SaliencyProfile(
                victim,
                attack,
                images,
                layout,
                Arrays.stream(ranks.mean()).boxed().toList(),
                Arrays.stream(deviation).mapToObj(sd -> sd / Math.sqrt(images)).toList());
    }

    /** For each image id, in the order added, the mean over each layer's filters, first to last layer; a copy. */
    public Map<Long, double[]> layerMeans() {
        Map<Long, double[]> copy = new LinkedHashMap<>();
        layerMeans.forEach((image, means) -> copy.put(image, means.clone()));
        return copy;
    }
}

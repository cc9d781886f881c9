package io.redrl.recognition;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.calibration.SyntheticOutlier;
import io.redrl.data.ImageDataset;
import io.redrl.image.Corruptions;
import io.redrl.tensor.Lanes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * What {@link Exposure} shows beside a training set.
 *
 * @param augmented every row of the set after {@link Corruptions}, in the set's order
 * @param outliers images that none of the classes made: of other attacks, and {@link SyntheticOutlier}; their rows' attack is what they
 *     were made by or from
 */
public record ExposureExamples(List<AdversarialExample> augmented, List<AdversarialExample> outliers) {
    /** Raised when what is made from the same rows changes. */
    public static final int VERSION = 1;

    /** How many outliers are made up from the rows of an image, at most. */
    public static final int MADE_UP_PER_IMAGE = SyntheticOutlier.IN_TRAINING.size();

    private static final int PIECE = 512;

    /** Copies the lists. */
    public ExposureExamples {
        augmented = List.copyOf(augmented);
        outliers = List.copyOf(outliers);
    }

    /**
     * Makes them.
     *
     * @param rows the training set, 8-bit
     * @param others rows of attacks that are none of the classes, on the same images; 8-bit, may be none
     * @param data the split that the rows' indices belong to
     * @param seed of all that is drawn
     */
    public static ExposureExamples of(
            List<AdversarialExample> rows, List<AdversarialExample> others, ImageDataset data, Seed seed) {
        List<Callable<List<AdversarialExample>>> work = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += PIECE) {
            List<AdversarialExample> piece = rows.subList(from, Math.min(rows.size(), from + PIECE));
            work.add(() -> piece.stream().map(row -> augmented(row, seed)).toList());
        }
        List<AdversarialExample> augmented =
                Lanes.map(work).stream().flatMap(List::stream).toList();
        List<AdversarialExample> outliers = new ArrayList<>(others);
        SyntheticOutlier.of(rows, SyntheticOutlier.IN_TRAINING, data, seed.child("strangers"))
                .forEach(image -> outliers.add(image.row()));
        return new ExposureExamples(augmented, outliers);
    }

    private static AdversarialExample augmented(AdversarialExample row, Seed seed) {
        Checks.require(
                row.image().storage() == Storage.UINT8,
                "exposure needs training images stored as uint8, got %s",
                row.image().storage());
        SplittableRandom random = seed.child("changes").child(row.index()).random();
        return row.withPixels(Corruptions.drawn(row.image().rounded(), random).pixels());
    }

    /** Augmented rows, then outliers. */
    public List<AdversarialExample> all() {
        List<AdversarialExample> all = new ArrayList<>(augmented);
        all.addAll(outliers);
        return all;
    }

    /**
     * Which of {@link #all} go with a part of the set: its rows augmented, and the outliers made from its images and with none of
     * some victims.
     *
     * @param places of the part's rows in the set
     * @param without names of victims
     */
    public int[] places(int[] places, List<String> without) {
        Set<Integer> images =
                Arrays.stream(places).mapToObj(i -> augmented.get(i).index()).collect(Collectors.toSet());
        List<Integer> kept = new ArrayList<>();
        Arrays.stream(places).forEach(kept::add);
        for (int i = 0; i < outliers.size(); i++) {
            AdversarialExample one = outliers.get(i);
            if (images.contains(one.index()) && !without.contains(one.victim())) {
                kept.add(augmented.size() + i);
            }
        }
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Those at places of {@link #all}, augmented rows first. */
    public ExposureExamples at(int[] places) {
        return new ExposureExamples(
                Arrays.stream(places)
                        .filter(i -> i < augmented.size())
                        .mapToObj(augmented::get)
                        .toList(),
                Arrays.stream(places)
                        .filter(i -> i >= augmented.size())
                        .mapToObj(i -> outliers.get(i - augmented.size()))
                        .toList());
    }
}

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
 * @param changed every row of the set after {@link Corruptions}, in the set's order
 * @param strangers images that none of the classes made: of other attacks, and {@link SyntheticOutlier}; their rows' attack is what they
 *     were made by or from
 */
public record ExposureExamples(List<AdversarialExample> changed, List<AdversarialExample> strangers) {
    /** Raised when what is made from the same rows changes. */
    public static final int VERSION = 1;

    /** How many strangers are made up from the rows of an image, at most. */
    public static final int MADE_UP_PER_IMAGE = SyntheticOutlier.IN_TRAINING.size();

    private static final int PIECE = 512;

    /** Copies the lists. */
    public ExposureExamples {
        changed = List.copyOf(changed);
        strangers = List.copyOf(strangers);
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
            work.add(() -> piece.stream().map(row -> changed(row, data, seed)).toList());
        }
        List<AdversarialExample> changed =
                Lanes.map(work).stream().flatMap(List::stream).toList();
        List<AdversarialExample> strangers = new ArrayList<>(others);
        SyntheticOutlier.of(rows, data, seed.child("strangers")).stream()
                .filter(image -> SyntheticOutlier.IN_TRAINING.contains(image.kind()))
                .forEach(image -> strangers.add(image.row()));
        return new ExposureExamples(changed, strangers);
    }

    private static AdversarialExample changed(AdversarialExample row, ImageDataset data, Seed seed) {
        Checks.require(
                row.image().storage() == Storage.UINT8, "exposure needs training images stored as uint8, got %s", row.image().storage());
        SplittableRandom random = seed.child("changes").child(row.index()).random();
        return row.withPixels(
                Corruptions.drawn(row.image().rounded(), random).pixels());
    }

    /** Changed rows, then strangers. */
    public List<AdversarialExample> all() {
        List<AdversarialExample> all = new ArrayList<>(changed);
        all.addAll(strangers);
        return all;
    }

    /**
     * Which of {@link #all} go with a part of the set: its rows changed, and the strangers made from its images and with none of
     * some victims.
     *
     * @param places of the part's rows in the set
     * @param without names of victims
     */
    public int[] places(int[] places, List<String> without) {
        Set<Integer> images =
                Arrays.stream(places).mapToObj(i -> changed.get(i).index()).collect(Collectors.toSet());
        List<Integer> kept = new ArrayList<>();
        Arrays.stream(places).forEach(kept::add);
        for (int i = 0; i < strangers.size(); i++) {
            AdversarialExample one = strangers.get(i);
            if (images.contains(one.index()) && !without.contains(one.victim())) {
                kept.add(changed.size() + i);
            }
        }
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Those at places of {@link #all}, changed rows first. */
    public ExposureExamples at(int[] places) {
        return new ExposureExamples(
                Arrays.stream(places)
                        .filter(i -> i < changed.size())
                        .mapToObj(changed::get)
                        .toList(),
                Arrays.stream(places)
                        .filter(i -> i >= changed.size())
                        .mapToObj(i -> strangers.get(i - changed.size()))
                        .toList());
    }
}

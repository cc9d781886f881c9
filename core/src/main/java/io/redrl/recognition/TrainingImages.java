package io.redrl.recognition;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
import io.redrl.adversarial.SetRows;
import io.redrl.adversarial.StoredImage;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.data.ImageDataset;
import io.redrl.features.VictimFeatureTable;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Training examples as they are stored: clean images, the rows of an adversarial set, and what exposure shows beside these (the same rows
 * augmented, outliers), each kind in a stack of its own. {@link SetRows} stay where they are, mapped once for all trainings, and so do the
 * clean images among them; everything else is packed in native memory. Closing it frees what it has packed.
 */
final class TrainingImages implements AutoCloseable {
    private static final List<AttackClass> ORDER = List.of(AttackClass.values());

    private final ImageShape shape;
    private final String checksum;
    /** The images, by index in the data set. */
    private final int[] images;
    /** Row numbers, by image and class; a class may have several rows (victims, configurations) or none. */
    private final int[] rows;
    /** Where in {@link #rows} those of an image's class begin, for all classes of all images and one more. */
    private final int[] starts;

    private final ImageStack adversarial;
    /** Where in {@link #adversarial} each row is. */
    private final int[] places;
    /** Where in {@link #clean} each image is. */
    private final int[] cleanPlaces;

    private final @Nullable ImageStack augmented;
    private final @Nullable ImageStack outliers;
    private final @Nullable ImageStack clean;
    private final int victims;
    private final int[] attackers;
    private final int[] outlierAttackers;
    private final @Nullable Tensor features;
    private final @Nullable Tensor augmentedFeatures;
    private final @Nullable Tensor outlierFeatures;

    /** Packs rows of a set alone. */
    TrainingImages(RecogniserSpec spec, List<AdversarialExample> examples, ImageDataset dataset) {
        this(spec, examples, null, dataset, null);
    }

    /**
     * Packs the examples.
     *
     * @param spec whose training it is: paired training leaves out images that do not have all six classes, and clean images are
     *     decoded only where the input or a loss looks at them
     * @param examples rows of an adversarial set, clean rows among them
     * @param more what exposure shows beside the very examples; null for none
     * @param dataset the images that their indices name
     * @param said victim features of the examples and after these of {@link ExposureExamples#all}, which stay the caller's; null
     *     without
     */
    TrainingImages(
            RecogniserSpec spec,
            List<AdversarialExample> examples,
            @Nullable ExposureExamples more,
            ImageDataset dataset,
            @Nullable VictimFeatureTable said) {
        boolean paired = spec.training().paired();
        shape = dataset.shape();
        if (more != null) {
            Checks.require(
                    more.augmented().size() == examples.size(),
                    "%d examples are augmented, expected all %d",
                    more.augmented().size(),
                    examples.size());
            more.all().forEach(example -> check(example, dataset));
        }
        List<AdversarialExample> heads = SetRows.heads(examples);
        heads.forEach(example -> check(example, dataset));
        int count = examples.size() + (more == null ? 0 : more.all().size());
        Checks.require(
                said == null || said.values().size(0) == count,
                "victim features are of %d examples, expected %d",
                said == null ? 0 : said.values().size(0),
                count);
        int[] order = order(heads);
        starts = new int[order.length * ORDER.size() + 1];
        rows = new int[examples.size()];
        images = sortedByClass(heads, order, paired);
        int[] kept = more == null
                ? new int[0]
                : IntStream.range(0, more.outliers().size())
                        .filter(i -> Arrays.binarySearch(
                                        images, more.outliers().get(i).index())
                                >= 0)
                        .toArray();
        checksum = checksum(examples, more, said);
        List<String> names = said == null ? List.of() : said.victims();
        victims = names.size();
        attackers = heads.stream().mapToInt(row -> names.indexOf(row.victim())).toArray();
        outlierAttackers = Arrays.stream(kept)
                .map(i -> names.indexOf(
                        Objects.requireNonNull(more).outliers().get(i).victim()))
                .toArray();
        int n = examples.size();
        features = part(said, IntStream.range(0, n));
        augmentedFeatures = more == null ? null : part(said, IntStream.range(n, 2 * n));
        outlierFeatures = more == null ? null : part(said, Arrays.stream(kept).map(i -> 2 * n + i));
        boolean needsClean = spec.input().needsClean() || spec.input().reconstructs();
        if (examples instanceof SetRows own) { // one mapping for all trainings; its clean rows are the clean images
            adversarial = own.images();
            places = own.places();
        } else {
            adversarial = ImageStack.of(examples);
            places = IntStream.range(0, n).toArray();
        }
        augmented = more == null ? null : ImageStack.of(more.augmented());
        outliers = kept.length == 0
                ? null
                : ImageStack.of(Arrays.stream(kept)
                        .mapToObj(Objects.requireNonNull(more).outliers()::get)
                        .toList());
        boolean shared =
                examples instanceof SetRows && IntStream.range(0, images.length).allMatch(image -> count(image, 0) > 0);
        cleanPlaces = shared
                ? IntStream.range(0, images.length)
                        .map(image -> places[row(image, 0, 0)])
                        .toArray()
                : IntStream.range(0, images.length).toArray();
        clean = !needsClean
                ? null
                : shared ? adversarial : ImageStack.of(images.length, shape, i -> dataset.pixels(images[i]));
    }

    /** The indices of the images that rows are of, ascending. */
    private static int[] order(List<AdversarialExample> rows) {
        return rows.stream()
                .mapToInt(AdversarialExample::index)
                .sorted()
                .distinct()
                .toArray();
    }

    /**
     * Fills {@link #rows} and {@link #starts}.
     *
     * @param order the images
     * @return those of them that are left
     */
    private int[] sortedByClass(List<AdversarialExample> heads, int[] order, boolean paired) {
        int classes = ORDER.size();
        int[] cell = new int[heads.size()];
        int[] counts = new int[order.length * classes];
        for (int row = 0; row < cell.length; row++) {
            AdversarialExample head = heads.get(row);
            cell[row] = Arrays.binarySearch(order, head.index()) * classes + ORDER.indexOf(head.attackClass());
            counts[cell[row]]++;
        }
        int[] left = IntStream.range(0, order.length)
                .filter(image ->
                        !paired || IntStream.range(0, classes).allMatch(label -> counts[image * classes + label] > 0))
                .toArray();
        Checks.require(
                left.length > 0,
                "no image among %d examples %s: nothing to train on",
                heads.size(),
                paired ? "has all six classes, which paired batches need" : "is left");
        int[] next = new int[counts.length];
        Arrays.fill(next, -1);
        int at = 0;
        for (int image = 0; image < left.length; image++) {
            for (int label = 0; label < classes; label++) {
                starts[image * classes + label] = at;
                next[left[image] * classes + label] = at;
                at += counts[left[image] * classes + label];
            }
        }
        Arrays.fill(starts, left.length * classes, starts.length, at);
        for (int row = 0; row < cell.length; row++) {
            if (next[cell[row]] >= 0) {
                rows[next[cell[row]]++] = row;
            }
        }
        return Arrays.stream(left).map(image -> order[image]).toArray();
    }

    private static @Nullable Tensor part(@Nullable VictimFeatureTable said, IntStream places) {
        return said == null
                ? null
                : Scopes.valuedNoGrad(() -> Scopes.owned(
                        Tensors.picked(said.values(), places.asLongStream().toArray())));
    }

    private static String checksum(
            List<AdversarialExample> examples, @Nullable ExposureExamples more, @Nullable VictimFeatureTable said) {
        MessageDigest digest = Checksums.sha256();
        if (examples instanceof SetRows own) {
            digest.update(own.checksum().getBytes(StandardCharsets.UTF_8));
        } else {
            examples.forEach(example -> update(digest, example));
        }
        if (more != null) {
            more.all().forEach(example -> update(digest, example));
        }
        if (said != null) {
            for (float value : Tensors.toFloats(said.values())) {
                digest.update(ByteBuffer.allocate(Float.BYTES).putFloat(value).array());
            }
        }
        return Checksums.hex(digest);
    }

    private static void update(MessageDigest digest, AdversarialExample example) {
        digest.update((example.index() + example.attack()).getBytes(StandardCharsets.UTF_8));
        digest.update(example.pixels());
    }

    private void check(AdversarialExample example, ImageDataset dataset) {
        Checks.inRange("image index of an adversarial example", example.index(), 0, dataset.size() - 1);
        StoredImage image = example.image();
        Checks.require(
                image.height() == shape.height()
                        && image.width() == shape.width()
                        && (image.bytes().length == 0 || image.shape().equals(shape)),
                "adversarial examples are %d×%d, but the images of %s are %s: the set was made from other data",
                image.height(),
                image.width(),
                dataset.id(),
                shape);
    }

    /** The number of clean images. */
    int size() {
        return images.length;
    }

    /** The size of the images. */
    ImageShape shape() {
        return shape;
    }

    /** SHA-256 over all examples and their victim features. */
    String checksum() {
        return checksum;
    }

    /** How many rows an image has in a class, by its place in {@link AttackClass}; may be 0. */
    int count(int image, int label) {
        int cell = image * ORDER.size() + label;
        return starts[cell + 1] - starts[cell];
    }

    /** The {@code k}-th of these rows. */
    int row(int image, int label, int k) {
        return rows[starts[image * ORDER.size() + label] + k];
    }

    /** One row of every class that the first images have, which previews show. */
    int[] firstRows(int count) {
        int classes = ORDER.size();
        return IntStream.range(0, Math.min(count, size()) * classes)
                .filter(cell -> starts[cell + 1] > starts[cell])
                .map(cell -> rows[starts[cell]])
                .toArray();
    }

    /** Whether every row is there augmented too. */
    boolean hasAugmented() {
        return augmented != null;
    }

    /** The number of outliers. */
    int outliers() {
        return outlierAttackers.length;
    }

    /** The number of victims whose features Ψ sees. */
    int victims() {
        return victims;
    }

    /** The place of the victim that a row was attacked with among those whose features Ψ sees, −1 if it is none of them. */
    int attacker(int row) {
        return attackers[row];
    }

    /** The same of an outlier. */
    int outlierAttacker(int outlier) {
        return outlierAttackers[outlier];
    }

    /** Adversarial images by row, {@code [N,3,H,W]} float32 in [0, 1], augmented and mirrored where asked; caller's scope. */
    Tensor adversarial(int[] which, boolean[] changed, boolean[] mirrored) {
        Tensor plain = adversarial.at(placed(which, places), mirrored);
        return augmented == null || !any(changed)
                ? plain
                : choose(changed, augmented.at(longs(which), mirrored), plain);
    }

    /** Outliers, like {@link #adversarial}. */
    Tensor outliers(int[] which, boolean[] mirrored) {
        return there(outliers).at(longs(which), mirrored);
    }

    /** Clean images, like {@link #adversarial}. */
    Tensor clean(int[] which, boolean[] mirrored) {
        return there(clean).at(placed(which, cleanPlaces), mirrored);
    }

    /**
     * Victim features of examples and outliers; null where Ψ sees none. Caller's scope.
     *
     * @param hidden for each, the victim whose features are not shown, −1 for none
     */
    Networks.@Nullable VictimInput victims(int[] which, boolean[] changed, int[] outlying, int[] hidden) {
        if (features == null) {
            return null;
        }
        Tensor values = Tensors.picked(features, longs(which));
        if (augmentedFeatures != null && any(changed)) {
            values = choose(changed, Tensors.picked(augmentedFeatures, longs(which)), values);
        }
        if (outlierFeatures != null && outlying.length > 0) {
            values = torch.cat(new TensorVector(values, Tensors.picked(outlierFeatures, longs(outlying))), 0);
        }
        float[] visible = new float[hidden.length * victims];
        Arrays.fill(visible, 1);
        for (int i = 0; i < hidden.length; i++) {
            if (hidden[i] >= 0) {
                visible[i * victims + hidden[i]] = 0;
            }
        }
        return new Networks.VictimInput(values, Tensors.floats(visible, hidden.length, victims));
    }

    private static Tensor choose(boolean[] first, Tensor yes, Tensor no) {
        long[] mask = new long[first.length];
        Arrays.setAll(mask, i -> first[i] ? 1 : 0);
        long[] shape = LongStream.concat(
                        LongStream.of(first.length),
                        LongStream.generate(() -> 1).limit(yes.dim() - 1))
                .toArray();
        return torch.where(Tensors.longs(mask).eq(new Scalar(1)).reshape(shape), yes, no);
    }

    private static boolean any(boolean[] flags) {
        for (boolean flag : flags) {
            if (flag) {
                return true;
            }
        }
        return false;
    }

    private static long[] placed(int[] which, int[] places) {
        return Arrays.stream(which).mapToLong(i -> places[i]).toArray();
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    private static ImageStack there(@Nullable ImageStack stack) {
        if (stack == null) {
            throw new IllegalStateException("images that this recogniser's training does not look at");
        }
        return stack;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // clean images may be rows of the adversarial ones
    public void close() {
        adversarial.close();
        for (ImageStack stack : new ImageStack[] {augmented, outliers, clean}) {
            if (stack != null && stack != adversarial) {
                stack.close();
            }
        }
        for (Tensor table : new Tensor[] {features, augmentedFeatures, outlierFeatures}) {
            if (table != null) {
                table.close();
            }
        }
    }
}

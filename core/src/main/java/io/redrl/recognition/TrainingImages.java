package io.redrl.recognition;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Training examples, packed in native memory as they are stored: clean images, the rows of an adversarial set, and what exposure shows
 * beside these (the same rows augmented, outliers), each kind in a stack of its own. Closing it frees the memory.
 */
final class TrainingImages implements AutoCloseable {
    private static final List<AttackClass> ORDER = List.of(AttackClass.values());

    private final ImageShape shape;
    private final String checksum;
    /** Row numbers by image and class; a class may have several rows (victims, configurations) or none. */
    private final List<List<List<Integer>>> rows;

    private final ImageStack adversarial;
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
        List<AdversarialExample> all = new ArrayList<>(examples);
        if (more != null) {
            Checks.require(
                    more.augmented().size() == examples.size(),
                    "%d examples are augmented, expected all %d",
                    more.augmented().size(),
                    examples.size());
            all.addAll(more.all());
        }
        all.forEach(example -> check(example, dataset));
        Checks.require(
                said == null || said.values().size(0) == all.size(),
                "victim features are of %d examples, expected %d",
                said == null ? 0 : said.values().size(0),
                all.size());
        Map<Integer, List<List<Integer>>> byImage = byImage(examples, paired);
        int[] images = byImage.keySet().stream().mapToInt(Integer::intValue).toArray();
        rows = List.copyOf(byImage.values());
        int[] kept = more == null
                ? new int[0]
                : IntStream.range(0, more.outliers().size())
                        .filter(i -> byImage.containsKey(more.outliers().get(i).index()))
                        .toArray();
        checksum = checksum(all, said);
        List<String> names = said == null ? List.of() : said.victims();
        victims = names.size();
        attackers =
                examples.stream().mapToInt(row -> names.indexOf(row.victim())).toArray();
        outlierAttackers = Arrays.stream(kept)
                .map(i -> names.indexOf(
                        Objects.requireNonNull(more).outliers().get(i).victim()))
                .toArray();
        int n = examples.size();
        features = part(said, IntStream.range(0, n));
        augmentedFeatures = more == null ? null : part(said, IntStream.range(n, 2 * n));
        outlierFeatures = more == null ? null : part(said, Arrays.stream(kept).map(i -> 2 * n + i));
        adversarial = ImageStack.of(examples);
        augmented = more == null ? null : ImageStack.of(more.augmented());
        outliers = kept.length == 0
                ? null
                : ImageStack.of(Arrays.stream(kept)
                        .mapToObj(Objects.requireNonNull(more).outliers()::get)
                        .toList());
        clean = spec.input().needsClean() || spec.input().reconstructs()
                ? ImageStack.of(images.length, shape, i -> dataset.pixels(images[i]))
                : null;
    }

    private static Map<Integer, List<List<Integer>>> byImage(List<AdversarialExample> examples, boolean paired) {
        Map<Integer, List<List<Integer>>> byImage = new TreeMap<>();
        for (int row = 0; row < examples.size(); row++) {
            AdversarialExample example = examples.get(row);
            byImage.computeIfAbsent(example.index(), index -> ORDER.stream()
                            .<List<Integer>>map(c -> new ArrayList<>())
                            .toList())
                    .get(ORDER.indexOf(AttackClass.of(example.attack())))
                    .add(row);
        }
        if (paired) {
            byImage.values().removeIf(classes -> classes.stream().anyMatch(List::isEmpty));
        }
        Checks.require(
                !byImage.isEmpty(),
                "no image among %d examples %s: nothing to train on",
                examples.size(),
                paired ? "has all six classes, which paired batches need" : "is left");
        return byImage;
    }

    private static @Nullable Tensor part(@Nullable VictimFeatureTable said, IntStream places) {
        return said == null
                ? null
                : Scopes.valuedNoGrad(() -> Scopes.owned(said.values()
                        .index_select(0, Tensors.longs(places.asLongStream().toArray()))));
    }

    private static String checksum(List<AdversarialExample> all, @Nullable VictimFeatureTable said) {
        MessageDigest digest = Checksums.sha256();
        for (AdversarialExample example : all) {
            digest.update((example.index() + example.attack()).getBytes(StandardCharsets.UTF_8));
            digest.update(example.pixels());
        }
        if (said != null) {
            for (float value : Tensors.toFloats(said.values())) {
                digest.update(ByteBuffer.allocate(Float.BYTES).putFloat(value).array());
            }
        }
        return Checksums.hex(digest);
    }

    private void check(AdversarialExample example, ImageDataset dataset) {
        Checks.inRange("image index of an adversarial example", example.index(), 0, dataset.size() - 1);
        Checks.require(
                example.image().shape().equals(shape),
                "adversarial examples are %s, but the images of %s are %s: the set was made from other data",
                example.image().shape(),
                dataset.id(),
                shape);
    }

    /** The number of clean images. */
    int size() {
        return rows.size();
    }

    /** The size of the images. */
    ImageShape shape() {
        return shape;
    }

    /** SHA-256 over all examples and their victim features. */
    String checksum() {
        return checksum;
    }

    /** The rows of an image in a class, by its place in {@link AttackClass}; may be empty. */
    List<Integer> rows(int image, int label) {
        return rows.get(image).get(label);
    }

    /** One row of every class that the first images have, which previews show. */
    int[] firstRows(int count) {
        return rows.stream()
                .limit(count)
                .flatMap(List::stream)
                .filter(candidates -> !candidates.isEmpty())
                .mapToInt(candidates -> candidates.get(0))
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
        Tensor plain = adversarial.at(longs(which), mirrored);
        return augmented == null || !any(changed)
                ? plain
                : choose(changed, augmented.at(longs(which), mirrored), plain);
    }

    /** Outliers, like {@link #adversarial}. */
    Tensor outliers(int[] which, boolean[] mirrored) {
        return there(outliers).at(longs(which), mirrored);
    }

    /** Clean images, like {@link #adversarial}. */
    Tensor clean(int[] images, boolean[] mirrored) {
        return there(clean).at(longs(images), mirrored);
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
        Tensor values = features.index_select(0, Tensors.longs(longs(which)));
        if (augmentedFeatures != null && any(changed)) {
            values = choose(changed, augmentedFeatures.index_select(0, Tensors.longs(longs(which))), values);
        }
        if (outlierFeatures != null && outlying.length > 0) {
            values = torch.cat(
                    new TensorVector(values, outlierFeatures.index_select(0, Tensors.longs(longs(outlying)))), 0);
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
    public void close() {
        adversarial.close();
        for (ImageStack stack : new ImageStack[] {augmented, outliers, clean}) {
            if (stack != null) {
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

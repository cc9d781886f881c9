package io.redrl.recognition;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.features.VictimFeatureTable;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The training examples (what the attacks made, what is shown beside it, and the clean images), and which of them a step gets. What a step draws depends on the seed and the step alone, so training can go on from any step.
 */
final class Sampler implements AutoCloseable {
    private static final List<AttackClass> ORDER = List.of(AttackClass.values());
    private static final int CLASSES = ORDER.size();

    private final ImageShape shape;
    private final int[] images;
    /** Rows by image and class; a class may have several rows (victims, configurations) or none. */
    private final List<List<List<Integer>>> rows = new ArrayList<>();
    /** A row's changed form is so many rows further on; 0 if there is none. */
    private final int changedAfter;
    /** Rows of strangers, and each one's place among the images. */
    private final int[] strangers;

    private final int[] strangerImages;

    private final @Nullable VictimFeatureTable evidence;
    /** The place among the victims of the evidence of the one that each row was attacked with, −1 if it is none of them. */
    private final int[] attackers;

    private final ImageStack adversarial;
    private final ImageStack clean;
    private final String checksum;

    /**
     * One step's examples.
     *
     * @param rows of the packed adversarial images: the batch, then strangers
     * @param slots of the clean images, counted as {@link Sampler#clean} does
     * @param classes index of the attack class of each of the batch; strangers have none
     * @param flips whether each is mirrored
     * @param hidden which victim's evidence is kept from Ψ for each, −1 for none
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Draw(long[] rows, long[] slots, long[] classes, boolean[] flips, int[] hidden) {}

    /**
     * Packs the examples.
     *
     * @param examples rows of an adversarial set, clean rows among them
     * @param dataset the images that their indices name
     * @param paired leave out images that do not have all six classes
     */
    Sampler(List<AdversarialExample> examples, ImageDataset dataset, boolean paired) {
        this(examples, null, dataset, paired, null);
    }

    /**
     * The same with more to show beside the set, and with evidence.
     *
     * @param more of the very examples; null for none
     * @param evidence of the examples and after these of {@link ExposureExamples#all}, which stays the caller's; null without
     */
    Sampler(
            List<AdversarialExample> examples,
            @Nullable ExposureExamples more,
            ImageDataset dataset,
            boolean paired,
            @Nullable VictimFeatureTable evidence) {
        this.evidence = evidence;
        List<AdversarialExample> all = new ArrayList<>(examples);
        if (more != null) {
            Checks.require(
                    more.changed().size() == examples.size(),
                    "%d examples are shown changed, expected all %d",
                    more.changed().size(),
                    examples.size());
            all.addAll(more.all());
        }
        changedAfter = more == null ? 0 : examples.size();
        attackers = all.stream()
                .mapToInt(example -> evidence == null ? -1 : evidence.victims().indexOf(example.victim()))
                .toArray();
        shape = dataset.shape();
        all.forEach(example -> check(example, dataset));
        Map<Integer, List<List<Integer>>> byImage = new TreeMap<>();
        for (int row = 0; row < examples.size(); row++) {
            AdversarialExample example = examples.get(row);
            byImage.computeIfAbsent(example.index(), index -> emptyClasses())
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
        images = byImage.keySet().stream().mapToInt(Integer::intValue).toArray();
        rows.addAll(byImage.values());
        strangers = IntStream.range(2 * examples.size(), all.size())
                .filter(row -> byImage.containsKey(all.get(row).index()))
                .toArray();
        strangerImages = Arrays.stream(strangers)
                .map(row -> Arrays.binarySearch(images, all.get(row).index()))
                .toArray();
        Checks.require(
                evidence == null || evidence.values().size(0) == all.size(),
                "evidence is of %d examples, expected %d",
                evidence == null ? 0 : evidence.values().size(0),
                all.size());
        checksum = checksum(all);
        adversarial = ImageStack.of(all, shape);
        clean = ImageStack.of(images.length, shape, slot -> dataset.pixels(images[slot]));
    }

    private String checksum(List<AdversarialExample> all) {
        MessageDigest digest = Checksums.sha256();
        for (AdversarialExample example : all) {
            digest.update((example.index() + example.attack()).getBytes(StandardCharsets.UTF_8));
            digest.update(example.pixels());
        }
        if (evidence != null) {
            for (float value : Tensors.toFloats(evidence.values())) {
                digest.update(ByteBuffer.allocate(Float.BYTES).putFloat(value).array());
            }
        }
        return Checksums.hex(digest);
    }

    private static List<List<Integer>> emptyClasses() {
        List<List<Integer>> classes = new ArrayList<>();
        for (int i = 0; i < CLASSES; i++) {
            classes.add(new ArrayList<>());
        }
        return classes;
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
        return images.length;
    }

    /** The size of the images. */
    ImageShape shape() {
        return shape;
    }

    /** SHA-256 over all examples. */
    String checksum() {
        return checksum;
    }

    /** The examples of a step: images in an order that is new in every epoch, each with a draw of its own. */
    Draw draw(RecogniserSpec spec, long step) {
        TrainingSettings training = spec.training();
        int perImage = training.paired() ? CLASSES : 1;
        int batch = training.batch();
        int unknown = training.exposure().map(Exposure::outliers).orElse(0);
        double changes = training.exposure().map(Exposure::augmented).orElse(0.0);
        Checks.require(
                (changes == 0 || changedAfter > 0) && (unknown == 0 || strangers.length > 0),
                "%s asks for changed images or strangers, but there are none to show",
                spec.name());
        int all = batch + unknown;
        Draw draw = new Draw(new long[all], new long[all], new long[batch], new boolean[all], new int[all]);
        Seed seed = spec.seedValue().child("examples");
        long epoch = -1;
        int[] order = new int[0];
        for (int i = 0; i < training.imagesPerStep(); i++) {
            long position = step * training.imagesPerStep() + i;
            if (position / size() != epoch) {
                epoch = position / size();
                order = Seed.permutation(
                        size(), seed.child("order").child(epoch).random());
            }
            int image = order[(int) (position % size())];
            SplittableRandom random = seed.child("draw").child(position).random();
            boolean flip = training.flip() && random.nextBoolean();
            boolean changed = seed.child("changed").child(position).random().nextDouble() < changes;
            for (int k = 0; k < perImage; k++) {
                int at = i * perImage + k;
                int attack = training.paired() ? k : drawnClass(image, random);
                List<Integer> candidates = rows.get(image).get(attack);
                int row = candidates.get(random.nextInt(candidates.size())) + (changed ? changedAfter : 0);
                draw.rows()[at] = row;
                draw.slots()[at] = image;
                draw.classes()[at] = attack;
                draw.flips()[at] = flip;
                draw.hidden()[at] = hidden(row, random);
            }
        }
        SplittableRandom random = seed.child("strangers").child(step).random();
        for (int at = batch; at < all; at++) {
            int one = random.nextInt(strangers.length);
            draw.rows()[at] = strangers[one];
            draw.slots()[at] = strangerImages[one];
            draw.flips()[at] = training.flip() && random.nextBoolean();
            draw.hidden()[at] = hidden(strangers[one], random);
        }
        return draw;
    }

    private int drawnClass(int image, SplittableRandom random) {
        while (true) {
            int attack = random.nextInt(CLASSES);
            if (!rows.get(image).get(attack).isEmpty()) {
                return attack;
            }
        }
    }

    /**
     * A third of the time the victim that was attacked is kept from view (any of them, if none was), as if it were one that
     * nobody knows: so Ψ learns to do without.
     */
    private int hidden(int row, SplittableRandom random) {
        if (evidence == null || evidence.victims().size() < 2 || random.nextInt(3) > 0) {
            return -1;
        }
        return attackers[row] >= 0
                ? attackers[row]
                : random.nextInt(evidence.victims().size());
    }

    /** What the victims that may be heard say of a step's examples; null without evidence. */
    Networks.@Nullable Said said(Draw draw) {
        if (evidence == null) {
            return null;
        }
        int victims = evidence.victims().size();
        float[] visible = new float[draw.hidden().length * victims];
        Arrays.fill(visible, 1);
        for (int i = 0; i < draw.hidden().length; i++) {
            if (draw.hidden()[i] >= 0) {
                visible[i * victims + draw.hidden()[i]] = 0;
            }
        }
        return new Networks.Said(
                evidence.values().index_select(0, Tensors.longs(draw.rows())),
                Tensors.floats(visible, draw.hidden().length, victims));
    }

    /** One row of every class that the first images have: what pictures show. */
    long[] sample(int count) {
        return rows.stream()
                .limit(count)
                .flatMap(List::stream)
                .filter(candidates -> !candidates.isEmpty())
                .mapToLong(candidates -> candidates.get(0))
                .toArray();
    }

    /** Adversarial images by row, {@code [N,3,H,W]} float32 in [0, 1], mirrored where asked; caller's scope. */
    Tensor adversarial(long[] which, boolean[] flips) {
        return adversarial.at(which, flips);
    }

    /** Clean images by slot in [0, {@link #size}), like {@link #adversarial}. */
    Tensor clean(long[] slots, boolean[] flips) {
        return clean.at(slots, flips);
    }

    @Override
    public void close() {
        adversarial.close();
        clean.close();
    }
}

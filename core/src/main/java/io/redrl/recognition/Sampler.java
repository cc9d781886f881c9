package io.redrl.recognition;

import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.tensor.Tensors;
import java.util.SplittableRandom;

/**
 * Draws the batch of a step. Images come in an order that is new in every epoch; each brings all its classes (paired) or one of them,
 * drawn uniformly (Souri et al.'s code), and of a class with several victims or configurations one of these: where a set
 * holds several ({@link io.redrl.adversarial.SamplingPolicy#FRESH}) a new one whenever the image is shown, as there. What a step gets
 * depends on the seed and the step alone, so that training can go on from any step.
 */
final class Sampler {
    private static final int CLASSES = AttackClass.values().length;

    private final RecogniserSpec spec;
    private final TrainingSettings training;
    private final TrainingImages images;
    private final Seed seed;
    private final int outliers;
    private final double augmented;

    /** A sampler of training images, which stay the caller's. */
    Sampler(RecogniserSpec spec, TrainingImages images) {
        this.spec = spec;
        this.images = images;
        training = spec.training();
        seed = spec.seedValue().child("examples");
        outliers = training.exposure().map(Exposure::outliers).orElse(0);
        augmented = training.exposure().map(Exposure::augmented).orElse(0.0);
        Checks.require(
                (augmented == 0 || images.hasAugmented()) && (outliers == 0 || images.outliers() > 0),
                "%s asks for augmented images or outliers, but there are none to show",
                spec.name());
    }

    /**
     * The batch of a step.
     *
     * @param step counted from 0
     * @return in the caller's scope
     */
    Batch batch(long step) {
        Draw draw = draw(step);
        boolean needsClean = spec.input().needsClean() || spec.input().reconstructs();
        return new Batch(
                draw.images,
                draw.mirrored,
                images.adversarial(draw.rows, draw.augmented, draw.mirrored),
                needsClean ? images.clean(draw.images, draw.mirrored) : null,
                Tensors.longs(draw.labels),
                outliers == 0 ? null : images.outliers(draw.outliers, draw.outlierMirrored),
                images.victims(draw.rows, draw.augmented, draw.outliers, draw.hidden));
    }

    /** Which examples a batch has, and which victim's features each is shown without (−1: none). */
    @SuppressWarnings("ArrayRecordComponent")
    private record Draw(
            int[] images,
            int[] rows,
            boolean[] augmented,
            boolean[] mirrored,
            long[] labels,
            int[] outliers,
            boolean[] outlierMirrored,
            int[] hidden) {}

    private Draw draw(long step) {
        int n = training.batch();
        int perImage = training.paired() ? CLASSES : 1;
        Draw draw = new Draw(
                new int[n],
                new int[n],
                new boolean[n],
                new boolean[n],
                new long[n],
                new int[outliers],
                new boolean[outliers],
                new int[n + outliers]);
        long epoch = -1;
        int[] order = new int[0];
        for (int i = 0; i < training.imagesPerStep(); i++) {
            long position = step * training.imagesPerStep() + i;
            if (position / images.size() != epoch) {
                epoch = position / images.size();
                order = Seed.permutation(
                        images.size(), seed.child("order").child(epoch).random());
            }
            int image = order[(int) (position % images.size())];
            SplittableRandom random = seed.child("draw").child(position).random();
            boolean mirrored = training.flip() && random.nextBoolean();
            boolean changed = seed.child("changed").child(position).random().nextDouble() < augmented;
            for (int k = 0; k < perImage; k++) {
                int at = i * perImage + k;
                int label = training.paired() ? k : drawnClass(image, random);
                draw.images[at] = image;
                draw.labels[at] = label;
                draw.rows[at] = images.row(image, label, random.nextInt(images.count(image, label)));
                draw.augmented[at] = changed;
                draw.mirrored[at] = mirrored;
                draw.hidden[at] = hidden(images.attacker(draw.rows[at]), random);
            }
        }
        SplittableRandom random = seed.child("strangers").child(step).random();
        for (int i = 0; i < outliers; i++) {
            draw.outliers[i] = random.nextInt(images.outliers());
            draw.outlierMirrored[i] = training.flip() && random.nextBoolean();
            draw.hidden[n + i] = hidden(images.outlierAttacker(draw.outliers[i]), random);
        }
        return draw;
    }

    private int drawnClass(int image, SplittableRandom random) {
        while (true) {
            int label = random.nextInt(CLASSES);
            if (images.count(image, label) > 0) {
                return label;
            }
        }
    }

    /**
     * The victim whose features are hidden: a third of the time the attacked one (any, if none of them was attacked), as if it were
     * one that nobody knows, so that Ψ learns to do without.
     */
    private int hidden(int attacker, SplittableRandom random) {
        if (images.victims() < 2 || random.nextInt(3) > 0) {
            return -1;
        }
        return attacker >= 0 ? attacker : random.nextInt(images.victims());
    }
}

package io.redrl.attack;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.util.Arrays;

/**
 * The target of an attack: which class the victim should see. Written as one word in files and on the command line.
 *
 * @param rule {@code none}: any class but the label (untargeted). {@code random}: drawn uniformly from the other classes
 *     by the image's own seed. {@code runner-up}: the class with the largest logit after the label's, on the clean image.
 *     {@code least-likely}: the one with the smallest. A number: that class; images whose label it is go for their
 *     runner-up.
 */
public record Target(@JsonValue String rule) {
    /** Untargeted. */
    public static final Target NONE = new Target("none");

    /** Refuses what is neither a rule nor a number. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Target {
        if (!rule.matches("none|random|runner-up|least-likely|\\d{1,6}")) {
            throw new RedrlException(
                    "target must be none, random, runner-up, least-likely or the number of a class, got '" + rule
                            + "'");
        }
    }

    /** That class. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Target of(int classNumber) {
        return new Target(Integer.toString(classNumber));
    }

    /** Whether there is one. */
    public boolean isNone() {
        return rule.equals("none");
    }

    /** Requires a target that is a number to be one of so many classes. */
    void requireAmong(int classes) {
        if (rule.matches("\\d+")) {
            Checks.inRange("target", Integer.parseInt(rule), 0, classes - 1);
        }
    }

    /**
     * The batch with a target for every image.
     *
     * @param batch untargeted, or already with targets, which are kept
     * @param logits the victim's logits on the clean images, N rows of K
     */
    AttackBatch applyTo(AttackBatch batch, double[][] logits) {
        if (isNone() || batch.targeted()) {
            return batch;
        }
        long[] targets = new long[batch.size()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = choose(batch, i, logits[i]);
        }
        return batch.withTargets(targets);
    }

    private long choose(AttackBatch batch, int i, double[] logits) {
        int label = (int) batch.labels()[i];
        int[] others = java.util.stream.IntStream.range(0, logits.length)
                .filter(k -> k != label)
                .toArray();
        return switch (rule) {
            case "random" -> others[batch.seedOf(i).child("target").random().nextInt(others.length)];
            case "runner-up" -> extreme(others, logits, 1);
            case "least-likely" -> extreme(others, logits, -1);
            default -> {
                int wanted = Integer.parseInt(rule);
                Checks.inRange("target", wanted, 0, logits.length - 1);
                yield wanted == label ? extreme(others, logits, 1) : wanted;
            }
        };
    }

    /** The first of {@code classes} with the largest {@code sign · logit}. */
    private static long extreme(int[] classes, double[] logits, int sign) {
        return Arrays.stream(classes)
                .boxed()
                .max((a, b) -> {
                    int byLogit = Double.compare(sign * logits[a], sign * logits[b]);
                    return byLogit != 0 ? byLogit : Integer.compare(b, a);
                })
                .orElseThrow();
    }

    @Override
    public String toString() {
        return rule;
    }
}

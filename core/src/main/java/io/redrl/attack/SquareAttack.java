package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Square Attack, L∞: random search over squares of ±ε, by logits alone.
 *
 * <pre>
 *  x = Π(x₀ + δ),   δ of one sign ±ε per column and channel (vertical stripes)
 *  repeat: δ' = δ with one sign ±ε per channel in a random square of p H W pixels
 *          keep δ' if L(Π(x₀ + δ')) &lt; L(Π(x₀ + δ))
 * </pre>
 *
 * L is the margin {@code z_y − max_{i≠y} z_i}; targeted, cross-entropy of the target (compared as log-odds, which order
 * images alike). With 10 000 queries p halves at queries 10, 50, 200, 500, 1000, 2000, 4000, 6000 and 8000; with others
 * in proportion. An image leaves at its first success.
 *
 * <p>Andriushchenko, Croce, Flammarion and Hein, <i>Square Attack: a query-efficient black-box adversarial attack via
 * random search</i>, ECCV 2020, Algorithms 1 and 2, sections 3.1 to 3.3.
 *
 * <p>Departures: as in the authors' code, a square that would change no sign is drawn again before it costs a query, and
 * its side is at most one less than the image's; a square counts as better if L falls by more than rounding.
 *
 * @param spec the settings
 */
record SquareAttack(SquareSpec spec) implements Attack {
    private static final int[] HALVINGS = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};
    private static final int SCHEDULE = 10_000;

    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach(); // x₀ [N,C,H,W]
            if (spec.steps() == 0 || spec.epsilon() == 0) {
                return images.clone();
            }
            Ball ball = Ball.around(images, Norm.LINF, spec.epsilon());
            Objective objective = Objective.of(batch);
            int n = batch.size();
            SplittableRandom[] random = new SplittableRandom[n];
            Arrays.setAll(random, i -> batch.seedOf(i).child("square").random());
            Signs[] best = new Signs[n];
            Arrays.setAll(
                    best,
                    i -> Signs.stripes((int) images.size(1), (int) images.size(2), (int) images.size(3), random[i]));
            double[] gain = new double[n];

            Rows active = Rows.all(n);
            for (int query = 0; query < spec.steps() && !active.isEmpty(); query++) {
                Rows rows = active;
                int now = query;
                Signs[] tried = new Signs[rows.size()];
                Arrays.setAll(tried, i -> {
                    Signs signs = best[rows.at(i)];
                    return now == 0 ? signs : signs.withSquare(signs.side(p(now)), random[rows.at(i)]);
                });
                active = Scopes.valued(() -> {
                    Objective theirs = objective.of(rows);
                    Tensor logits = Logits.of(victim, corners(ball.of(rows), tried));
                    boolean[] success = theirs.succeeds(logits, 0);
                    double[] value =
                            Tensors.toDoubles(theirs.gain(batch.targeted() ? Loss.CROSS_ENTROPY : Loss.MARGIN, logits));
                    for (int i = 0; i < tried.length; i++) {
                        int row = rows.at(i);
                        if (now == 0 || success[i] || AttackLosses.exceeds(value[i], gain[row])) {
                            best[row] = tried[i];
                            gain[row] = value[i];
                        }
                    }
                    return rows.where(i -> !success[i]);
                });
            }
            return corners(ball, best);
        });
    }

    /** p at a query. */
    private double p(int query) {
        long at = (long) query * SCHEDULE / spec.steps();
        long halvings = Arrays.stream(HALVINGS).filter(h -> at > h).count();
        return spec.share() / (1L << halvings);
    }

    /** Π(x₀ ± ε): of every value the most or the least that the ball allows. */
    private static Tensor corners(Ball ball, Signs[] signs) {
        int values = signs[0].up.length;
        byte[] flat = new byte[signs.length * values];
        for (int i = 0; i < signs.length; i++) {
            System.arraycopy(signs[i].up, 0, flat, i * values, values);
        }
        Tensor up = Tensor.create(flat, ball.centre().shape()).to(ball.centre().device(), ScalarType.Bool);
        return torch.where(up, ball.high(), ball.low());
    }

    /**
     * The signs of δ of one image.
     *
     * @param up 1 for +ε and 0 for −ε, C·H·W values
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Signs(int channels, int height, int width, byte[] up) {
        static Signs stripes(int channels, int height, int width, SplittableRandom random) {
            byte[] up = new byte[channels * height * width];
            for (int channel = 0; channel < channels; channel++) {
                for (int column = 0; column < width; column++) {
                    byte sign = (byte) random.nextInt(2);
                    for (int row = 0; row < height; row++) {
                        up[(channel * height + row) * width + column] = sign;
                    }
                }
            }
            return new Signs(channels, height, width, up);
        }

        /** The side of a square that covers the share {@code p}. */
        int side(double p) {
            int side = (int) Math.round(Math.sqrt(p * height * width));
            return Math.max(1, Math.min(side, Math.min(height, width) - 1));
        }

        /** A copy with a square somewhere that changes at least one sign. */
        Signs withSquare(int side, SplittableRandom random) {
            int top = random.nextInt(height - side + 1);
            int left = random.nextInt(width - side + 1);
            byte[] changed = up.clone();
            while (Arrays.equals(changed, up)) {
                for (int channel = 0; channel < channels; channel++) {
                    byte sign = (byte) random.nextInt(2);
                    for (int row = top; row < top + side; row++) {
                        int from = (channel * height + row) * width + left;
                        Arrays.fill(changed, from, from + side, sign);
                    }
                }
            }
            return new Signs(channels, height, width, changed);
        }
    }
}

package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * DeepFool: to the nearest boundary of the linearised classifier, again and again until the victim is fooled.
 *
 * <pre>
 *  f'_k = z_k(x) − z_y(x),   w'_k = ∇ₓ f'_k,   l = argmin_{k≠y} |f'_k| / ‖w'_k‖_q
 *  r ← r + |f'_l| / ‖w'_l‖₂² · w'_l         (L2, q = 2)
 *  r ← r + |f'_l| / ‖w'_l‖₁ · sign(w'_l)    (L∞, q = 1)
 *  x = x₀ + r,   until x₀ + (1 + η) r fools
 * </pre>
 *
 * <p>Moosavi-Dezfooli, Fawzi and Frossard, <i>DeepFool: a simple and accurate method to fool deep neural networks</i>,
 * CVPR 2016, Algorithm 2, with equations (7) to (11) and the overshoot η of section 3.1, applied once to the sum.
 *
 * <p>Departures:
 * <ul>
 *   <li>as in the authors' code, only the classes with the largest logits of each image are tried;
 *   <li>the class to leave is the batch's label, not the prediction: an image that the victim already gets wrong comes
 *       back as it is;
 *   <li>every iterate is clipped to [0, 1], and a value that sits at 0 or 1 is left out of w' where it could only move
 *       out, so the result lies in [0, 1] and still fools; the original never clips;
 *   <li>as in the authors' code, the victim is asked, for success and for the next w', at x₀ + (1 + η) r; a step is at
 *       least 1e-5 long, so that an iterate on the boundary itself does not stand still;
 *   <li>after an image's first step a rival is left out where its w' would have to be more than twice as long as when it
 *       was last looked at for its boundary to be the nearest;
 *   <li>an image that is not fooled after the last step comes back as it was.
 * </ul>
 *
 * @param spec the settings
 * @param steepening how many times longer than one step before a w'_k may be and still be noticed by the search;
 *     infinite: every rival is looked at in every step
 */
record DeepFoolAttack(DeepFoolSpec spec, double steepening) implements Attack {
    private static final double STEEPENING = 2;
    private static final double SHORTEST_STEP = 1e-5;
    /** What a forward and a backward pass cost, in backward passes. */
    private static final double FORWARD_AND_BACKWARD = 1.7;
    /** As many pairs of image and rival go through the victim at once, or as there are images if those are more. */
    private static final int PAIRS_AT_ONCE = 64;

    DeepFoolAttack(DeepFoolSpec spec) {
        this(spec, STEEPENING);
    }

    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach(); // x₀ [N,C,H,W]
            Tensor result = images.clone();
            if (spec.steps() == 0) {
                return result;
            }
            Tensor labels = Tensors.longs(batch.labels());
            Tensor candidates = candidates(victim, images, labels); // [N,k]
            double[][] slopes = new double[batch.size()][(int) candidates.size(1)]; // ‖w'_k‖_q as last seen
            Arrays.stream(slopes).forEach(row -> Arrays.fill(row, Double.POSITIVE_INFINITY));
            Tensor r = torch.zeros_like(images);
            Rows active = Rows.all(batch.size());
            for (int step = 0; step <= spec.steps() && !active.isEmpty(); step++) {
                Rows rows = active;
                boolean last = step == spec.steps();
                active = Scopes.valued(() -> {
                    Tensor x = clipped(rows.of(images).add_(rows.of(r), new Scalar(1 + spec.overshoot())));
                    Point point = Point.exact(victim, x);
                    // 1. Those that are fooled leave.
                    long[] predicted = Tensors.argmax(point.logits().detach());
                    IntPredicate fools = i -> predicted[i] != batch.labels()[rows.at(i)];
                    rows.where(fools).put(result, rows.positions(fools).of(x));
                    Rows left = rows.where(fools.negate());
                    if (last || left.isEmpty()) {
                        return left;
                    }
                    // 2. The others take a step to the nearest boundary.
                    if (left.size() < rows.size()) {
                        point = Point.exact(
                                victim, rows.positions(fools.negate()).of(x));
                    }
                    Search search =
                            new Search(point, left.of(labels).unsqueeze(1), left.of(candidates), left.pick(slopes));
                    search.run(victim);
                    Tensor x0 = left.of(images);
                    left.put(r, clipped(left.of(r).add_(search.step).add_(x0)).sub_(x0));
                    return left.where(i -> Double.isFinite(search.distance[i]));
                });
            }
            return result;
        });
    }

    /**
     * Where images stand, and what the victim says there.
     *
     * @param leaf {@code [n,C,H,W]}, records gradients
     * @param logits {@code [n,K]} with a graph to {@code leaf}
     */
    private record Point(Tensor leaf, Tensor logits) {
        static Point exact(Classifier victim, Tensor x) {
            return lowPrecision(new FullPrecisionVictim(victim), x);
        }

        static Point lowPrecision(Classifier victim, Tensor x) {
            try (AutoGradMode grad = new AutoGradMode(true)) {
                Tensor leaf = Logits.leaf(x);
                return new Point(leaf, Logits.recorded(victim, leaf));
            }
        }

        Tensor x() {
            return leaf.detach();
        }

        /** {@code ∇ₓ (z_k − z_y)} for a rival k and the label y of each image {@code [n,1]}; the graph stays. */
        Tensor gradient(Tensor rivals, Tensor own) {
            try (AutoGradMode grad = new AutoGradMode(true)) {
                Tensor f = logits.gather(1, rivals).sub(logits.gather(1, own));
                return Tensors.gradient(f.sum(), leaf, true);
            }
        }
    }

    /** The search for the nearest of the linearised boundaries of some images. */
    private final class Search {
        private final Point point;
        private final Tensor own; // labels [n,1]
        private final Tensor rivals; // classes [n,k]
        private final Tensor leads; // |f'_k| [n,k]: says how far to go, and comes to nothing at the boundary
        private final double[][] slopes; // ‖w'_k‖_q, those of the step before until a rival is looked at
        private final double[] distance; // to the nearest boundary so far
        private final int[] nearest; // and its column
        private final Tensor step; // and the step to it [n,C,H,W]; zero as long as no gradient leads anywhere

        Search(Point point, Tensor own, Tensor rivals, double[][] slopes) {
            this.point = point;
            this.own = own;
            this.rivals = rivals;
            this.slopes = slopes;
            Tensor logits = point.logits().detach();
            leads = logits.gather(1, rivals).sub_(logits.gather(1, own)).abs_();
            distance = new double[slopes.length];
            Arrays.fill(distance, Double.POSITIVE_INFINITY);
            nearest = new int[slopes.length];
            step = torch.zeros_like(point.x());
        }

        /**
         * Looks at the rival that was nearest by the last step's slopes, then at those that may be nearer. Where the victim
         * has low-precision logits, they say which one is nearest; its distance and its direction come from one exact gradient.
         */
        void run(Classifier victim) {
            int n = distance.length;
            int k = (int) rivals.size(1);
            double[] lead = Tensors.toDoubles(leads);
            double[][] atLeast = new double[n][k];
            for (int i = 0; i < n; i++) {
                for (int column = 0; column < k; column++) {
                    atLeast[i][column] = lead[i * k + column] / (steepening * slopes[i][column]);
                    nearest[i] = atLeast[i][column] < atLeast[i][nearest[i]] ? column : nearest[i];
                }
            }
            Point look = victim.hasLowPrecision() ? Point.lowPrecision(victim, point.x()) : point;
            int[] all = IntStream.range(0, n).toArray();
            look(look, all, nearest.clone());

            int[][] others = new int[n][];
            Arrays.setAll(others, i -> IntStream.range(0, k)
                    .filter(column -> column != nearest[i] && atLeast[i][column] < distance[i])
                    .toArray());
            int pairs = Arrays.stream(others).mapToInt(row -> row.length).sum();
            int most = Arrays.stream(others).mapToInt(row -> row.length).max().orElse(0);
            if (most * n <= FORWARD_AND_BACKWARD * pairs) {
                for (int j = 0; j < most; j++) {
                    int turn = j;
                    look(
                            look,
                            all,
                            IntStream.of(all)
                                    .map(i -> turn < others[i].length ? others[i][turn] : nearest[i])
                                    .toArray());
                }
            } else {
                lookInPairs(victim, others, pairs);
            }
            if (victim.hasLowPrecision()) {
                Arrays.fill(distance, Double.POSITIVE_INFINITY);
                look(point, all, nearest.clone());
            }
        }

        /** Each image as often as it has rivals, side by side: no image waits for one that has more. */
        private void lookInPairs(Classifier victim, int[][] others, int pairs) {
            int[] images = IntStream.range(0, others.length)
                    .flatMap(i -> IntStream.of(others[i]).map(column -> i))
                    .toArray();
            int[] columns = Arrays.stream(others).flatMapToInt(IntStream::of).toArray();
            int most = Math.max(others.length, PAIRS_AT_ONCE);
            for (int from = 0; from < pairs; from += most) {
                int[] some = Arrays.copyOfRange(images, from, Math.min(from + most, pairs));
                int[] theirs = Arrays.copyOfRange(columns, from, from + some.length);
                Scopes.run(() -> look(Point.lowPrecision(victim, rows(some).of(point.x())), some, theirs));
            }
        }

        /**
         * Takes boundaries over where they are nearer.
         *
         * @param at a row for each pair of an image and one of its rivals
         */
        private void look(Point at, int[] images, int[] columns) {
            Scopes.run(() -> {
                Tensor column = Tensors.longs(rows(columns).indices()).unsqueeze(1); // [m,1]
                Tensor rival = rows(images).of(rivals).gather(1, column);
                Tensor lead = rows(images).of(leads).gather(1, column);
                Tensor w = at.gradient(rival, rows(images).of(own)); // w'_k [m,C,H,W]
                Tensor x = at.x();
                Tensor free = torch.where(w.gt(new Scalar(0.0)), x.lt(new Scalar(1.0)), x.gt(new Scalar(0.0)));
                Tensor slope = torch.where(free, w, new Scalar(0.0));
                boolean euclidean = spec.norm() == Norm.L2;
                // The dual norm, and the direction of length 1 in the norm itself.
                Tensor norm = (euclidean ? Norm.L2.of(slope) : slope.abs().sum(1, 2, 3)).unsqueeze(1); // [m,1]
                Tensor direction = euclidean ? slope.div_(norm.view(-1, 1, 1, 1)) : slope.sign_();
                Tensor length = lead.div(norm).clamp_(Tensors.scalar(SHORTEST_STEP));
                // Without a direction the length is infinite or NaN, which is not nearer.
                double[] norms = Tensors.toDoubles(norm);
                double[] lengths = Tensors.toDoubles(length);
                int[] taken = new int[distance.length];
                Arrays.fill(taken, -1);
                for (int pair = 0; pair < images.length; pair++) {
                    int image = images[pair];
                    slopes[image][columns[pair]] = norms[pair] > 0 ? norms[pair] : Double.POSITIVE_INFINITY;
                    if (lengths[pair] < distance[image]) {
                        distance[image] = lengths[pair];
                        nearest[image] = columns[pair];
                        taken[image] = pair;
                    }
                }
                Rows nearer = Rows.all(taken.length).where(i -> taken[i] >= 0);
                Tensor steps = direction.mul_(length.view(-1, 1, 1, 1));
                nearer.put(
                        step,
                        rows(IntStream.of(taken).filter(pair -> pair >= 0).toArray())
                                .of(steps));
            });
        }

        private static Rows rows(int[] numbers) {
            return new Rows(IntStream.of(numbers).asLongStream().toArray());
        }
    }

    /** For each image the classes with the largest logits, without its label: {@code [N,k]}. */
    private Tensor candidates(Classifier victim, Tensor images, Tensor labels) {
        return Scopes.scoped(() -> {
            Tensor others =
                    Logits.of(victim, images).scatter(1, labels.unsqueeze(1), new Scalar(Double.NEGATIVE_INFINITY));
            long k = Math.min(spec.candidates(), victim.classes()) - 1L;
            return new Tensor(others.topk(k, 1, true, true).get1());
        });
    }

    private static Tensor clipped(Tensor x) {
        return x.clamp_(Tensors.scalar(0), Tensors.scalar(1));
    }
}

package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;

/**
 * One-pixel attack, for any few pixels: differential evolution of places and colours, by logits alone.
 *
 * <pre>  child_i = m_a + F (m_b − m_c),   F = 0.5,   a, b, c drawn at random, all different and none of them i</pre>
 *
 * A candidate is a row, a column and a colour for each pixel. A child replaces its parent m_i if the victim believes it
 * more: if it gives the label a smaller probability, or the target a larger one. At first places are uniform, and colours
 * normal with mean 128/255 and standard deviation 127/255.
 *
 * <p>Su, Vargas and Sakurai, <i>One Pixel Attack for Fooling Deep Neural Networks</i>, IEEE Transactions on Evolutionary
 * Computation 23(5), 2019, equation (3) and section III; there is no crossover, as there.
 *
 * <p>Departures:
 * <ul>
 *   <li>an image leaves at the first generation that holds a success; the original goes on until the target has a
 *       probability of 90 %, or the label one below 5 %;
 *   <li>probabilities are compared as log-odds, which order candidates alike and do not saturate;
 *   <li>what leaves the image or [0, 1] is cut back to it, on which the original is silent;
 *   <li>a, b and c also differ from i, as in Storn and Price's differential evolution.
 * </ul>
 *
 * @param spec the settings
 */
record FewPixelAttack(FewPixelSpec spec) implements Attack {
    private static final double F = 0.5;
    private static final double MEAN = 128 / 255.0;
    private static final double DEVIATION = 127 / 255.0;

    /** How many values the candidates of one query may hold together: 16 MB in float32. */
    private static final long VALUES_AT_ONCE = 1L << 22;

    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach(); // x₀ [N,C,H,W]
            if (spec.steps() == 0) {
                return images.clone();
            }
            Objective objective = Objective.of(batch);
            Population[] populations = new Population[batch.size()];
            Arrays.setAll(
                    populations,
                    i -> new Population(batch.seedOf(i).child("evolution").random(), Tensors.shape(images)));

            Rows active = Rows.all(batch.size());
            for (int generation = 0; generation <= spec.steps() && !active.isEmpty(); generation++) {
                Rows rows = active;
                // 1. All children of all images, image by image.
                int p = spec.population();
                long[] parents = new long[rows.size() * p];
                double[][] children = new double[parents.length][];
                for (int i = 0; i < rows.size(); i++) {
                    Arrays.fill(parents, i * p, (i + 1) * p, rows.at(i));
                    double[][] theirs = populations[rows.at(i)].children();
                    System.arraycopy(theirs, 0, children, i * p, p);
                }
                // 2. The victim's opinion of them, as many at once as memory allows.
                double[] fitness = new double[parents.length];
                boolean[] success = new boolean[parents.length];
                judge(victim, images, objective, parents, children, fitness, success);
                // 3. Selection.
                for (int i = 0; i < rows.size(); i++) {
                    populations[rows.at(i)].select(children, fitness, success, i * p);
                }
                active = rows.where(i -> !populations[rows.at(i)].solved);
            }
            long[] all = Rows.all(batch.size()).indices();
            return painted(
                    images,
                    all,
                    Arrays.stream(populations).map(Population::best).toArray(double[][]::new));
        });
    }

    private void judge(
            Classifier victim,
            Tensor images,
            Objective objective,
            long[] parents,
            double[][] children,
            double[] fitness,
            boolean[] success) {
        int most = (int) Math.max(1, VALUES_AT_ONCE * images.size(0) / images.numel());
        for (int start = 0; start < parents.length; start += most) {
            int from = start;
            int to = Math.min(parents.length, from + most);
            Scopes.run(() -> {
                long[] rows = Arrays.copyOfRange(parents, from, to);
                Objective theirs = objective.at(Tensors.longs(rows));
                Tensor logits = Logits.of(victim, painted(images, rows, Arrays.copyOfRange(children, from, to)));
                System.arraycopy(Tensors.toDoubles(theirs.logOdds(logits)), 0, fitness, from, rows.length);
                System.arraycopy(theirs.succeeds(logits, 0), 0, success, from, rows.length);
            });
        }
    }

    /** For each candidate its image with its pixels; of two at one place the later counts. */
    private Tensor painted(Tensor images, long[] rows, double[][] candidates) {
        return Scopes.scoped(() -> {
            long channels = images.size(1);
            long width = images.size(3);
            Tensor x = images.index_select(0, Tensors.longs(rows)).contiguous().view(rows.length, channels, -1);
            for (int pixel = 0; pixel < spec.pixels(); pixel++) {
                long[] place = new long[rows.length];
                double[] colour = new double[rows.length * (int) channels];
                int gene = pixel * (2 + (int) channels);
                for (int i = 0; i < rows.length; i++) {
                    place[i] = ((long) candidates[i][gene]) * width + (long) candidates[i][gene + 1];
                    System.arraycopy(candidates[i], gene + 2, colour, i * (int) channels, (int) channels);
                }
                x.scatter_(
                        2,
                        Tensors.longs(place).view(-1, 1, 1).expand(rows.length, channels, 1),
                        Tensor.create(colour, rows.length, channels, 1).to(x.device(), x.scalar_type()));
            }
            return x.view(rows.length, channels, images.size(2), width);
        });
    }

    /** The candidates of one image: for each pixel a row, a column and C values. */
    private final class Population {
        private final SplittableRandom random;
        private final double[] above; // every gene is less than this, or equal for colours
        private final int genesPerPixel;
        private final double[][] members = new double[spec.population()][];
        private final double[] fitness = new double[spec.population()];
        private int best = -1;
        private boolean solved;

        Population(SplittableRandom random, long[] shape) {
            this.random = random;
            genesPerPixel = 2 + (int) shape[1];
            above = new double[spec.pixels() * genesPerPixel];
            Arrays.setAll(above, gene -> isColour(gene) ? 1 : Math.nextDown((double) shape[2 + gene % genesPerPixel]));
            Arrays.fill(fitness, Double.NEGATIVE_INFINITY);
        }

        private boolean isColour(int gene) {
            return gene % genesPerPixel >= 2;
        }

        double[] best() {
            return members[best];
        }

        /** The first generation, or one child of each member. */
        double[][] children() {
            double[][] children = new double[members.length][];
            Arrays.setAll(children, best < 0 ? i -> first() : this::child);
            return children;
        }

        private double[] first() {
            double[] genes = new double[above.length];
            Arrays.setAll(
                    genes,
                    gene -> cut(
                            gene,
                            isColour(gene)
                                    ? MEAN + DEVIATION * random.nextGaussian()
                                    : above[gene] * random.nextDouble()));
            return genes;
        }

        private double[] child(int i) {
            int a = other(i, i, i);
            int b = other(i, a, a);
            int c = other(i, a, b);
            double[] genes = new double[above.length];
            Arrays.setAll(genes, gene -> cut(gene, members[a][gene] + F * (members[b][gene] - members[c][gene])));
            return genes;
        }

        private int other(int than, int nor, int norThis) {
            int drawn = than;
            while (drawn == than || drawn == nor || drawn == norThis) {
                drawn = random.nextInt(members.length);
            }
            return drawn;
        }

        private double cut(int gene, double value) {
            return Math.max(0, Math.min(value, above[gene]));
        }

        /** Takes the children that are better than their parents; {@code offset} is where they start in the arrays. */
        void select(double[][] children, double[] values, boolean[] success, int offset) {
            for (int i = 0; i < members.length; i++) {
                if (best < 0 || AttackLosses.exceeds(values[offset + i], fitness[i])) {
                    members[i] = children[offset + i];
                    fitness[i] = values[offset + i];
                }
            }
            best = 0;
            for (int i = 1; i < members.length; i++) {
                best = AttackLosses.exceeds(fitness[i], fitness[best]) ? i : best;
            }
            keepSuccess(children, values, success, offset);
        }

        /** A success is the result even where a failure is believed more, as several other classes allow. */
        private void keepSuccess(double[][] children, double[] values, boolean[] success, int offset) {
            int chosen = -1;
            for (int i = 0; i < members.length; i++) {
                if (success[offset + i]
                        && (chosen < 0 || AttackLosses.exceeds(values[offset + i], values[offset + chosen]))) {
                    chosen = i;
                }
            }
            if (chosen >= 0) {
                solved = true;
                best = chosen;
                members[chosen] = children[offset + chosen];
            }
        }
    }
}

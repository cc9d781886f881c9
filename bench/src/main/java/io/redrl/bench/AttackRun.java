package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Storage;
import io.redrl.model.Classifier;
import io.redrl.stats.OrderStatistics;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * One run of an attack on some batches.
 *
 * @param took the time of all batches; without the judging for the plain loop, which ends with its images
 * @param results one per image
 */
record AttackRun(Took took, List<Result> results) {
    /** Images in a part, for two parts in each lane. */
    private static final int SMALLEST_OF_TWO = 16;

    /**
     * What became of an image.
     *
     * @param success whether the float32 network, on each side its own, is fooled by the image before any rounding
     * @param l2 norm of the perturbation
     */
    record Result(boolean success, double l2) {}

    /** Copies the list. */
    AttackRun {
        results = List.copyOf(results);
    }

    /** Our attack; a batch goes in parts to lanes of one thread each. */
    static AttackRun ours(AttackSpec spec, Classifier victim, List<AttackBatch> batches, Precision precision) {
        return joined(batches, batch -> {
            List<Callable<List<Result>>> work = new ArrayList<>();
            int parts = parts(batch.size());
            for (int i = 0; i < parts; i++) {
                int from = batch.size() * i / parts;
                int to = batch.size() * (i + 1) / parts;
                work.add(() -> Scopes.valued(() -> attack(spec, victim, part(batch, from, to), precision)));
            }
            Took start = Took.now();
            List<Result> results = (parts == 1 ? List.of(attack(spec, victim, batch, precision)) : Lanes.map(work))
                    .stream().flatMap(List::stream).toList();
            return new AttackRun(start.untilNow(), results);
        });
    }

    /** One part for each lane; two where they stay large, since an attack may be done with one part long before another. */
    private static int parts(int images) {
        int lanes = Lanes.count();
        return images >= 2 * lanes * SMALLEST_OF_TWO ? 2 * lanes : images >= 2 * lanes ? lanes : 1;
    }

    private static List<Result> attack(AttackSpec spec, Classifier victim, AttackBatch batch, Precision precision) {
        return Scopes.valued(() -> AttackRunner.run(spec, victim, batch, Storage.FLOAT32, precision).outcomes().stream()
                .map(outcome -> new Result(outcome.successFloat(), outcome.l2()))
                .toList());
    }

    /** The plain loop, with all threads in each operation. */
    static AttackRun plain(PlainAttack attack, PlainNetwork model, List<AttackBatch> batches) {
        return joined(
                batches,
                batch -> Scopes.valued(() -> {
                    Took start = Took.now();
                    Tensor adversarial = attack.perturb(model, batch);
                    return new AttackRun(start.untilNow(), judge(model, batch, adversarial));
                }));
    }

    private static AttackRun joined(List<AttackBatch> batches, Function<AttackBatch, AttackRun> run) {
        return batches.stream().map(run).reduce(new AttackRun(new Took(0, 0), List.of()), (a, b) -> {
            List<Result> both = new ArrayList<>(a.results);
            both.addAll(b.results);
            return new AttackRun(a.took.plus(b.took), both);
        });
    }

    private static List<Result> judge(PlainNetwork model, AttackBatch batch, Tensor adversarial) {
        return Scopes.valuedNoGrad(() -> {
            long[] predicted = model.predict(adversarial);
            float[] l2 = Tensors.toFloats(Norm.L2.of(adversarial.detach().sub(batch.images())));
            List<Result> results = new ArrayList<>();
            for (int i = 0; i < predicted.length; i++) {
                results.add(new Result(predicted[i] != batch.labels()[i], l2[i]));
            }
            return results;
        });
    }

    /** Images {@code from} to {@code to} of a batch, as views in the caller's scope. */
    private static AttackBatch part(AttackBatch batch, int from, int to) {
        return new AttackBatch(
                batch.images().narrow(0, from, to - from),
                Arrays.copyOfRange(batch.labels(), from, to),
                Arrays.copyOfRange(batch.ids(), from, to),
                batch.seed());
    }

    /** The share of images that fool. */
    double success() {
        return results.stream().filter(Result::success).count() / (double) results.size();
    }

    /** The median L2 norm of those that fool; NaN if none does. */
    double medianL2() {
        return OrderStatistics.median(
                results.stream().filter(Result::success).mapToDouble(Result::l2).toArray());
    }
}

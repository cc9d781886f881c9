package io.redrl.bench;

import com.sun.management.OperatingSystemMXBean;
import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.model.Classifier;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Tensor;

/**
 * One run of an attack on some batches.
 *
 * @param seconds it took; without the judging for the plain side, whose loop ends with its images
 * @param cpuSeconds what all of the process's threads spent meanwhile: says more than {@code seconds} on a busy machine
 * @param results one per image
 */
record Run(double seconds, double cpuSeconds, List<Result> results) {
    /** Images in a part, for two parts in each lane. */
    private static final int SMALLEST_OF_TWO = 16;

    /**
     * What became of an image.
     *
     * @param success whether the float32 network, on each side its own, is fooled by the image before any rounding
     */
    record Result(boolean success, double l2, double linf) {}

    /** Copies the list. */
    Run {
        results = List.copyOf(results);
    }

    /** Our side; in lanes of one thread each, or one batch after the other with all threads in each operation. */
    static Run ours(AttackSpec spec, Classifier victim, List<AttackBatch> batches, Precision precision, boolean lanes) {
        long start = System.nanoTime();
        long cpu = cpuNanos();
        List<Result> results = new ArrayList<>();
        for (AttackBatch batch : batches) {
            int parts = lanes ? parts(batch.size()) : 1;
            if (parts == 1) {
                results.addAll(attack(spec, victim, batch, precision));
                continue;
            }
            List<Callable<List<Result>>> work = new ArrayList<>();
            for (int i = 0; i < parts; i++) {
                int from = batch.size() * i / parts;
                int to = batch.size() * (i + 1) / parts;
                work.add(() -> Scopes.valued(() -> attack(spec, victim, part(batch, from, to), precision)));
            }
            Lanes.map(work).forEach(results::addAll);
        }
        return new Run((System.nanoTime() - start) / 1e9, (cpuNanos() - cpu) / 1e9, results);
    }

    /** One part for each lane; two where they stay large, since an attack may be done with one part long before another. */
    private static int parts(int images) {
        int lanes = Lanes.count();
        return images >= 2 * lanes * SMALLEST_OF_TWO ? 2 * lanes : Math.min(lanes, images);
    }

    private static List<Result> attack(AttackSpec spec, Classifier victim, AttackBatch batch, Precision precision) {
        List<Outcome> outcomes =
                Scopes.valued(() -> AttackRunner.run(spec, victim, batch, Storage.FLOAT32, precision)
                        .outcomes());
        return outcomes.stream()
                .map(e -> new Result(e.successFloat(), e.l2(), e.linf()))
                .toList();
    }

    /** The plain loop. */
    static Run plain(PlainAttack attack, PlainModel model, List<AttackBatch> batches) {
        double seconds = 0;
        double cpuSeconds = 0;
        List<Result> results = new ArrayList<>();
        for (AttackBatch batch : batches) {
            Run run = Scopes.valued(() -> {
                long start = System.nanoTime();
                long cpu = cpuNanos();
                Tensor adversarial = attack.perturb(model, batch).adversarial();
                double took = (System.nanoTime() - start) / 1e9;
                return new Run(took, (cpuNanos() - cpu) / 1e9, judge(model, batch, adversarial));
            });
            seconds += run.seconds();
            cpuSeconds += run.cpuSeconds();
            results.addAll(run.results());
        }
        return new Run(seconds, cpuSeconds, results);
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static List<Result> judge(PlainModel model, AttackBatch batch, Tensor adversarial) {
        return Scopes.valuedNoGrad(() -> {
            long[] verdict = model.predict(adversarial);
            Tensor delta = adversarial.detach().sub(batch.images());
            float[] l2 = Tensors.toFloats(Norm.L2.of(delta));
            float[] linf = Tensors.toFloats(Norm.LINF.of(delta));
            List<Result> results = new ArrayList<>();
            for (int i = 0; i < verdict.length; i++) {
                results.add(new Result(verdict[i] != batch.labels()[i], l2[i], linf[i]));
            }
            return results;
        });
    }

    /** Images {@code from} to {@code to} of a batch, as views in the caller's scope. */
    static AttackBatch part(AttackBatch batch, int from, int to) {
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
        return Medians.of(
                results.stream().filter(Result::success).mapToDouble(Result::l2).toArray());
    }

    /** The median L∞ norm of those that fool; NaN if none does. */
    double medianLinf() {
        return Medians.of(results.stream()
                .filter(Result::success)
                .mapToDouble(Result::linf)
                .toArray());
    }

    /** The first {@code n} images alone; the seconds stay. */
    Run first(int n) {
        return new Run(seconds, cpuSeconds, results.subList(0, Math.min(n, results.size())));
    }
}

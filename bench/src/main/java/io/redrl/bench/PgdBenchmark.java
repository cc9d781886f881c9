package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.tensor.Precision;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** PGD step on a batch of CIFAR-10 images, of {@value #STEPS}; ours with its predictions before and after. Random weights. */
public class PgdBenchmark extends StepBenchmark {
    private static final int STEPS = 10;

    /** Which loop. */
    @Param
    public Side side = Side.PLAIN;

    /** The victim's architecture. */
    @Param("resnet50")
    public String model = "";

    /** Images in a batch. */
    @Param("64")
    public int batch;

    private PointerScope scope;
    private Subject subject;
    private Supplier<AttackRun> attack;

    /** Makes the networks. */
    @Setup
    public void open() {
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        Seed seed = new Seed(7);
        scope = new PointerScope();
        subject = Subject.random(model, seed, data);
        List<AttackBatch> batches = AttacksCommand.batches(subject, data, batch, 1, seed);
        AttackSpec spec = AttacksCommand.shortened(PgdSpec.DEFAULTS, STEPS);
        PlainAttack plain = PlainAttack.of(spec);
        attack = side == Side.PLAIN
                ? () -> AttackRun.plain(plain, subject.plain(), batches)
                : () -> AttackRun.ours(
                        spec, subject.ours(), batches, side == Side.BFLOAT16 ? Precision.BF16 : Precision.FP32);
    }

    /** Attacks the batch. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public Object step() {
        return attack.get();
    }

    /** Frees the networks. */
    @TearDown
    public void close() {
        subject.close();
        scope.close();
    }
}

package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.model.Classifier;
import io.redrl.model.TorchScriptClassifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How fast and how strong the attacks are at the paper's settings, on one thread, in CPU time so that a busy machine
 * gives the same figures: {@code -DexcludedTags= -Dgroups=slow -Dtest=SpeedTest}.
 */
@Tag("slow")
class SpeedTest {
    @Test
    void measuresEveryAttack() {
        var file = TestData.shared("resnet20-cifar10.torchscript.pt");
        Assumptions.assumeTrue(file.isPresent(), "no resnet20-cifar10.torchscript.pt in the shared data folder");
        torch.set_num_threads(1);
        Scopes.run(() -> {
            try (Classifier victim = TorchScriptClassifier.open(file.get())) {
                ImageDataset test = TestData.cifar10(Split.TEST);
                int[] first = IntStream.range(1000, 1064).toArray();
                Tensor pixels = Tensors.pixels(test.pixels(first), 64, 3, 32, 32);
                AttackBatch batch = new AttackBatch(
                        pixels,
                        victim.predict(pixels),
                        LongStream.range(1000, 1064).toArray(),
                        new Seed(7));
                victim.predict(pixels);
                for (AttackSpec spec : List.of(
                        PgdSpec.DEFAULTS,
                        DeepFoolSpec.DEFAULTS,
                        CwL2Spec.DEFAULTS,
                        CwLinfSpec.DEFAULTS,
                        PatchSpec.DEFAULTS)) {
                    report(spec, victim, batch);
                }
                Tensor early = CwL2Spec.DEFAULTS.newAttack().perturb(victim, batch);
                Tensor full = CwL2Spec.DEFAULTS
                        .with("abort-after", 0)
                        .with("steps", 250)
                        .newAttack()
                        .perturb(victim, batch);
                assertThat(TinyModels.distance(early, full)).isLessThan(1e-4);
            }
        });
    }

    private static void report(AttackSpec spec, Classifier victim, AttackBatch batch) {
        Scopes.run(() -> {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            List<AttackedExample> examples =
                    AttackRunner.run(spec, victim, batch, Storage.UINT8).examples();
            double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
            double[] l2 =
                    examples.stream().mapToDouble(AttackedExample::l2).sorted().toArray();
            System.out.printf(
                    "%s: %.2f images per CPU second, success %d float %d stored of 64, median L2 %.3f%n",
                    io.redrl.base.Json.line(spec),
                    64 / seconds,
                    examples.stream().filter(AttackedExample::successFloat).count(),
                    examples.stream().filter(AttackedExample::success8bit).count(),
                    l2[32]);
        });
    }
}

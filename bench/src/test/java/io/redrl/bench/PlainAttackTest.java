package io.redrl.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plain loops solve the same problems as the attacks: a baseline that does something else would prove nothing. */
class PlainAttackTest {
    private static final int IMAGES = 4;

    private static PointerScope scope;
    private static Subject subject;
    private static AttackBatch batch;

    @BeforeAll
    static void open() {
        scope = new PointerScope();
        BlockyNoise noise = new BlockyNoise(500);
        subject = Subject.random("vgg8", new Seed(5), noise);
        batch = AttacksCommand.batches(subject, noise, IMAGES, 1, new Seed(7)).get(0);
    }

    @AfterAll
    static void close() {
        subject.close();
        scope.close();
    }

    private static double loss(Tensor images) {
        return Scopes.valuedNoGrad(
                () -> torch.cross_entropy(subject.plain().logits(images), Tensors.longs(batch.labels()))
                        .item_double());
    }

    /** Both sides fool the same images, at distances that are the same in the median. */
    private static void foolsAsClosely(AttackSpec spec, double tolerance) {
        AttackRun plain = AttackRun.plain(PlainAttack.of(spec), subject.plain(), List.of(batch));
        AttackRun ours = AttackRun.ours(spec, subject.ours(), List.of(batch), Precision.FP32);
        assertThat(plain.success()).isEqualTo(1);
        assertThat(ours.success()).isEqualTo(1);
        assertThat(ours.medianL2()).isCloseTo(plain.medianL2(), within(tolerance * plain.medianL2()));
    }

    @Test
    void bothSidesHaveTheSameNetwork() {
        Scopes.run(() -> {
            float[] plain = Tensors.toFloats(subject.plain().logits(batch.images()));
            float[] ours = Tensors.toFloats(subject.ours().logits(batch.images()));
            assertThat(ours).containsExactly(plain, within(1e-3f));
        });
    }

    @Test
    void pgdClimbsAsFar() {
        AttackSpec spec = AttackCatalog.defaults("pgd").with("steps", 10).with("random-start", false);
        Scopes.run(() -> {
            double plain = loss(PlainAttack.of(spec).perturb(subject.plain(), batch));
            double ours = loss(spec.newAttack().perturb(subject.ours(), batch));
            assertThat(plain).isGreaterThan(1.005 * loss(batch.images()));
            assertThat(ours).isCloseTo(plain, within(0.01 * plain));
        });
    }

    @Test
    void cwL2FoolsAsClosely() {
        foolsAsClosely(AttackCatalog.defaults("cw-l2").with("steps", 60).with("abort-after", 0), 0.05);
    }

    @Test
    void deepFoolFoolsAsClosely() {
        foolsAsClosely(AttackCatalog.defaults("deepfool"), 0.02);
    }

    @Test
    void anAttackWithoutAPlainLoopIsRefused() {
        assertThatThrownBy(() -> PlainAttack.of(AttackCatalog.defaults("patch")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("patch")
                .hasMessageContaining("pgd");
    }

    @Test
    void everyPlainAttackIsMeasuredOnBothSides(@TempDir Path folder) throws Exception {
        ResultTable table = AttacksCommand.table();
        for (String attack : PlainAttack.ATTACKS) {
            AttackSpec spec = AttacksCommand.shortened(AttackCatalog.defaults(attack), 4);
            AttacksCommand.measure(subject, spec, List.of(batch), 1, table);
        }
        table.write(folder.resolve("attacks.csv"));
        List<String> lines = Files.readAllLines(folder.resolve("attacks.csv"));
        int sides = Precision.fastest() == Precision.BF16 ? 3 : 2;
        assertThat(lines).hasSize(1 + sides * PlainAttack.ATTACKS.size());
        assertThat(lines.get(0)).startsWith("model,attack,batch,images,side,seconds");
        assertThat(lines.get(1))
                .startsWith("\"vgg8, untrained\",pgd,4,4,plain,")
                .contains(",1.000,1.000,");
        assertThat(lines.get(2)).contains(",ours fp32,");
    }
}

package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class PlateauTest {
    @Test
    void stopsAtTheEndOfTheFirstWindowThatIsNoLower() {
        Plateau plateau = new Plateau(2, 2);
        double[] objective = {9, 1, 2, 7, 4, 5, 4, 5};
        for (int step = 0; step < objective.length; step++) {
            // Means 5, 4.5, 4.5: the third window is the first without an improvement. New lowest values do not count.
            assertThat(plateau.at(0, step, objective[step])).as("step %d", step).isEqualTo(step == 5 || step == 7);
            assertThat(plateau.at(1, step, -step)).isFalse();
        }
        assertThat(new Plateau(1, 0).at(0, 0, 1)).isFalse();
    }

    @Test
    void costsCwNothing() {
        Classifier victim = TinyModels.conv();
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, TinyModels.images(11, 0, 1, 16, victim.input()));
            Tensor early = CwL2Spec.DEFAULTS.newAttack().perturb(victim, batch);
            Tensor full = CwL2Spec.DEFAULTS.with("abort-after", 0).newAttack().perturb(victim, batch);
            double[] stopped = Tensors.toDoubles(Norm.L2.of(early.sub(batch.images())));
            double[] complete = Tensors.toDoubles(Norm.L2.of(full.sub(batch.images())));
            for (int i = 0; i < 16; i++) {
                assertThat(stopped[i]).isCloseTo(complete[i], withinPercentage(1));
            }
        });
    }
}

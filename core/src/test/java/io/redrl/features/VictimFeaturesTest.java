package io.redrl.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.Toy;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class VictimFeaturesTest {
    private static float asinh(double x) {
        return (float) Math.log(x + Math.sqrt(x * x + 1));
    }

    @Test
    void aLinearVictimsFeaturesHaveAClosedForm() {
        try (Toy.LinearVictim victim = new Toy.LinearVictim()) {
            Scopes.run(() -> {
                Tensor image = Tensors.uniform(new Seed(3), 1, 3, Toy.SIZE, Toy.SIZE);
                float[] features = Tensors.toFloats(new VictimFeatures(List.of(victim)).of(image));
                float[] w = Tensors.toFloats(victim.weight);
                float[] x = Tensors.toFloats(image);
                double z0 = 0;
                double z1 = 0;
                double slope = 0;
                for (int i = 0; i < x.length; i++) {
                    z0 += w[i] * x[i];
                    z1 += w[x.length + i] * x[i];
                    slope += Math.pow(w[i] - w[x.length + i], 2);
                }
                double lead = Math.abs(z0 - z1);
                assertThat(features).hasSize(VictimFeatures.OWN + 1);
                assertThat(features[0]).isCloseTo(asinh(lead / 2), within(1e-3f));
                assertThat(features[2]).isCloseTo(asinh(10 * Math.log1p(Math.exp(-lead))), within(1e-3f));
                assertThat(features[3]).isCloseTo(asinh(10 * lead / Math.sqrt(slope)), within(1e-3f));
                // Its lead in its own logits is its lead.
                assertThat(features[VictimFeatures.OWN]).isCloseTo(features[0], within(1e-5f));
            });
        }
    }

    @Test
    void smoothingLeavesAFlatImageItsLead() {
        try (Toy.LinearVictim victim = new Toy.LinearVictim()) {
            Scopes.run(() -> {
                Tensor flat = Tensors.uniform(new Seed(3), 1, 3, 1, 1)
                        .expand(1, 3, Toy.SIZE, Toy.SIZE)
                        .contiguous();
                float[] features = Tensors.toFloats(new VictimFeatures(List.of(victim)).of(flat));
                assertThat(features[4]).isCloseTo(features[0], within(1e-3f));
                assertThat(features[5]).isCloseTo(features[0], within(1e-3f));
            });
        }
    }

    /** For a linear victim the gradient is known: what is added along it must show, with the sign and size of the step. */
    @Test
    void aStepAlongTheGradientShows() {
        try (Toy.LinearVictim victim = new Toy.LinearVictim()) {
            Scopes.run(() -> {
                // Colours that go together, as a photograph's do.
                Tensor picture = Tensors.uniform(new Seed(6), 1, 1, Toy.SIZE, Toy.SIZE)
                        .mul(new Scalar(0.8))
                        .expand(1, 3, Toy.SIZE, Toy.SIZE)
                        .add(Tensors.uniform(new Seed(7), 1, 3, Toy.SIZE, Toy.SIZE)
                                .mul(new Scalar(0.01)));
                Tensor slope = victim.weight
                        .narrow(0, 0, 1)
                        .sub(victim.weight.narrow(0, 1, 1))
                        .reshape(1, 3, Toy.SIZE, Toy.SIZE);
                for (double length : new double[] {0.5, -0.5}) {
                    Tensor step = slope.mul(new Scalar(length / slope.norm().item_double()));
                    Tensor image = picture.add(step);
                    float height = (float) step.abs().mean().item_double();
                    // The prediction's lead rises along the slope or against it.
                    double sign =
                            victim.logits(image).argmax().item_long() == 0 ? Math.signum(length) : -Math.signum(length);
                    float[] features = Tensors.toFloats(new VictimFeatures(List.of(victim)).of(image));
                    assertThat(features[6] * sign).isGreaterThan(asinh(0.3 * 4));
                    assertThat(features[7] * sign).isGreaterThan(asinh(0.3 * 4));
                    assertThat(features[8] * sign).isPositive();
                    assertThat(features[10] * sign)
                            .isBetween((double) asinh(1000 * 0.5f * height), (double) asinh(1000 * 2 * height));
                    assertThat(features[9] * sign).isCloseTo((double) asinh(50 * 0.5), within(0.5));
                    float[] before = Tensors.toFloats(new VictimFeatures(List.of(victim)).of(picture));
                    assertThat(Math.abs(before[6])).isLessThan(asinh(0.3 * 4));
                }
            });
        }
    }

    @Test
    void doesNotDependOnWhatElseIsInTheBatch() {
        try (Toy.LinearVictim victim = new Toy.LinearVictim();
                Toy.LinearVictim other = new Toy.LinearVictim()) {
            Scopes.run(() -> {
                VictimFeatures features = new VictimFeatures(List.of(victim, other));
                Tensor images = Tensors.uniform(new Seed(4), 5, 3, Toy.SIZE, Toy.SIZE);
                Tensor all = features.of(images);
                assertThat(Tensors.shape(all)).containsExactly(5, 2, VictimFeatures.OWN + 2);
                assertThat(Tensors.toFloats(all.narrow(0, 3, 1)))
                        .usingComparatorWithPrecision(1e-4f)
                        .containsExactly(Tensors.toFloats(features.of(images.narrow(0, 3, 1))));
                assertThat(all.requires_grad()).isFalse();
            });
        }
    }
}

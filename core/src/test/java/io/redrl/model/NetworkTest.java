package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private final List<Tensor> taken = new ArrayList<>();
    private final List<Boolean> freed = new ArrayList<>();

    private Tensor plusOne(Tensor x) {
        taken.add(x);
        freed.add(taken.get(Math.max(0, taken.size() - 2)).isNull());
        return x.add(new Scalar(1.0));
    }

    @Test
    void whatAPartGivesIsFreedOnceTheNextHasTakenIt() {
        Scopes.run(() -> {
            Tensor x = Tensors.floats(new float[] {1, 2}, 2);
            List<UnaryOperator<Tensor>> parts = List.of(this::plusOne, this::plusOne, this::plusOne, this::plusOne);
            Tensor y = Network.inTurn(x, parts);

            assertThat(Tensors.toFloats(y)).containsExactly(5, 6);
            assertThat(Tensors.toFloats(x)).containsExactly(1, 2);
            assertThat(freed)
                    .as("before a part, what the one before the last gave")
                    .containsExactly(false, false, true, true);
            assertThat(taken.subList(1, 4)).allMatch(tensor -> tensor.isNull());
        });
    }

    @Test
    void aPartThatFailsLeavesTheScopesAsTheyWere() {
        Scopes.run(() -> {
            PointerScope before = PointerScope.getInnerScope();
            Tensor x = Tensors.uniform(new Seed(1), 2);
            List<UnaryOperator<Tensor>> parts = List.of(this::plusOne, y -> {
                throw new IllegalStateException("no");
            });
            assertThatThrownBy(() -> Network.inTurn(x, parts)).hasMessage("no");
            assertThat(PointerScope.getInnerScope()).isSameAs(before);
            assertThat(taken.get(0)).isSameAs(x).matches(tensor -> !tensor.isNull());
        });
    }
}

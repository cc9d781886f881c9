package io.redrl.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Seed;
import io.redrl.saliency.FilterSaliency;
import io.redrl.tensor.Scopes;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class PlainSaliencyTest {
    @Test
    void thePlainLoopFindsOurSaliencyOfEveryFilter() {
        BlockyNoise noise = new BlockyNoise(200);
        try (Subject subject = Subject.random("vgg8", new Seed(5), noise)) {
            Scopes.run(() -> {
                Tensor pixels = AttacksCommand.pixels(noise, 0, 1, 2);
                long[] labels = {0, 1, 2};
                double[][] plain = PlainSaliency.of(subject.plain(), pixels, labels);
                double[][] ours = FilterSaliency.of(subject.ours()).of(pixels, labels);
                assertThat(plain).hasSameDimensionsAs(ours);
                for (int image = 0; image < labels.length; image++) {
                    for (int filter = 0; filter < plain[image].length; filter++) {
                        double expected = plain[image][filter];
                        assertThat(ours[image][filter]).isCloseTo(expected, within(1e-4 * expected + 1e-9));
                    }
                }
            });
        }
    }
}

package io.redrl.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.redrl.base.Seed;
import io.redrl.model.VictimFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ModelParsingTest {
    /** Two normal clouds, much longer along (1, 1) than they are apart: only the little that lies along (1, -1) tells, which no nearest mean sees. */
    @Test
    void cloudsOfOneShapeAreToldApartByTheirCommonCovariance() {
        SplittableRandom random = new Seed(1).random();
        ModelParsing parsing = ModelParsing.fit(cloud(random)).orElseThrow();
        List<Evidence.Known> others = cloud(random);
        long right = others.stream()
                .filter(one -> Optional.of(parsing.of(one.evidence()))
                        .equals(VictimFamily.in(one.label().victim())))
                .count();
        assertThat(right).isGreaterThan(others.size() * 97L / 100); // 2.9 standard deviations: 99.8 %
        assertThat(parsing.weights()[0][0] - parsing.weights()[1][0])
                .isCloseTo(-(parsing.weights()[0][1] - parsing.weights()[1][1]), withPercentage(10));
    }

    @Test
    void thereIsNothingToTellOfOneFamily() {
        List<Evidence.Known> one = cloud(new Seed(2).random()).stream()
                .filter(known -> known.label().victim().contains("vgg"))
                .toList();
        assertThat(ModelParsing.fit(one)).isEmpty();
        assertThat(VictimFamily.in("my-ResNeXt20")).contains(VictimFamily.RESNEXT);
        assertThat(VictimFamily.in("victim.pt")).isEmpty();
    }

    private static List<Evidence.Known> cloud(SplittableRandom random) {
        List<Evidence.Known> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            boolean vgg = i % 2 == 0;
            double along = (vgg ? 3 : -3) + 20 * random.nextGaussian();
            double across = (vgg ? 1 : -1) + 0.35 * random.nextGaussian();
            all.add(new Evidence.Known(
                    new Evidence(
                            new double[0],
                            new double[] {along + across, along - across},
                            Optional.empty(),
                            32,
                            List.of()),
                    new AttributionBatch.Label(
                            Algorithm.PGD, Traces.Steps.MANY, 1, 1, new boolean[0], vgg ? "vgg8" : "resnet20"),
                    "made",
                    true));
        }
        return all;
    }
}

package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The models that a clone brings are those of this version. */
class ShippedModelsIT {
    private static final Path MODELS = Path.of("../models/identify");
    private static final long LARGEST = 30_000_000;

    @Test
    void theyLoadAndJudge() {
        ImageShape shape = ImageShape.square(32);
        byte[] pixels = new byte[shape.values()];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (100 + random.nextInt(20) + i % 32);
        }
        try (Identifier identifier = Identifier.open(MODELS)) {
            assertThat(identifier.judge()).isEqualTo("attribution");
            Identification found = identifier.identify(new Image(shape, pixels), "noise");
            assertThat(found.verdict().candidates().stream()
                            .mapToDouble(Verdict.Candidate::probability)
                            .sum())
                    .isCloseTo(1, within(1e-9));
            assertThat(found.residual()).isPresent();
            assertThat(found.victim()).isPresent();
        }
    }

    @Test
    void theyAreSmall() throws IOException {
        try (Stream<Path> files = Files.walk(MODELS)) {
            assertThat(files.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum())
                    .isLessThanOrEqualTo(LARGEST);
        }
    }
}

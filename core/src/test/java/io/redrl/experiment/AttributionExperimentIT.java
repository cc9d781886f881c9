package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.attribution.Attribution;
import io.redrl.attribution.AttributionModel;
import io.redrl.base.AtomicFiles;
import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import io.redrl.image.ImageShape;
import io.redrl.testing.MadeImages;
import io.redrl.testing.SpokenProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of attribution from its file to its verdicts, at the smallest size. */
class AttributionExperimentIT {
    private static final String WORLD = """
              - {name: NAME, role: ROLE, data: DATA, split: train, indices: 0-15, photographs: false, images: 8, sides: [32],
                 processed: 0.5, drawn: 0.1, attacks: 2, group: 4, victims: [vgg8], algorithms: [fgsm, square]}
            """;
    private static final String TRAINING = "{width: 16, depth: 1, steps: 6, pictures: 4, versions: 2, rate: 0.003,"
            + " weight-decay: 1.0e-4, averaging: 0.9, largest: 32, precision: fp32, seed: 1}";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() {
        TinyExperiment.write(folder);
        String data = folder.resolve("images").toString();
        file = folder.resolve("attribution.yaml");
        StringBuilder yaml = new StringBuilder("""
                name: own
                seed: 4
                victims:
                  - {name: vgg8, data: DATA, train: {model: vgg8, recipe: one-cycle, epochs: 1, batch: 8, precision: fp32}}
                worlds:
                """.replace("DATA", data));
        for (String role : List.of("fit", "calibrate", "choose")) {
            yaml.append(
                    WORLD.replace("NAME", "made-" + role).replace("ROLE", role).replace("DATA", data));
        }
        yaml.append("trainings:\n  - ")
                .append(TRAINING)
                .append("\n  - ")
                .append(TRAINING)
                .append('\n')
                .append("suspects: {steps: 5, batch: 8, rate: 0.002, weight-decay: 0, megapixels: 1, seed: 1}\n");
        AtomicFiles.writeString(file, yaml.toString());
    }

    @Test
    void oneFileMakesAModelAndGoesOnAfterAStop() throws IOException {
        assertThat(AttributionExperiment.is(file)).isTrue();
        assertThat(AttributionExperiment.is(folder.resolve("tiny.yaml"))).isFalse();
        AttributionExperiment experiment = AttributionExperiment.read(file, warning -> {});
        assertThatThrownBy(() -> experiment.run(
                        folder.resolve("stopped"), new SpokenProgress(told -> told.units("training attribution") >= 8)))
                .isInstanceOf(StoppedException.class);
        AttributionExperiment.Outcome resumed = experiment.run(folder.resolve("stopped"), new SpokenProgress());
        AttributionExperiment.Outcome straight = experiment.run(folder.resolve("straight"), new SpokenProgress());
        assertThat(resumed.table()).isEqualTo(straight.table()).contains("| made-choose PNG |");
        assertThat(resumed.table()).doesNotContain("made-fit");
        String weights = "attribution.safetensors";
        assertThat(Files.mismatch(
                        resumed.model().resolve(weights), straight.model().resolve(weights)))
                .isEqualTo(-1);
        assertThat(straight.table()).contains("| made-choose, attacked one suspected |");
        assertThat(Files.mismatch(
                        resumed.model().resolve("suspects.safetensors"),
                        straight.model().resolve("suspects.safetensors")))
                .isEqualTo(-1);
        try (AttributionModel model = AttributionModel.open(straight.model())) {
            assertThat(model.card().suspects()).isPresent();
            assertThat(model.card().fit()).containsExactly("made-fit");
            List<Attribution> found = model.attribute(List.of(MadeImages.smooth(ImageShape.square(40), 1)));
            assertThat(found).hasSize(1);
        }
    }

    @Test
    void settingsOfSuspectsMayBeLeftOut() throws IOException {
        Files.writeString(file, Files.readString(file).replaceAll("suspects: .*\n", ""));
        assertThat(AttributionExperiment.read(file, warning -> {}).suspects()).isEmpty();
    }

    @Test
    void whatIsMissingIsSaidBeforeAnythingIsMade() throws IOException {
        Files.writeString(file, Files.readString(file).replace("role: calibrate", "role: choose"));
        assertThatThrownBy(() -> AttributionExperiment.read(file, warning -> {}))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("worlds must have at least one of role calibrate");
    }
}

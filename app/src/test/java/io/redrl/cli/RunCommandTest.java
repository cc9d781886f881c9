package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    private final FakeConsole console = new FakeConsole();

    @Test
    void theOldNameOfADryRunIsTakenWithAWarning() {
        assertThat(console.run("run", "../experiments/demo.yaml", "--rehearse", "1"))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err())
                .contains("--rehearse is called --dry-run now")
                .contains("dry-run must be in [2, 1000], got 1");
    }

    private static void image(Path file) {
        ImageCodec.writePng(file, new Image(ImageShape.square(32), new byte[3 * 32 * 32]));
    }

    @Test
    void aNewExperimentPassesItsCheckAndAWrongOneIsListedWhole(@TempDir Path folder) throws IOException {
        for (String split : List.of("train", "test")) {
            for (int i = 0; i < 8; i++) {
                image(folder.resolve("mine/" + split + "/cat/" + i + ".png"));
                image(folder.resolve("mine/" + split + "/dog/" + i + ".png"));
            }
        }
        String data = folder.resolve("mine").toString();
        String file = folder.resolve("first.yaml").toString();
        assertThat(console.run("experiment", "new", "--data", data, "--name", "first", "--out", file))
                .isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("./redrl run --check " + file);
        assertThat(console.run("experiment", "new", "--data", data, "--out", file))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("is there already");
        assertThat(console.run("run", "--check", file)).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("Nothing is wrong with " + file);
        Path wrong = folder.resolve("wrong.yaml");
        Files.writeString(
                wrong,
                Files.readString(Path.of(file))
                        .replace("seed: 1 ", "seed: one ")
                        .replace("attack: pgd", "attack: pdg"));
        FakeConsole other = new FakeConsole();
        assertThat(other.run(
                        "run",
                        wrong.toString(),
                        "--runs",
                        folder.resolve("runs").toString()))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(other.err())
                .contains("line 4: seed: expected a whole number, got one", "did you mean pgd?", "2 things are wrong");
        assertThat(folder.resolve("runs")).doesNotExist();
        assertThat(other.run("experiment", "new")).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void helpNamesADryRunByItsNewNameAlone() {
        assertThat(console.run("run", "--help")).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("--dry-run=N").doesNotContain("rehears");
    }
}

package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VictimsTest {
    @TempDir
    Path folder;

    @Test
    void ofAModelFolderTheModelAloneIsCopied() throws IOException {
        Path victim = Files.createDirectory(folder.resolve("made"));
        Files.writeString(victim.resolve("model.json"), "card");
        Files.writeString(victim.resolve("model.safetensors"), "weights");
        Files.writeString(victim.resolve("stage.json"), "no part of the model");

        Victims.copy(victim, folder.resolve("copies"), "toy");

        Path copy = Victims.copied(folder.resolve("copies"), "toy");
        assertThat(copy.resolve("model.json")).hasContent("card");
        assertThat(copy.resolve("model.safetensors")).hasContent("weights");
        assertThat(copy.resolve("stage.json")).doesNotExist();
    }

    @Test
    void aTorchScriptFileIsCopiedUnderItsName() throws IOException {
        Path victim = Files.writeString(folder.resolve("somebodys-network.pt"), "script");

        Victims.copy(victim, folder.resolve("copies"), "toy");

        assertThat(Victims.copied(folder.resolve("copies"), "toy"))
                .isEqualTo(folder.resolve("copies/toy.pt"))
                .hasContent("script");
    }

    @Test
    void aVictimThatIsNotThereIsRefusedByName() {
        assertThatThrownBy(() -> Victims.copy(folder.resolve("nowhere"), folder.resolve("copies"), "toy"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("nowhere");
    }
}

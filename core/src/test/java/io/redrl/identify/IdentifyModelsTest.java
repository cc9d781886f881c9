package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentifyModelsTest {
    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{}");
        return file;
    }

    @Test
    void aRecognisersOwnFolderIsEnough() throws IOException {
        file("own/recogniser.json");
        assertThat(IdentifyModels.in(folder.resolve("own"))).isEqualTo(IdentifyModels.of(folder.resolve("own")));
    }

    @Test
    void theBetterOneJudgesAndTheOneWithGRepairs() throws IOException {
        Path plus = file("recognisers/redrl-plus/recogniser.json").getParent();
        Path redrl = file("recognisers/redrl/recogniser.json").getParent();
        assertThat(IdentifyModels.in(folder).reconstructor()).isEmpty();
        file("recognisers/redrl/g.safetensors");
        IdentifyModels models = IdentifyModels.in(folder);
        assertThat(models.recogniser()).isEqualTo(plus);
        assertThat(models.reconstructor()).contains(redrl);
        assertThat(models.victim()).isEmpty();
        file("recognisers/redrl-plus/g.safetensors");
        assertThat(IdentifyModels.in(folder).reconstructor())
                .as("the judge repairs")
                .isEmpty();
    }

    @Test
    void victimAndStatisticsComeAlong() throws IOException {
        file("recognisers/redrl/recogniser.json");
        Path second = file("victims/b/model.json").getParent();
        assertThat(IdentifyModels.in(folder).victim()).contains(second.toString());
        Path own = file("victim/model.json").getParent();
        Path statistics = file("saliency-statistics.json");
        assertThat(IdentifyModels.in(folder).victim()).contains(own.toString());
        assertThat(IdentifyModels.in(folder).statistics()).contains(statistics);
        assertThat(IdentifyModels.in(folder)
                        .withVictim(Optional.of("other"), Optional.empty())
                        .statistics())
                .isEmpty();
    }

    @Test
    void anOwnRecogniserTakesTheRestFromTheClone() throws IOException {
        Path shipped = file("recognisers/redrl/recogniser.json").getParent();
        file("recognisers/redrl/g.safetensors");
        Path own = file("own/recogniser.json").getParent();
        IdentifyModels models = IdentifyModels.in(own, folder);
        assertThat(models.recogniser()).isEqualTo(own);
        assertThat(models.reconstructor()).contains(shipped);
        file("own/g.safetensors");
        assertThat(IdentifyModels.in(own, folder).reconstructor()).isEmpty();
        assertThat(IdentifyModels.in(own, folder.resolve("none"))).isEqualTo(IdentifyModels.of(own));
    }

    @Test
    void nothingThereSaysWhatToDo() {
        assertThatThrownBy(() -> IdentifyModels.in(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("no trained recogniser", "--recogniser");
    }
}

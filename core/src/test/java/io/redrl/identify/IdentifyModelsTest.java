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
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, "{}");
        return file;
    }

    private Path home(String name, String content) throws IOException {
        file(name + "/" + content);
        return folder.resolve(name);
    }

    @Test
    void aRecognisersOwnFolderIsEnough() throws IOException {
        file("own/recogniser.json");
        assertThat(IdentifyModels.in(folder.resolve("own"))).isEqualTo(IdentifyModels.of(folder.resolve("own")));
    }

    @Test
    void theBetterOneJudgesAndTheOneWithGRepairs() throws IOException {
        Path plus = home("recognisers/redrl-plus", "recogniser.json");
        Path redrl = home("recognisers/redrl", "recogniser.json");
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
    void redrlRepairsRatherThanAnAblation() throws IOException {
        file("recognisers/redrl-plus/recogniser.json");
        Path ablation = home("recognisers/ablation", "recogniser.json");
        file("recognisers/ablation/g.safetensors");
        assertThat(IdentifyModels.in(folder).reconstructor()).contains(ablation);
        Path redrl = home("recognisers/redrl", "recogniser.json");
        file("recognisers/redrl/g.safetensors");
        assertThat(IdentifyModels.in(folder).reconstructor()).contains(redrl);
    }

    @Test
    void victimAndStatisticsComeAlong() throws IOException {
        file("recognisers/redrl/recogniser.json");
        Path second = home("victims/b", "model.json");
        assertThat(IdentifyModels.in(folder).victim()).contains(second.toString());
        Path own = home("victim", "model.json");
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
        Path shipped = home("recognisers/redrl", "recogniser.json");
        file("recognisers/redrl/g.safetensors");
        Path own = home("own", "recogniser.json");
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

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
    void attributionJudgesAndTheReconstructorRepairs() throws IOException {
        Path attribution = home("attribution", "attribution.json");
        IdentifyModels models = IdentifyModels.in(folder);
        assertThat(models.judge()).isEqualTo(attribution);
        assertThat(models.attributes()).isTrue();
        assertThat(models.reconstructor()).isEmpty();
        assertThat(models.victim()).isEmpty();
        Path g = home("reconstructor", "g.safetensors");
        assertThat(IdentifyModels.in(folder).reconstructor()).contains(g);
        home("recognisers/redrl", "recogniser.json");
        assertThat(IdentifyModels.in(folder).judge()).isEqualTo(attribution);
    }

    @Test
    void oneRecogniserJudgesAndSeveralAreNotChosenFrom() throws IOException {
        Path redrl = home("recognisers/redrl", "recogniser.json");
        IdentifyModels models = IdentifyModels.in(folder);
        assertThat(models.judge()).isEqualTo(redrl);
        assertThat(models.attributes()).isFalse();
        file("recognisers/redrl/g.safetensors");
        assertThat(IdentifyModels.in(folder).reconstructor())
                .as("the judge repairs")
                .contains(redrl);
        file("recognisers/ablation/recogniser.json");
        assertThatThrownBy(() -> IdentifyModels.in(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("several recognisers, name one of them")
                .hasMessageContaining("ablation");
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
    void anOwnModelTakesTheRestFromTheClone() throws IOException {
        file("attribution/attribution.json");
        Path shipped = home("reconstructor", "g.safetensors");
        Path own = home("own", "recogniser.json");
        IdentifyModels models = IdentifyModels.in(own, folder);
        assertThat(models.judge()).isEqualTo(own);
        assertThat(models.reconstructor()).contains(shipped);
        file("own/g.safetensors");
        assertThat(IdentifyModels.in(own, folder).reconstructor()).contains(own);
        assertThat(IdentifyModels.in(own, folder.resolve("none"))).isEqualTo(IdentifyModels.of(own));
    }

    @Test
    void nothingThereSaysWhatToDo() {
        assertThatThrownBy(() -> IdentifyModels.in(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("no trained model", "--models");
    }
}

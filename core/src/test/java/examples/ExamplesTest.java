package examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.redrl.data.Split;
import io.redrl.data.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExamplesTest {
    @Test
    void theFirstAttackFoolsAVictimThatNobodyHereTrained() {
        Optional<Path> victim = TestData.shared("resnet20-cifar10.torchscript.pt");
        assumeThat(victim).as("a TorchScript victim beside the repository").isPresent();
        assertThat(TestData.cifar10(Split.TEST).size()).isEqualTo(10_000);
        assertThat(FirstAttack.fooled(victim.orElseThrow())).isEqualTo(8);
    }

    @Test
    void theReadmeShowsTheExampleAsItIsCompiled() throws IOException {
        List<String> source = Files.readAllLines(Path.of("src/test/java/examples/FirstAttack.java"));
        String body = String.join(
                "\n",
                source.subList(
                        source.indexOf("        ImageDataset images = Datasets.open(\"cifar10\", Split.TEST);"),
                        source.size() - 2));
        assertThat(Files.readString(Path.of("../README.md"))).contains(body.stripIndent());
    }
}

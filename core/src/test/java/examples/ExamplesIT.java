package examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.redrl.adversarial.AttackSummary;
import io.redrl.base.Seed;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExamplesIT {
    @TempDir
    private Path folder;

    @Test
    void theFirstAttackFoolsAVictimThatNobodyHereTrained() {
        Optional<Path> victim = TestData.shared("resnet20-cifar10.torchscript.pt");
        assumeThat(victim).as("a TorchScript victim beside the repository").isPresent();
        assertThat(TestData.cifar10(Split.TEST).size()).isEqualTo(10_000);
        assertThat(FirstAttack.fooled(victim.orElseThrow())).isEqualTo(8);
    }

    /** A network of somebody else's: which colour is brightest. */
    private Path victim() {
        Path file = folder.resolve("own.pt");
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Own"));
            module.define("def forward(self, x):\n    return torch.mean(x, [2, 3]) * 30\n");
            module.save(file.toString());
        }
        return file;
    }

    /** A noisy image near grey. */
    private Path image(String name) {
        byte[] pixels = new byte[3 * 32 * 32];
        new Seed(0).child(name).random().nextBytes(pixels);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (120 + (pixels[i] & 7) + i / 1024);
        }
        ImageCodec.writePng(folder.resolve(name), new Image(ImageShape.square(32), pixels));
        return folder.resolve(name);
    }

    @Test
    void theTargetedAttackReachesItsTargets() {
        List.of("data/a/1.png", "data/a/2.png", "data/b/1.png", "data/c/1.png").forEach(this::image);
        assertThat(TargetedAttack.reached(victim(), folder.resolve("data").toString()))
                .isEqualTo(4);
    }

    @Test
    void anOwnVictimAndOwnImagesMakeAdversarialPictures() {
        Path first = image("data/first.png");
        image("data/second.png");
        List<AttackSummary> summaries = OwnVictim.pictures(victim(), folder.resolve("data"), folder.resolve("out"));
        assertThat(summaries)
                .extracting(AttackSummary::attack, s -> s.success8bit().value())
                .containsExactly(tuple("pgd", 1.0), tuple("deepfool", 1.0));
        Path pictures = folder.resolve("out/png/pgd");
        assertThat(ImageCodec.read(pictures.resolve("0-original.png")).image().pixels())
                .containsExactly(ImageCodec.read(first).image().pixels());
        assertThat(pictures.resolve("1-pgd.png")).exists();
        assertThat(folder.resolve("out/png/deepfool/1-perturbation.png")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"FirstAttack", "OwnVictim"})
    void theReadmeShowsTheExampleAsItIsCompiled(String example) throws IOException {
        List<String> source = Files.readAllLines(Path.of("src/test/java/examples/" + example + ".java"));
        int first = IntStream.range(0, source.size())
                .filter(line -> source.get(line).startsWith("        ImageDataset images = "))
                .findFirst()
                .orElseThrow();
        String body = String.join("\n", source.subList(first, source.size() - 2));
        assertThat(Files.readString(Path.of("../README.md"))).contains(body.stripIndent());
    }
}

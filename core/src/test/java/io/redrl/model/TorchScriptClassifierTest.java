package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redrl.base.Checksums;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.data.ImageSubset;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Tensors;
import io.redrl.training.Accuracy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchScriptClassifierTest {
    private static final String RESNET20 = "resnet20-cifar10.torchscript.pt";

    @TempDir
    Path folder;

    private static Path resnet20() {
        Optional<Path> file = TestData.shared(RESNET20);
        assumeTrue(file.isPresent(), RESNET20 + " is not here");
        return file.orElseThrow();
    }

    /** A module whose forward is the given TorchScript source. */
    private Path scripted(String body) {
        Path file = folder.resolve("made.pt");
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Made"));
            module.define("def forward(self, x):\n    return " + body + "\n");
            module.save(file.toString());
        }
        return file;
    }

    @Test
    void scoresWhatItsAuthorsMeasured() {
        try (Classifier victim = Victims.load(resnet20(), ImageShape.square(32))) {
            assertThat(victim.id()).isEqualTo("resnet20-cifar10");
            assertThat(victim.classes()).isEqualTo(10);
            // Of 2,000 images; three standard deviations.
            ImageDataset some = ImageSubset.spread(TestData.cifar10(Split.TEST), 2_000);
            assertThat(Accuracy.of(victim, some, Progress.silent()).value()).isCloseTo(0.9173, within(0.0185));
        }
    }

    @Test
    void letsGradientsReachTheInput() {
        try (PointerScope scope = new PointerScope();
                Classifier victim = Victims.load(resnet20(), ImageShape.square(32))) {
            Tensor x = Tensors.uniform(new Seed(1), 2, 3, 32, 32).requires_grad_(true);
            Tensor logits = victim.logits(x);
            Tensor gradient = Tensors.gradient(logits.sum(), x);
            assertThat(gradient.abs().max().item_double()).isPositive();
            // Without an input that records gradients nothing does: the parameters are frozen.
            assertThat(victim.logits(x.detach()).requires_grad()).isFalse();
        }
    }

    @Test
    void findsClassesAndSizeByRunningTheModule() {
        Path file = scripted("torch.mean(torch.reshape(x, [-1, 3, 1024]), 2)");
        try (PointerScope scope = new PointerScope();
                Classifier victim = Victims.load("made", folder)) {
            assertThat(victim.id()).isEqualTo("made");
            assertThat(victim.classes()).isEqualTo(3);
            assertThat(victim.input()).isEqualTo(ImageShape.square(32));
            assertThat(victim.checksum()).isEqualTo(Checksums.of(file));
            assertThatThrownBy(() -> victim.logits(Tensors.uniform(new Seed(1), 1, 3, 64, 64)))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("takes images of 3×32×32");
        }
        scripted("torch.mean(torch.reshape(x, [-1, 3, 4096]), 2)");
        try (Classifier victim = Victims.load("made", folder)) {
            assertThat(victim.input()).isEqualTo(ImageShape.square(64));
        }
    }

    @Test
    void refusesAModuleThatDoesNotClassify() {
        Path file = scripted("x");
        assertThatThrownBy(() -> Victims.load(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("made.pt cannot be used as a victim")
                .hasMessageContaining("float32 [3, 3, 32, 32]");
    }

    @Test
    void namesAFileThatIsCutShortAnywhere() throws IOException {
        Path file = scripted("torch.mean(x, [2, 3])");
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 1 + length / 8) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(file, length == 0 ? "is empty" : "");
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertRefused(file, "is cut short or altered");
        assertThatThrownBy(() -> Victims.load(folder.resolve("absent.pt")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("No such model file");
    }

    @Test
    void namesAFileOfAnotherKindAndSaysOfWhich() throws IOException {
        assertRefused(Files.writeString(folder.resolve("a.pt"), "no archive\n"), "is text");
        assertRefused(
                Files.write(folder.resolve("b.pt"), new byte[] {1, 2, 3, 0, 5}), "is no model file that is known");
        // The first bytes of pickle.dumps({}, protocol=2), and of torch.save before it wrote archives.
        assertRefused(
                Files.write(folder.resolve("c.pt"), new byte[] {(byte) 0x80, 2, '}', 'q', 0, '.'}), "a Python pickle");
        assertRefused(zip("d.pt", "notes/readme.txt"), "is a zip archive without a network");
        assertRefused(zip("e.pt", "archive/data.pkl", "archive/version", "archive/data/0"), "is a file of torch.save");
        assertRefused(zip("f.pt", "m/data.pkl", "m/constants.pkl", "m/version"), "is an altered TorchScript file");
        Path weights = folder.resolve("g.pt");
        try (PointerScope scope = new PointerScope()) {
            Safetensors.write(weights, Map.of("a", Tensors.floats(new float[] {1}, 1)), Map.of());
        }
        assertRefused(weights, "is a safetensors file: weights without the network");
    }

    /** In one line that names the file, without LibTorch's trace. */
    private static void assertRefused(Path file, String because) {
        assertThatThrownBy(() -> Victims.load(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(file + " could not be read as TorchScript: it ")
                .hasMessageContaining(because)
                .message()
                .hasLineCount(1)
                .doesNotContain("Exception", ".cpp", "frame #");
    }

    private Path zip(String name, String... entries) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String entry : entries) {
                out.putNextEntry(new ZipEntry(entry));
                out.write(new byte[] {(byte) 0x80, 2, '}', '.'});
            }
        }
        return file;
    }
}

package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.tensor.PickledWeights;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.StateDicts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VictimImportTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "resnet18, resnet18-imagenet, 11689512, 224",
        "resnext50_32x4d, resnext50-imagenet, 25028904, 224",
        "densenet121, densenet121-imagenet, 7978856, 224",
        "resnet20, resnet20, 334072, 32"
    })
    void safetensorsOfTorchvisionsFormsBecomeAVictim(String model, String form, long parameters, int side) {
        Path weights = folder.resolve("w.safetensors");
        try (Network network = VictimCatalog.named(form).network(1000, new Seed(1))) {
            // 1000 classes: the number of parameters is the one that torchvision's page tells.
            assertThat(Weights.parameterCount(network)).isEqualTo(parameters);
            Weights.save(network, weights);
        }
        ModelCard card = VictimImport.write(model, weights, ScriptSettings.NONE, folder.resolve("out"));
        assertThat(card.architecture()).isEqualTo(form);
        assertThat(card.classes()).isEqualTo(1000);
        try (Classifier victim = Victims.load(folder.resolve("out"))) {
            assertThat(victim.input()).isEqualTo(ImageShape.square(side));
            float[] logits = Scopes.valued(
                    () -> Tensors.toFloats(victim.logits(Tensors.uniform(new Seed(2), 1, 3, side, side))));
            assertThat(logits).hasSize(1000).doesNotContain(Float.NaN);
        }
    }

    static List<String> forms() {
        return VictimCatalog.imported().stream()
                .map(VictimCatalog.Architecture::name)
                .toList();
    }

    /** All of them, each with as many parameters as torchvision's page tells for 1000 classes. */
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("forms")
    void everyFormTakesItsWeightsAndGivesNumbers(String form) {
        Path weights = folder.resolve("w.safetensors");
        VictimCatalog.Architecture architecture = VictimCatalog.named(form);
        try (Network network = architecture.network(10, new Seed(1))) {
            assertThat(Weights.parameterCount(network)).isEqualTo(architecture.parameters());
            Weights.save(network, weights);
        }
        String said = form.replace(VictimCatalog.LARGE, "").replaceFirst("^resnext50$", "resnext50_32x4d");
        ModelCard card = VictimImport.write(said, weights, ScriptSettings.NONE, folder.resolve("out"));
        assertThat(card.architecture()).isEqualTo(form);
        try (Classifier victim = NetworkClassifier.open(folder.resolve("out"), ImageShape.square(64))) {
            float[] logits = Scopes.valuedNoGrad(
                    () -> Tensors.toFloats(victim.logits(Tensors.uniform(new Seed(2), 1, 3, 64, 64))));
            assertThat(logits).hasSize(10).doesNotContain(Float.NaN);
        }
    }

    @Test
    void aStateDictOldOrNewGivesTheSameVictimAsSafetensorsAlsoWithAPrefix() {
        Path safe = folder.resolve("w.safetensors");
        Path pth = folder.resolve("w.pth");
        Path old = folder.resolve("old.pth");
        try (Network network = VictimCatalog.named("resnet20").network(7, new Seed(1))) {
            Weights.save(network, safe);
            Scopes.run(() -> {
                Map<String, Tensor> prefixed = new LinkedHashMap<>();
                Weights.state(network).forEach((name, tensor) -> prefixed.put("module." + name, tensor));
                StateDicts.write(pth, prefixed);
                StateDicts.writeOld(old, prefixed);
            });
        }
        ModelCard a = VictimImport.write("resnet20", safe, ScriptSettings.NONE, folder.resolve("a"));
        ModelCard b = VictimImport.write("resnet20", pth, ScriptSettings.NONE, folder.resolve("b"));
        assertThat(b.weightsChecksum()).isEqualTo(a.weightsChecksum());
        assertThat(VictimImport.write("resnet20", old, ScriptSettings.NONE, folder.resolve("old"))
                        .weightsChecksum())
                .isEqualTo(a.weightsChecksum());
        assertThat(b.classNames()).containsExactly("0", "1", "2", "3", "4", "5", "6");
        assertThatThrownBy(() -> VictimImport.write("resnet18", pth, ScriptSettings.NONE, folder.resolve("c")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("does not fit this network");
        assertThat(folder.resolve("c")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"cos\nsystem\n(X\u0002\u0000\u0000\u0000lstR.", "cbuiltins\neval\n)R.", "ctorch.nn\nModule\n)R."
            })
    void codeInAPickleIsRefusedByItsName(String pickle) throws IOException {
        Path file = zip(pickle);
        assertThatThrownBy(() -> PickledWeights.read(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(pickle.substring(1, pickle.indexOf('\n')))
                .hasMessageContaining("never run");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "}", "t.", "h\u0007.", "X\u00ff\u00ff\u00ff\u007fa", "}.", "i", "]]s.", "NR."})
    void anAlteredPickleIsRefused(String pickle) throws IOException {
        Path file = zip(pickle);
        assertThatThrownBy(() -> PickledWeights.read(file)).isInstanceOf(RedrlException.class);
    }

    @Test
    void aFileOfAnotherKindIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("other.pth"), new byte[] {(byte) 0x80, 2, 'N', '.'});
        assertThatThrownBy(() -> PickledWeights.read(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("not a whole .pth file of torch.save");
    }

    @Test
    void anOldStateDictThatIsCutIsRefusedWhereverThatIs() throws IOException {
        Path file = folder.resolve("old.pth");
        Scopes.run(() -> StateDicts.writeOld(
                file,
                Map.of("fc.weight", Tensors.uniform(new Seed(1), 2, 3), "fc.bias", Tensors.uniform(new Seed(2), 2))));
        byte[] whole = Files.readAllBytes(file);
        assertThat(Scopes.<Integer>valued(() -> PickledWeights.read(file).size()))
                .isEqualTo(2);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> PickledWeights.read(file))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(RedrlException.class);
        }
    }

    @Test
    void theNumberOfClassNamesMustFit() {
        Path weights = folder.resolve("w.safetensors");
        try (Network network = VictimCatalog.named("vgg8").network(3, new Seed(1))) {
            Weights.save(network, weights);
        }
        ScriptSettings two = new ScriptSettings(
                java.util.Optional.empty(), List.of(), List.of(), java.util.Optional.empty(), List.of("a", "b"));
        assertThatThrownBy(() -> VictimImport.write("vgg8", weights, two, folder.resolve("out")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("3 classes, but 2 names");
    }

    private Path zip(String pickle) throws IOException {
        Path file = folder.resolve("made.pth");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(pickle.getBytes(StandardCharsets.ISO_8859_1));
        }
        return file;
    }
}

package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.tensor.PickledWeights;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VictimImportTest {
    @TempDir
    Path folder;

    /** A state dict as torch.save writes it: an OrderedDict of float32 and int64 tensors, with its _metadata. */
    private static void pickle(Path file, Map<String, Tensor> state) throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        text(pickle, "\u0002ccollections\nOrderedDict\n", 0x80);
        text(pickle, ")R(", -1);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            int key = 0;
            for (Map.Entry<String, Tensor> each : state.entrySet()) {
                boolean whole = !each.getValue().is_floating_point();
                float[] values = Scopes.valued(
                        () -> Tensors.toFloats(each.getValue().to(org.bytedeco.pytorch.global.torch.ScalarType.Float)));
                unicode(pickle, each.getKey());
                text(pickle, "ctorch._utils\n_rebuild_tensor_v2\n((", -1);
                unicode(pickle, "storage");
                text(pickle, "ctorch\n" + (whole ? "LongStorage" : "FloatStorage") + "\n", -1);
                unicode(pickle, Integer.toString(key));
                unicode(pickle, "cuda:0");
                number(pickle, values.length);
                text(pickle, "tQK", -1);
                pickle.write(0);
                long[] shape = each.getValue().shape();
                text(pickle, "(", -1);
                for (long size : shape) {
                    number(pickle, size);
                }
                text(pickle, "t(", -1);
                long stride = values.length;
                for (long size : shape) {
                    stride /= size;
                    number(pickle, stride);
                }
                text(pickle, "t\u0000ccollections\nOrderedDict\n)RtR".replace("\u0000", ""), -1);
                ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
                for (float value : values) {
                    if (whole) {
                        bytes.putLong((long) value);
                    } else {
                        bytes.putFloat(value);
                    }
                }
                zip.putNextEntry(new ZipEntry("archive/data/" + key++));
                zip.write(bytes.array(), 0, bytes.position());
            }
            text(pickle, "u}", -1);
            unicode(pickle, "_metadata");
            text(pickle, "}sb.", -1);
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(pickle.toByteArray());
        }
    }

    private static void text(ByteArrayOutputStream out, String text, int first) {
        if (first >= 0) {
            out.write(first);
        }
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void unicode(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        number4(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void number(ByteArrayOutputStream out, long value) {
        out.write('J');
        number4(out, (int) value);
    }

    private static void number4(ByteArrayOutputStream out, int value) {
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

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

    @Test
    void aStateDictGivesTheSameVictimAsSafetensorsAlsoWithAPrefix() throws IOException {
        Path safe = folder.resolve("w.safetensors");
        Path pth = folder.resolve("w.pth");
        try (Network network = VictimCatalog.named("resnet20").network(7, new Seed(1))) {
            Weights.save(network, safe);
            Map<String, Tensor> prefixed = new LinkedHashMap<>();
            Scopes.run(() -> {
                Weights.state(network).forEach((name, tensor) -> prefixed.put("module." + name, tensor));
                try {
                    pickle(pth, prefixed);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }
        ModelCard a = VictimImport.write("resnet20", safe, ScriptSettings.NONE, folder.resolve("a"));
        ModelCard b = VictimImport.write("resnet20", pth, ScriptSettings.NONE, folder.resolve("b"));
        assertThat(b.weightsChecksum()).isEqualTo(a.weightsChecksum());
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
    void aFileThatIsNoZipIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("old.pth"), new byte[] {(byte) 0x80, 2, 'N', '.'});
        assertThatThrownBy(() -> PickledWeights.read(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("PyTorch 1.6");
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

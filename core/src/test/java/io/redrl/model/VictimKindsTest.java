package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.Scripts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of TorchScript file that people have: used where it can be used, with what it is told; refused with what came out of it. */
class VictimKindsTest {
    private static final String PLAIN = "def forward(self, x):\n    return self.flat(x)\n";
    private static final String ANY_SIZE = "def forward(self, x):\n    return self.pooled(x)\n";

    @TempDir
    Path folder;

    private Path script(String methods) {
        return Scripts.write(folder.resolve("made.pt"), 5, methods);
    }

    private Path script(String name, String methods) {
        return Scripts.write(folder.resolve(name), 5, methods);
    }

    /** The logits of eleven images, as a victim gives them. */
    private static float[] logits(Classifier victim) {
        return Scopes.valued(() -> Tensors.toFloats(victim.logits(images(11))));
    }

    private static Tensor images(int n) {
        return Tensors.uniform(new Seed(8), n, 3, 32, 32);
    }

    private void assertAnswersAs(Path expected, Classifier victim, double tolerance) {
        try (Classifier plain = TorchScriptClassifier.open(expected, ImageShape.square(32))) {
            float[] right = logits(plain);
            float[] given = logits(victim);
            assertThat(given).hasSameSizeAs(right);
            for (int i = 0; i < right.length; i++) {
                assertThat(given[i]).isCloseTo(right[i], within((float) tolerance));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(z, x) | returns 2 outputs | output 0 is taken",
                "(x, z) | returns 2 outputs | output 1 is taken",
                "[z, z] | returns 2 outputs | output 0 is taken",
                "{'aux': z * 2.0, 'logits': z} | returns 2 outputs | output logits is taken",
                "{'out': z} | |",
                "(z,) | |",
                "((z, x), x) | returns 3 outputs | output 0.0 is taken",
                "z.reshape(x.size(0), 5, 1, 1) | |",
                "z.unsqueeze(1) | |",
                "z.to(7) | |",
                "torch.squeeze(z) | |",
            })
    void takesTheLogitsOutOfWhateverHoldsThem(String returned, String said, String taken) {
        Path plain = script("plain.pt", PLAIN);
        Path file = script("def forward(self, x):\n    z = self.flat(x)\n    return " + returned + "\n");
        try (Classifier victim = Victims.load(file)) {
            assertThat(victim.classes()).isEqualTo(5);
            assertThat(victim.input()).isEqualTo(ImageShape.square(32));
            assertAnswersAs(plain, victim, 1e-5);
            if (said == null) {
                assertThat(victim.remarks()).isEmpty();
            } else {
                assertThat(victim.remarks()).singleElement().asString().contains(said, taken, "--output");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "aux, 2", "logits, 1"})
    void takesTheOutputThatItsUserNames(String output, float factor) {
        String returned = output.matches("\\d") ? "(z, z * 2.0)" : "{'logits': z, 'aux': z * 2.0}";
        Path file = script("def forward(self, x):\n    z = self.flat(x)\n    return " + returned + "\n");
        Path plain = script("plain.pt", "def forward(self, x):\n    return self.flat(x) * " + factor + "\n");
        ScriptSettings settings =
                new ScriptSettings(Optional.empty(), List.of(), List.of(), Optional.of(output), List.of());
        try (Classifier victim = Victims.load(file, settings, Optional.empty());
                Classifier unsaid = Victims.load(file)) {
            assertAnswersAs(plain, victim, 1e-5);
            assertThat(victim.remarks()).isEmpty();
            assertThat(victim.checksum()).isNotEqualTo(unsaid.checksum());
        }
        ScriptSettings wrong = new ScriptSettings(Optional.empty(), List.of(), List.of(), Optional.of("7"), List.of());
        assertThatThrownBy(() -> Victims.load(file, wrong, Optional.empty()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("takes no output '7'")
                .hasMessageContaining("float32 [3, 5]");
    }

    @Test
    void handsImagesOverWithColourLastWhereTheNetworkWantsThem() {
        Path plain = script("plain.pt", PLAIN);
        Path file = script("def forward(self, x):\n    return self.flat(x.permute(0, 3, 1, 2))\n");
        try (Classifier victim = Victims.load(file)) {
            assertAnswersAs(plain, victim, 1e-5);
            assertThat(victim.remarks()).singleElement().asString().contains("colour as the last axis");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 6, 16})
    void callsANetworkOfAFixedNumberOfImagesAsOftenAsThatTakes(int batch) {
        Path plain = script("plain.pt", PLAIN);
        Path file = script("def forward(self, x):\n    y = self.features(x).reshape(" + batch
                + ", 2048)\n    return torch.linear(y, self.f)\n");
        try (Classifier victim = Victims.load(file);
                PointerScope scope = new PointerScope()) {
            assertAnswersAs(plain, victim, 1e-5);
            assertThat(victim.remarks()).singleElement().asString().contains("batches of exactly " + batch);
            Tensor x = images(3).requires_grad_(true);
            Tensor gradient = Tensors.gradient(victim.logits(x).sum(), x);
            assertThat(gradient.abs().flatten(1, -1).sum(1).min().item_double()).isPositive();
        }
    }

    @Test
    void readsOneNumberAsTwoClasses() {
        Path logit = Scripts.write(folder.resolve("l.pt"), 1, "def forward(self, x):\n    return self.flat(x)\n");
        Path squeezed =
                Scripts.write(folder.resolve("s.pt"), 1, "def forward(self, x):\n    return self.flat(x)[:, 0]\n");
        Path probability = Scripts.write(
                folder.resolve("p.pt"), 1, "def forward(self, x):\n    return torch.sigmoid(self.flat(x))\n");
        try (Classifier a = Victims.load(logit);
                Classifier b = Victims.load(squeezed);
                Classifier c = Victims.load(probability);
                PointerScope scope = new PointerScope()) {
            assertThat(a.classes()).isEqualTo(2);
            assertThat(a.remarks()).singleElement().asString().contains("logit of class 1");
            assertThat(b.predict(images(11))).isEqualTo(a.predict(images(11)));
            assertThat(c.remarks()).singleElement().asString().contains("probability of class 1");
            assertThat(c.predict(images(11))).isEqualTo(a.predict(images(11))).contains(0, 1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x | self.flat(x).argmax(1) | classes, where a number for each class is needed. Export it without its argmax",
                "x | self.flat(x).argmax(1).float() | int64 or float32 [3]: classes",
                "x | torch.max(self.flat(x), 1)[1] | int64 [3]: classes",
                "x | self.features(x) | float32 [3, 8, 16, 16], where [3, classes] is needed",
                "x | x.mean() | float32 [], where [3, classes] is needed",
                "x | 1.5 | returns no tensor",
                "x, mask | self.flat(x * mask) | takes more than images: it also wants 'mask'",
                "x, y: int | self.flat(x * y) | takes more than images: it also wants 'y'",
                "x | self.flat(x[:, :1]) | says of 3 images of 3×32×32: \"Given groups=1, weight of size [8, 3, 3, 3]",
                "x | torch.linear(x, self.l) | says of 3 images of 3×32×32: ",
            })
    void refusesWithWhatCameOutOrWhatTheNetworkSaid(String arguments, String returned, String message) {
        Path file = script("def forward(self, " + arguments + "):\n    return " + returned + "\n");
        String[] alternatives = message.replace("int64 or float32", "float32").split("%%", -1);
        assertThatThrownBy(() -> Victims.load(file, ImageShape.square(32)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("made.pt cannot be used as a victim")
                .hasMessageContaining(alternatives[0])
                .message()
                .hasLineCount(1)
                .doesNotContain("frame #", ".cpp", "Traceback");
    }

    @Test
    void usesInputsThatHaveDefaults() {
        try (Classifier victim =
                Victims.load(script("def forward(self, x, scale: float = 1.0):\n    return self.flat(x) * scale\n"))) {
            assertAnswersAs(script("plain.pt", PLAIN), victim, 1e-5);
        }
    }

    @Test
    void takesTheImagesSizeWhereANetworkTakesAny() {
        Path file = script(ANY_SIZE);
        try (Classifier victim = Victims.load(file, ImageShape.square(48))) {
            assertThat(victim.input()).isEqualTo(ImageShape.square(48));
        }
        ScriptSettings said = ScriptSettings.NONE.withInput(new ImageShape(3, 40, 56));
        try (Classifier victim = Victims.load(file, said, Optional.of(ImageShape.square(48)))) {
            assertThat(victim.input()).isEqualTo(new ImageShape(3, 40, 56));
        }
        assertThatThrownBy(() -> Victims.load(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("takes images of any size")
                .hasMessageContaining("--input-size");
    }

    @Test
    void findsTheSizeOfANetworkThatTakesOne() {
        Path file = script(PLAIN);
        // As the images are larger, it is not theirs.
        try (Classifier victim = Victims.load(file, ImageShape.square(64))) {
            assertThat(victim.input()).isEqualTo(ImageShape.square(32));
        }
        assertThatThrownBy(() -> TorchScriptClassifier.open(file, ImageShape.square(64)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("says of 3 images of 3×64×64: \"mat1 and mat2 shapes cannot be multiplied")
                .hasMessageContaining("It takes images of 3×32×32");
        Path large = script("large.pt", """
                        def forward(self, x):
                            y = torch.avg_pool2d(self.features(x), [7, 7]).reshape(-1, 2048)
                            return torch.linear(y, self.f)
                        """);
        try (Classifier victim = Victims.load(large)) {
            assertThat(victim.input()).isEqualTo(ImageShape.square(224));
        }
    }

    @Test
    void normalisesBeforeANetworkThatWasExportedWithout() {
        Path inside = script("plain.pt", "def forward(self, x):\n    return self.flat((x - 0.5) / 0.25)\n");
        ScriptSettings settings =
                new ScriptSettings(Optional.empty(), List.of(0.5), List.of(0.25), Optional.empty(), List.of());
        Path file = script(PLAIN);
        try (Classifier victim = Victims.load(file, settings, Optional.empty());
                Classifier without = Victims.load(file)) {
            assertAnswersAs(inside, victim, 1e-4);
            assertThat(victim.checksum()).isNotEqualTo(without.checksum());
        }
        assertThatThrownBy(() ->
                        new ScriptSettings(Optional.empty(), List.of(0.5, 0.5), List.of(), Optional.empty(), List.of()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("mean must have one value or three");
    }

    @Test
    void leavesImagesAloneWhateverTheNetworkDoesToThem() {
        Path plain = script("plain.pt", "def forward(self, x):\n    return self.flat((x - 0.5) / 0.25)\n");
        Path file = script("def forward(self, x):\n    return self.flat(x.sub_(0.5).div_(0.25))\n");
        try (Classifier victim = Victims.load(file);
                PointerScope scope = new PointerScope()) {
            Tensor x = images(4).requires_grad_(true);
            assertThat(Tensors.shape(Tensors.gradient(victim.logits(x).sum(), x)))
                    .containsExactly(4, 3, 32, 32);
            assertThat(Tensors.toFloats(x)).isEqualTo(Tensors.toFloats(images(4)));
            assertAnswersAs(plain, victim, 1e-4);
        }
    }

    @ParameterizedTest
    @CsvSource({"Half, float16, 0.05", "BFloat16, bfloat16, 0.5", "Double, float64, 0.0001"})
    void computesInFloat32WhateverTheWeightsAre(ScalarType type, String name, double tolerance) {
        Path plain = script("plain.pt", PLAIN);
        Path file = Scripts.write(folder.resolve("made.pt"), 5, PLAIN, module -> Scripts.convert(module, type));
        try (Classifier victim = Victims.load(file)) {
            assertThat(victim.remarks()).singleElement().asString().contains("has weights in " + name);
            assertAnswersAs(plain, victim, tolerance);
        }
    }

    @Test
    void runsInFloat16WhatInsistsOnIt() {
        Path plain = script("plain.pt", PLAIN);
        Path file = Scripts.write(
                folder.resolve("made.pt"),
                5,
                "def forward(self, x):\n    return self.flat(x.to(5)).float()\n",
                module -> Scripts.convert(module, ScalarType.Half));
        try (Classifier victim = Victims.load(file)) {
            assertThat(victim.remarks()).singleElement().asString().contains("is computed in float16");
            assertAnswersAs(plain, victim, 0.05);
        }
    }

    @Test
    void runsOnTheCpuWhatWasExportedOnAGpu() {
        Path plain = script("plain.pt", "def forward(self, x):\n    return self.flat(x + 1.0)\n");
        Path file = script("""
                        def forward(self, x):
                            one = torch.ones([1], dtype=6, device="cuda:0")
                            return self.flat(x + one)
                        """);
        try (Classifier victim = Victims.load(file)) {
            assertAnswersAs(plain, victim, 1e-4);
        }
    }

    @Test
    void warnsOfBatchNormInTrainingMode() {
        Path file = script("""
                        def forward(self, x):
                            y = torch.conv2d(x, self.c, None, [2, 2], [1, 1])
                            y = torch.batch_norm(y, self.g, self.b, None, None, True, 0.1, 1e-5, False)
                            return torch.linear(torch.flatten(torch.relu(y), 1), self.f)
                        """);
        try (Classifier victim = Victims.load(file)) {
            assertThat(victim.remarks())
                    .singleElement()
                    .asString()
                    .contains("gives an image other logits when other images are in its batch", "training mode");
        }
    }

    @Test
    void foldsWithoutChangingALogitAndLeavesGradients() {
        Path file = script(PLAIN);
        try (TorchScriptClassifier victim = TorchScriptClassifier.open(file, ImageShape.square(32));
                PointerScope scope = new PointerScope()) {
            Tensor x = images(6).requires_grad_(true);
            Tensor folded = victim.logits(x);
            Tensor plain = victim.logitsThroughFilters(x);
            assertThat(folded.sub(plain).abs().max().item_double()).isLessThan(1e-4);
            assertThat(Tensors.gradient(folded.sum(), x)
                            .sub(Tensors.gradient(plain.sum(), x))
                            .abs()
                            .max()
                            .item_double())
                    .isLessThan(1e-4);
            assertThat(victim.filters()).containsOnlyKeys("c");
            assertThat(victim.hasLowPrecision()).isTrue();
            Tensor low = victim.lowPrecisionLogits(x);
            assertThat(low.sub(plain).abs().max().item_double()).isPositive().isLessThan(0.1);
        }
    }

    /** As all networks that people export have them. */
    @Test
    void foldsNetworksOfPartsToo() {
        Path file = folder.resolve("parts.pt");
        try (PointerScope scope = new PointerScope()) {
            JitModule part = new JitModule(new QualifiedName("Part"));
            part.register_parameter("c", Tensors.normal(new Seed(1), 8, 3, 3, 3), false);
            part.register_parameter("g", Tensors.uniform(new Seed(2), 8), false);
            part.register_buffer("v", Tensors.uniform(new Seed(3), 8).add(new Scalar(0.5)));
            part.define("""
                    def forward(self, x):
                        y = torch.conv2d(x, self.c, None, [2, 2], [1, 1])
                        return torch.relu(torch.batch_norm(y, self.g, self.g, self.g, self.v, False, 0.1, 1e-5, False))
                    """);
            JitModule whole = new JitModule(new QualifiedName("Whole"));
            whole.register_module("part", part);
            whole.register_parameter("l", Tensors.normal(new Seed(4), 5, 8), false);
            whole.define(
                    "def forward(self, x):\n    return torch.linear(torch.mean(self.part.forward(x), [2, 3]), self.l)\n");
            whole.save(file.toString());
        }
        try (TorchScriptClassifier victim = TorchScriptClassifier.open(file, ImageShape.square(32));
                PointerScope scope = new PointerScope()) {
            Tensor plain = victim.logitsThroughFilters(images(6));
            assertThat(victim.isFrozen()).isTrue();
            assertThat(victim.logits(images(6)).sub(plain).abs().max().item_double())
                    .isLessThan(1e-4);
            assertThat(victim.hasLowPrecision()).isTrue();
            assertThat(victim.lowPrecisionLogits(images(6))
                            .sub(plain)
                            .abs()
                            .max()
                            .item_double())
                    .isPositive()
                    .isLessThan(0.1);
        }
    }

    @Test
    void keepsFullPrecisionWhereLowPrecisionWouldDoHarm() {
        // A wave so fast that bfloat16 does not know where on it it is.
        Path file = script("""
                        def forward(self, x):
                            y = torch.sin(self.features(x) * 1000.0)
                            return torch.linear(torch.flatten(y, 1), self.f)
                        """);
        try (Classifier victim = TorchScriptClassifier.open(file, ImageShape.square(32));
                PointerScope scope = new PointerScope()) {
            assertThat(victim.hasLowPrecision()).isFalse();
            assertThat(Tensors.toFloats(victim.lowPrecisionLogits(images(2))))
                    .isEqualTo(Tensors.toFloats(victim.logits(images(2))));
        }
    }
}

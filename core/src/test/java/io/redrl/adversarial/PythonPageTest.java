package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redrl.attack.DeepFoolSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import io.redrl.model.VictimImport;
import io.redrl.model.Victims;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.MadeImages;
import io.redrl.testing.TestVictims;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What docs/python.md shows, run by the Python of this machine: {@code python3}, or what the system property {@code redrl.python} names.
 * Skipped where that lacks NumPy or PyTorch.
 */
class PythonPageTest {
    private static final Path PAGE = Path.of("../docs/python.md");
    private static final String PYTHON = System.getProperty("redrl.python", "python3");
    private static final ImageShape SHAPE = ImageShape.square(32);
    private static final MadeImages IMAGES = MadeImages.colours("made/test", 6, 32);

    @TempDir
    Path folder;

    private AdversarialSet set;
    private float[] logits;

    @BeforeEach
    void aVictimAndASetAreThere() throws IOException {
        Path victim = TestVictims.write(folder.resolve("victim"), "vgg8", 3, 32, 5);
        try (Classifier classifier = Victims.load(victim)) {
            AdversarialPlan plan = AdversarialPlan.of(
                    IMAGES,
                    List.of(classifier.id()),
                    List.of(PgdSpec.DEFAULTS.with("steps", 3), DeepFoolSpec.DEFAULTS.with("steps", 3)),
                    IntStream.range(0, IMAGES.size()).boxed().toList(),
                    7);
            set = new AdversarialSetBuilder()
                    .build(plan, IMAGES, Map.of(classifier.id(), classifier), folder.resolve("set"), Progress.silent());
            logits = logits(classifier);
        }
        NpzExport.write(set, folder.resolve("set.npz"));
    }

    private List<Image> images() {
        return set.examples().stream()
                .map(row -> new Image(SHAPE, row.image().greyLevels()))
                .toList();
    }

    private float[] logits(Classifier victim) {
        return Scopes.valuedNoGrad(() -> Tensors.toFloats(victim.logits(Tensors.pixels(images()))));
    }

    /** The page's snippets as one program, which then prints what {@code last} is. */
    private JsonNode run(boolean torch, String last) throws IOException, InterruptedException {
        List<String> snippets = Pattern.compile("(?s)```python\n(.*?)```")
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult found) -> found.group(1))
                .filter(code -> torch || !code.contains("torch"))
                .toList();
        assertThat(snippets).hasSize(torch ? 7 : 4);
        return Json.parse(
                python(String.join("\n", snippets) + "\nprint(json.dumps(" + last + "))"), JsonNode.class, "it");
    }

    /** The last line that a program prints. */
    private String python(String program) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("page.py"), program);
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(PYTHON, file.toString())
                .directory(folder.toFile())
                .redirectError(errors.toFile())
                .start();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return said.get(said.size() - 1);
    }

    private void requirePackage(String name) throws InterruptedException {
        boolean there;
        try {
            there = new ProcessBuilder(PYTHON, "-c", "import " + name)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            there = false;
        }
        assumeTrue(there, "skipped: the Python of this machine (" + PYTHON + ") has no " + name);
    }

    private void requireLogits(JsonNode read, String name) {
        assertThat(read.path(name)).hasSize(logits.length);
        for (int i = 0; i < logits.length; i++) {
            assertThat(read.path(name).path(i).asDouble()).isCloseTo(logits[i], within(1e-4));
        }
    }

    @Test
    void numpyReadsASetAndAVictimAndGetsItsLogits() throws IOException, InterruptedException {
        requirePackage("numpy");
        JsonNode read = run(false, """
                {"files": rows["file"].tolist(), "linf": rows["linf"].tolist(), "fooled": rows["success"].tolist(),
                 "pixels": rows["adversarial_uint8"].ravel().tolist(), "exact": bool((images == rows["adversarial_uint8"] \
                / np.float32(255)).all()), "weights": sorted(weights), "logits": logits.ravel().tolist()}""");

        assertThat(read.path("files").valueStream().map(JsonNode::asString).toList())
                .isEqualTo(set.examples().stream().map(AdversarialExample::file).toList());
        assertThat(read.path("linf").valueStream().map(JsonNode::asDouble).toList())
                .isEqualTo(
                        set.examples().stream().map(row -> row.outcome().linf()).toList());
        assertThat(read.path("fooled").valueStream().map(JsonNode::asBoolean).toList())
                .isEqualTo(
                        set.examples().stream().map(AdversarialExample::success).toList());
        assertThat(read.path("pixels").valueStream().map(JsonNode::asInt).toList())
                .isEqualTo(images().stream()
                        .flatMap(image ->
                                IntStream.range(0, image.pixels().length).mapToObj(i -> image.pixels()[i] & 0xff))
                        .toList());
        assertThat(read.path("exact").asBoolean()).isTrue();
        assertThat(read.path("weights").valueStream().map(JsonNode::asString).toList())
                .contains("features.0.weight");
        requireLogits(read, "logits");
        arraysOfPythonAreData();
    }

    private void arraysOfPythonAreData() {
        ImageDataset own = Datasets.open(folder.resolve("own.npz").toString(), Split.TEST);
        assertThat(own.size()).isEqualTo(set.size());
        assertThat(Arrays.copyOf(own.pixels(1), 9))
                .isEqualTo(Arrays.copyOf(images().get(1).pixels(), 9));
        assertThat(own.label(1)).isEqualTo(set.examples().get(1).label());
    }

    @Test
    void pyTorchTakesTheWeightsGetsTheLogitsAndGivesNetworksBack() throws IOException, InterruptedException {
        requirePackage("numpy");
        requirePackage("torch");
        requireLogits(run(true, "{\"logits\": logits.ravel().tolist()}"), "logits");

        ScriptSettings normalised = new ScriptSettings(
                Optional.of(SHAPE), List.of(0.5, 0.375, 0.25), List.of(0.25, 0.5, 0.125), Optional.empty(), List.of());
        try (Classifier script = Victims.load(folder.resolve("network.pt"), normalised, Optional.empty())) {
            assertThat(logits(script)).containsExactly(logits, within(1e-4f));
        }
        python("import torch\n"
                + "torch.save(torch.load('network.pth'), 'old.pth', _use_new_zipfile_serialization=False)\nprint()");
        for (String file : List.of("network.pth", "old.pth")) {
            Path imported = folder.resolve("imported-" + file);
            VictimImport.write("vgg8", folder.resolve(file), normalised, imported);
            try (Classifier victim = Victims.load(imported)) {
                assertThat(logits(victim)).containsExactly(logits, within(1e-4f));
            }
        }
    }
}

package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Progress;
import io.redrl.testing.NumpyFiles;
import io.redrl.testing.Scripts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentCheckTest {
    @TempDir
    Path folder;

    private String good = "";

    @BeforeEach
    void aFileIsThere() throws IOException {
        good = Files.readString(TinyExperiment.write(folder));
    }

    private List<String> problems(String text) {
        Path file = folder.resolve("tried.yaml");
        AtomicFiles.writeString(file, text);
        return ExperimentCheck.of(file, Optional.empty(), folder).stream()
                .map(ExperimentCheck.Problem::toString)
                .toList();
    }

    @Test
    void nothingIsWrongWithFilesThatRun() throws IOException {
        assertThat(problems(good)).isEmpty();
        assertThat(problems(good + TinyExperiment.ROBUSTNESS)).isEmpty();
        String cpu = Files.readString(Path.of("../experiments/cpu.yaml"));
        assertThat(problems(cpu.replaceAll("(?m)^data: .*$", "data: " + folder.resolve("images"))))
                .allMatch(
                        problem -> problem.contains("no image")
                                || problem.contains("indices")
                                || problem.contains("statistics")
                                || problem.contains("0-"),
                        "of the images alone");
    }

    @Test
    void everyMistakeIsListedWithItsLine() {
        String bad = good.replace("seed: 3", "seed: three")
                .replace("{attack: pgd, epsilon: 8/255, steps: 2}", "{attack: pgd, epsilon: 8, steps: -1, stepsize: 1}")
                .replace("{attack: deepfool, steps: 30}", "{attack: deepfol, steps: 30}")
                .replace("test: {split: test,", "test: {split: tset,")
                .replace(
                        "training: {steps: 4, batch: 12, precision: fp32}", "training: {steps: 4, batch: 13, speed: 1}")
                .replace("- {name: image-only, input: image}", "- {name: image-only, input: imag}")
                .replace("exemplars: 2", "exemplars: 2\nexemplar: 3");
        List<String> found = problems(bad);
        assertThat(found).anySatisfy(p -> assertThat(p).startsWith("line 2: seed: expected a whole number, got three"));
        assertThat(found)
                .anySatisfy(p ->
                        assertThat(p).startsWith("line 12: attacks[0].epsilon").contains("8/255"));
        assertThat(found)
                .anySatisfy(p ->
                        assertThat(p).startsWith("line 12: attacks[0].steps").contains("got -1"));
        assertThat(found).anySatisfy(p -> assertThat(p)
                .startsWith("line 12: attacks[0].stepsize: unknown key")
                .contains("did you mean step-size?"));
        assertThat(found).anySatisfy(p -> assertThat(p)
                .startsWith("line 13: attacks[1].attack")
                .contains("deepfol", "did you mean deepfool?"));
        assertThat(found).anySatisfy(p -> assertThat(p)
                .startsWith("line 19: test.split: expected one of train, test, got tset"));
        assertThat(found).anySatisfy(p -> assertThat(p)
                .startsWith("line 25: recognisers.common.training")
                .contains("batch"));
        assertThat(found).anySatisfy(p -> assertThat(p).contains("training.speed: unknown key"));
        assertThat(found).anySatisfy(p -> assertThat(p)
                .startsWith("line 27: recognisers.variants[0].input: expected one of image, "));
        assertThat(found).anySatisfy(p -> assertThat(p).contains("exemplar: unknown key; did you mean exemplars?"));
        assertThat(found).hasSize(10).noneMatch(p -> p.contains("io.redrl") || p.contains("java.") || p.contains("`"));
    }

    @Test
    void whatDoesNotGoTogetherIsListedToo() {
        String bad = good.replace("phi: vgg8", "phi: vgg9");
        assertThat(problems(bad))
                .singleElement()
                .asString()
                .contains("phi must be one of the victims [vgg8], got vgg9");
        String conflicts = good.replace("exemplars: 2", "exemplars: 2\nexpected: {redrll: {macro: 80, tolerance: 4}}")
                .replace(
                        "- {name: redrl, input: residual-and-image}",
                        "- {name: redrl, input: residual-and-image, phi: other}")
                .replace("indices: 0-3", "indices: 0-99")
                .replace("height: 8, width: 8", "height: 80, width: 8");
        assertThat(problems(conflicts))
                .hasSize(4)
                .anySatisfy(p -> assertThat(p).contains("redrll", "none of the recognisers"))
                .anySatisfy(p -> assertThat(p).contains("phi of redrl must be one of the victims"))
                .anySatisfy(
                        p -> assertThat(p).startsWith("line 19: test.indices").contains("31"))
                .anySatisfy(p -> assertThat(p).startsWith("line 17: attacks[5]").contains("does not fit"));
    }

    @Test
    void missingPartsAndFilesAreNamed() {
        String bad = good.replaceFirst("(?m)^seed: 3\n", "")
                .replace(
                        "train: {model: vgg8, recipe: one-cycle, epochs: 2, batch: 8, precision: fp32}",
                        "file: gone.pt")
                .replace("data: " + folder.resolve("images"), "data: nowhere");
        assertThat(problems(bad)).containsExactly("line 1: seed is missing");
        assertThat(problems("seed: 3\n" + bad))
                .anySatisfy(p -> assertThat(p).startsWith("line 3: data: Unknown data set 'nowhere'"));
        assertThat(problems(good.replace(
                        "train: {model: vgg8, recipe: one-cycle, epochs: 2, batch: 8, precision: fp32}",
                        "file: gone.pt")))
                .singleElement()
                .asString()
                .startsWith("line 6: victims[0].file: no such file: ");
    }

    @Test
    void whatMayBeLeftOutHasDefaults() throws IOException {
        String less =
                good.replaceAll("(?m)^(phi|saliency|exemplars):.*\n", "").replaceAll("(?m)^features:\n.*\n.*\n", "");
        assertThat(less).doesNotContain("features:\n", "saliency", "phi", "exemplars");
        assertThat(problems(less)).isEmpty();
        ExperimentSpec spec = ExperimentSpec.read(TinyExperiment.yaml(folder, less), Progress.silent()::say);
        assertThat(spec.phi()).isEqualTo("vgg8");
        assertThat(spec.exemplars()).isEqualTo(4);
        assertThat(spec.saliency()).isEmpty();
        ExperimentSpec asked =
                ExperimentSpec.read(TinyExperiment.yaml(folder, less + "saliency: {}\n"), Progress.silent()::say);
        assertThat(asked.saliency())
                .contains(new SaliencyPlan("0-3", 256, false, 4, 10, 100, 1000, 1024, Optional.empty()));
        assertThat(spec.features().name()).isEqualTo("vgg16-quarter");
    }

    @Test
    void aNewExperimentIsSound() {
        String made = NewExperiment.text("mine", folder.resolve("images").toString(), List.of(), Optional.empty());
        assertThat(problems(made)).isEmpty();
        assertThat(made).contains("indices: 0-31", "height: 8", "# Every key");
    }

    private static final String TRAINED =
            "train: {model: vgg8, recipe: one-cycle, epochs: 2, batch: 8, precision: fp32}";

    @Test
    void whatIsSaidOfAVictimFromAFileIsChecked() {
        Path file = Scripts.write(folder.resolve("v.pt"), 2, """
                def forward(self, x):
                    return self.pooled(x), self.flat(x)
                """);
        String own = good.replace(TRAINED, "file: " + file + "\n    SAID");
        assertThat(problems(own.replace(
                        "SAID", "mean: [0.5, 0.4, 0.3]\n    std: [0.25]\n    output: 1\n    input-size: 32")))
                .isEmpty();
        assertThat(problems(own.replace("SAID", "std: [0, 1, 1]")))
                .singleElement()
                .asString()
                .contains("victims[0].std", "positive");
        assertThat(problems(own.replace("SAID", "mean: [1, 2]")))
                .singleElement()
                .asString()
                .contains("victims[0].mean", "one value or three");
        assertThat(problems(own.replace("SAID", "output: 7")))
                .singleElement()
                .asString()
                .contains("output");
        assertThat(problems(good.replace(TRAINED, TRAINED + "\n    mean: [1, 2, 3]")))
                .singleElement()
                .asString()
                .contains("victims[0].mean", "goes with file");
    }

    @Test
    void arraysAndListsAreDataToo() throws IOException {
        Random random = new Random(1);
        byte[] pixels = new byte[32 * 3 * 32 * 32];
        random.nextBytes(pixels);
        long[] labels = IntStream.range(0, 32).mapToLong(i -> i % 2).toArray();
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        StringBuilder list = new StringBuilder("path,label,split\n");
        for (String split : List.of("train", "test")) {
            arrays.put(split + "_images", NumpyFiles.bytes("32, 3, 32, 32", pixels));
            arrays.put(split + "_labels", NumpyFiles.longs("32", labels));
            for (int i = 0; i < 16; i++) {
                list.append("images/" + split + "/red/" + i + ".png,red," + split + "\n");
                list.append("images/" + split + "/blue/" + i + ".png,blue," + split + "\n");
            }
        }
        String npz = NumpyFiles.npz(folder.resolve("own.npz"), arrays).toString();
        String csv = Files.writeString(folder.resolve("own.csv"), list).toString();
        String npy = Files.write(folder.resolve("own.npy"), NumpyFiles.bytes("32, 3, 32, 32", pixels))
                .toString();
        for (String data : List.of(npz, csv)) {
            assertThat(problems(good.replace(folder.resolve("images").toString(), data)))
                    .as(data)
                    .isEmpty();
        }
        assertThat(problems(good.replace(folder.resolve("images").toString(), npy)))
                .singleElement()
                .asString()
                .contains("has no training images set apart", ".npz");
        assertThat(problems(good.replace(folder.resolve("images").toString(), "\"-\"")))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).contains("- is standard input", "save"));
    }

    @Test
    void anUnknownDeviceASizeThatDoesNotFitAndAClassWithoutAttackAreNamedBeforeAnythingRuns() {
        assertThat(problems(good + "device: gpu\n"))
                .singleElement()
                .asString()
                .contains("device must be auto, cpu, cuda or cuda:NUMBER, got 'gpu'");
        assertThat(problems(good + "device: cuda:0\n"))
                .singleElement()
                .asString()
                .contains("This build has no libraries for cuda:0: build with mvn -Pcuda package");
        String images = "data: " + folder.resolve("images");
        assertThat(problems(good.replace(images, "data: {name: " + folder.resolve("images") + ", enlarge: 8}")))
                .anySatisfy(p -> assertThat(p).contains("enlarge must be at least the size of the images"));
        assertThat(problems(good.replace(images, "data: {name: " + folder.resolve("images") + ", enlarge: 64}")))
                .isEmpty();
        assertThat(problems(good.replaceFirst("(?m)^  - \\{attack: deepfool.*\n", "")))
                .anySatisfy(p -> assertThat(p).contains("attacks has none of deepfool: add it, or say paired: false"));
        assertThat(problems(good.replaceFirst("(?m)^attacks:\n", "attacks:\n  - {attack: fgsm}\n")))
                .anySatisfy(p -> assertThat(p).contains("attacks lists fgsm, which recognisers do not name"));
    }
}

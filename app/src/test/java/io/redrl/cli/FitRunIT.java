package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attribution.Algorithm;
import io.redrl.attribution.AttributionCalibrator;
import io.redrl.attribution.AttributionModel;
import io.redrl.attribution.AttributionSettings;
import io.redrl.attribution.AttributionTrainer;
import io.redrl.attribution.WorldMaker;
import io.redrl.attribution.WorldSpec;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.data.Split;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code redrl fit} from files to files, with somebody's own victim and own images, beginning with a model that knows nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FitRunIT {
    /** Which colour is brightest. */
    private static final String COLOUR = "torch.mean(x, [2, 3]) * 30";

    private static final List<String> FILES = List.of(
            "README.md", "_fit.json", "attribution.json", "attribution.safetensors", "fit.json", "ood.safetensors");

    private Path folder;
    private Path images;
    private Path victim;
    private Path begin;

    @BeforeAll
    void makeImagesVictimAndModel(@TempDir Path temporary) {
        folder = temporary;
        images = folder.resolve("photos");
        for (int i = 0; i < 60; i++) {
            write(images, i);
        }
        victim = script("mine.pt", COLOUR);
        begin = folder.resolve("begin/attribution");
        Path world = folder.resolve("world");
        WorldSpec spec = new WorldSpec(
                "world",
                WorldSpec.Role.FIT,
                images.toString(),
                Split.TEST,
                "0-7",
                false,
                8,
                List.of(32),
                0,
                0,
                2,
                8,
                List.of(victim.toString()),
                List.of(Algorithm.FGSM));
        AttributionSettings settings = new AttributionSettings(16, 1, 1, 3, 2, 3e-3, 1e-4, 0.9, 32, Precision.FP32, 1);
        WorldMaker.make(spec, new Seed(1), folder, world, Progress.silent());
        AttributionTrainer.train(List.of(world), settings, Optional.empty(), begin, Progress.silent());
        AttributionCalibrator.calibrate(
                begin, settings, List.of(world), List.of(world), List.of(world), Progress.silent());
    }

    private static void write(Path place, int i) {
        ImageShape shape = ImageShape.square(32);
        SplittableRandom random = new Seed(i).random();
        byte[] pixels = new byte[shape.values()];
        for (int at = 0; at < pixels.length; at++) {
            pixels[at] = (byte) (120 + at % 32 / 4 + random.nextInt(6) + (at / 1024 == i % 3 ? 3 : 0));
        }
        ImageCodec.writePng(place.resolve(i + ".png"), new Image(shape, pixels));
    }

    private Path script(String name, String body) {
        Path file = folder.resolve(name);
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Own"));
            module.define("def forward(self, x):\n    return " + body + "\n");
            module.save(file.toString());
        }
        return file;
    }

    private int fit(FakeConsole console, int stopAfter, Path data, Path model, Path out, String... more) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("--images", data.toString());
        options.put("--victim", model.toString());
        options.put("--model", begin.getParent().toString());
        options.put("--attacks", "2");
        options.put("--steps", "5");
        options.put("--out", out.toString());
        List<String> args = new ArrayList<>(List.of("fit"));
        args.addAll(List.of(more));
        options.forEach((name, value) -> {
            if (!args.contains(name)) {
                args.addAll(List.of(name, value));
            }
        });
        AtomicInteger asked = new AtomicInteger();
        return Main.run(console.console(), () -> asked.incrementAndGet() > stopAfter, args.toArray(String[]::new));
    }

    private int fit(FakeConsole console, Path data, Path model, Path out, String... more) {
        return fit(console, Integer.MAX_VALUE - 1, data, model, out, more);
    }

    @Test
    void stoppedTwiceItEndsWithTheSameModel() throws IOException {
        FakeConsole console = new FakeConsole();
        Path straight = folder.resolve("straight");
        assertThat(fit(console, images, victim, straight)).as(console.err()).isEqualTo(ExitCodes.DONE);
        assertThat(console.out())
                .contains("12 held-out images", "as they are: false alarms", "On these images the fitted model")
                .contains("redrl identify --models " + straight);
        assertThat(console.err())
                .contains("60 images: 36 to learn from, 12 to calibrate on, 12 held out; 2 attacks on mine");
        try (AttributionModel model = AttributionModel.open(straight)) {
            assertThat(model.card().settings().width()).isEqualTo(16);
        }

        Path stopped = folder.resolve("stopped");
        for (int asked : new int[] {75, 95}) { // while it attacks, while it trains
            assertThat(fit(new FakeConsole(), asked, images, victim, stopped)).isEqualTo(ExitCodes.STOPPED);
            assertThat(stopped.resolve("work")).exists();
            assertThat(stopped.resolve("attribution.json")).doesNotExist();
        }
        FakeConsole last = new FakeConsole();
        assertThat(fit(last, images, victim, stopped)).as(last.err()).isEqualTo(ExitCodes.DONE);
        assertThat(last.out().replace("stopped", "straight")).isEqualTo(console.out());
        for (String file : FILES) {
            assertThat(Files.mismatch(straight.resolve(file), stopped.resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
        FakeConsole again = new FakeConsole();
        assertThat(fit(again, images, victim, straight, "--json")).isEqualTo(ExitCodes.DONE);
        assertThat(again.err()).contains("is finished already: nothing to do");
        assertThat(Json.parse(again.out(), JsonNode.class, "output")
                        .get("held-out")
                        .asInt())
                .isEqualTo(12);

        FakeConsole other = new FakeConsole();
        assertThat(fit(other, images, victim, straight, "--seed", "2")).isEqualTo(ExitCodes.FAILED);
        assertThat(other.err()).contains("straight was made from something else", "settings.seed (0, asked for 2)");
    }

    @Test
    void wrongInputIsSaidInOneLineAndLeavesNothingBehind() throws IOException {
        Path few = folder.resolve("few");
        for (int i = 0; i < 9; i++) {
            write(few, i);
        }
        Path out = folder.resolve("refused/model");
        assertThat(refusal(few, victim, out)).contains("few", "has 9 images to use, but 60 or more are needed");
        assertThat(refusal(images, script("deaf.pt", "torch.mean(x, [2, 3]) * 0"), out))
                .contains("No attack fools victim deaf");
        assertThat(refusal(
                        images, victim, out, "--model", folder.resolve("none").toString()))
                .contains("There is no model ", "none to begin with");
        Files.createDirectories(folder.resolve("old"));
        Files.writeString(folder.resolve("old/recogniser.json"), "{}");
        assertThat(refusal(images, victim, out, "--model", folder.resolve("old").toString()))
                .contains("is no model of attribution, but a recogniser of an earlier kind");
        assertThat(out.getParent()).doesNotExist();
        assertThat(refusal(images, victim, images))
                .contains("photos holds other files: choose an empty or a new folder");
        FakeConsole console = new FakeConsole();
        assertThat(fit(console, images, victim, out, "--attacks", "0")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("attacks must be in [1, 100], got 0");
        assertThat(out.getParent()).doesNotExist();
    }

    /** The last line of what it says. */
    private String refusal(Path data, Path model, Path out, String... more) {
        FakeConsole console = new FakeConsole();
        List<String> all = new ArrayList<>(List.of(more));
        all.add("--quiet");
        assertThat(fit(console, data, model, out, all.toArray(String[]::new))).isEqualTo(ExitCodes.FAILED);
        assertThat(console.out()).isEmpty();
        List<String> lines = console.err().lines().toList();
        assertThat(lines.stream().filter(line -> !line.startsWith("redrl: warning: ")))
                .hasSize(1);
        return lines.get(lines.size() - 1);
    }
}

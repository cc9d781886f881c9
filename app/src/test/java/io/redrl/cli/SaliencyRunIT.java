package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code redrl saliency} from files to files. */
class SaliencyRunIT {
    private static final ImageShape SHAPE = ImageShape.square(16);
    private static final int IMAGES_PER_CLASS = 20;

    private final FakeConsole console = new FakeConsole();

    @TempDir
    private Path folder;

    @BeforeEach
    void makeImagesAndVictims() {
        for (String label : new String[] {"blue", "red"}) {
            for (int i = 0; i < IMAGES_PER_CLASS; i++) {
                byte[] pixels = new byte[SHAPE.values()];
                new Seed(i).child(label).random().nextBytes(pixels);
                ImageCodec.writePng(folder.resolve("images/" + label + "/" + i + ".png"), new Image(SHAPE, pixels));
            }
        }
        MadeVictim.write(folder.resolve("one"), SHAPE, 1);
        MadeVictim.write(folder.resolve("two"), SHAPE, 2);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private int saliency(String command, String... more) {
        List<String> args = new ArrayList<>(List.of("saliency", command));
        args.addAll(Arrays.asList(more));
        args.add("--quiet");
        return console.run(args.toArray(String[]::new));
    }

    private int statistics(String victim, String indices, String out) {
        return saliency(
                "statistics",
                "--victim",
                path(victim),
                "--data",
                path("images"),
                "--indices",
                indices,
                "--out",
                path(out));
    }

    private int map(String victim, String image, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "--victim",
                path(victim),
                "--image",
                path(image),
                "--statistics",
                path("all.json"),
                "--filters",
                "3",
                "--out",
                path("map")));
        args.addAll(Arrays.asList(more));
        return saliency("map", args.toArray(String[]::new));
    }

    private static List<Double> values(Path file, String name) {
        List<Double> values = new ArrayList<>();
        Json.read(file, JsonNode.class).get(name).forEach(value -> values.add(value.asDouble()));
        return values;
    }

    @Test
    void partsMergeIntoTheWhole() {
        assertThat(statistics("one", "0-39", "all.json")).isEqualTo(ExitCodes.DONE);
        assertThat(statistics("one", "0-20", "a.json")).isEqualTo(ExitCodes.DONE);
        assertThat(statistics("one", "21-39", "b.json")).isEqualTo(ExitCodes.DONE);
        assertThat(saliency("merge", path("a.json"), path("b.json"), "--out", path("merged.json")))
                .isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("40 images, 0-39");
        for (String name : new String[] {"mean", "squares"}) {
            List<Double> merged = values(folder.resolve("merged.json"), name);
            List<Double> whole = values(folder.resolve("all.json"), name);
            assertThat(merged).hasSameSizeAs(whole);
            for (int k = 0; k < whole.size(); k++) {
                assertThat(Math.abs(merged.get(k) - whole.get(k))).isLessThanOrEqualTo(1e-10 * whole.get(k) + 1e-30);
            }
        }
        assertThat(saliency("merge", path("all.json"), path("b.json"), "--out", path("no.json")))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("share images 21-39");
        assertThat(folder.resolve("no.json")).doesNotExist();
    }

    @Test
    void goesOnWhereItWas() throws IOException {
        assertThat(statistics("one", "0-39", "whole.json")).isEqualTo(ExitCodes.DONE);
        assertThat(statistics("one", "0-18", "parts.json")).isEqualTo(ExitCodes.DONE);
        assertThat(statistics("one", "0-39", "parts.json")).isEqualTo(ExitCodes.DONE);
        assertThat(folder.resolve("parts.json")).hasSameTextualContentAs(folder.resolve("whole.json"));
        String before = Files.readString(folder.resolve("parts.json"));
        assertThat(statistics("two", "0-39", "parts.json")).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("another victim");
        assertThat(statistics("one", "0-3", "parts.json")).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("other ones than were asked for");
        assertThat(folder.resolve("parts.json")).content().isEqualTo(before);
    }

    @Test
    void anImageBecomesATableAndPictures() {
        statistics("one", "0-7", "all.json");
        assertThat(map("one", "images/red/0.png", "--label", "1")).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("saliency with class 1", "features.", "Standard deviations");
        for (String picture : new String[] {"image.png", "heat.png", "overlay.png"}) {
            assertThat(ImageCodec.read(folder.resolve("map").resolve(picture))
                            .image()
                            .shape())
                    .isEqualTo(ImageShape.square(8 * 16));
        }
        assertThat(values(folder.resolve("map/saliency.json"), "map"))
                .hasSize(SHAPE.values())
                .allMatch(value -> value >= 0);
        assertThat(map("one", "images/red/0.png", "--json")).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("\"prediction\"");
    }

    @Test
    void saysWhatIsWrong() {
        statistics("one", "0-7", "all.json");
        assertThat(map("one", "images/red/0.png", "--label", "2")).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("label 2 is not one of the 2 classes");
        assertThat(map("one", "images/red/0.png", "--label", "cat")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("must be the number of a class");
        assertThat(map("one", "images/red/0.png", "--label", "from-repair")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("needs --recogniser");
        assertThat(map("two", "images/red/0.png")).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("another victim");
        ImageCodec.writePng(folder.resolve("large.png"), new Image(ImageShape.square(32), new byte[3 * 32 * 32]));
        assertThat(map("one", "large.png")).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("large.png", "takes images of");
    }

    @Test
    void aVictimWithoutConvolutionsIsRefused() {
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Own"));
            module.define("def forward(self, x):\n    return torch.mean(x, [2, 3])\n");
            module.save(path("plain.pt"));
        }
        assertThat(statistics("plain.pt", "0-1", "none.json")).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("no parameters with four dimensions");
    }
}

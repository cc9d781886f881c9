package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Json;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code redrl data info} of everything that {@code redrl attack} takes. */
class DataInfoCommandTest {
    private FakeConsole console = new FakeConsole();

    @TempDir
    private Path folder;

    private void image(String name, ImageShape shape) {
        ImageCodec.writePng(folder.resolve(name), new Image(shape, new byte[shape.values()]));
    }

    private int info(String... args) {
        console = new FakeConsole();
        String[] all = new String[args.length + 2];
        all[0] = "data";
        all[1] = "info";
        System.arraycopy(args, 0, all, 2, args.length);
        return console.run(all);
    }

    @Test
    void aFolderWithoutSplitsIsDescribed() {
        image("pets/cat/a.png", ImageShape.square(4));
        image("pets/dog/a.png", ImageShape.square(4));
        assertThat(info(folder.resolve("pets").toString())).isEqualTo(ExitCodes.DONE);
        assertThat(console.out())
                .contains(
                        "pets/test",
                        "3×4×4",
                        "Classes: cat, dog",
                        "No training split: ",
                        "no training images set apart");
    }

    @Test
    void aFolderWithSplitsHasBoth() {
        image("set/train/cat/a.png", ImageShape.square(4));
        image("set/val/cat/a.png", ImageShape.square(4));
        assertThat(info(folder.resolve("set").toString())).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("set/train", "set/test").doesNotContain("No training");
    }

    @Test
    void unlabelledImagesOfSeveralSizesAreCounted() throws IOException {
        image("own/a.png", ImageShape.square(4));
        image("own/b.png", ImageShape.square(4));
        image("own/c.png", new ImageShape(3, 4, 6));
        Files.writeString(folder.resolve("own/d.png"), "no image");
        Files.writeString(folder.resolve("own/e.heic"), "HEIC");
        assertThat(info(folder.resolve("own").toString())).isEqualTo(ExitCodes.DONE);
        assertThat(console.out())
                .contains(
                        "none, the images are unlabelled",
                        "Sizes: 2 of 3×4×4, 1 of 3×4×6",
                        "Cannot be read: ",
                        "d.png is not an image",
                        "left out as HEIC");
        assertThat(info(folder.resolve("own").toString(), "--json")).isEqualTo(ExitCodes.DONE);
        JsonNode test = Json.parse(console.out(), JsonNode.class, "output").get(0);
        assertThat(test.get("images").asInt()).isEqualTo(4);
        assertThat(test.get("sizes").get("3×4×6").asInt()).isEqualTo(1);
        assertThat(test.get("unreadable").size()).isEqualTo(1);
    }

    @Test
    void arraysListsAndStandardInputAreDescribed() throws IOException {
        byte[] array = MadeArrays.bytes("2, 4, 5, 3", new byte[120]);
        Path file = Files.write(folder.resolve("batch.npy"), array);
        assertThat(info(file.toString())).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("batch/test", "3×4×5", "read as N×H×W×C");
        image("a.png", ImageShape.square(4));
        Path list = Files.writeString(folder.resolve("list.txt"), "a.png 3\n");
        assertThat(info(list.toString())).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("list/test", "a list of 1 image, in 4 classes");
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(array));
            assertThat(info("-")).isEqualTo(ExitCodes.DONE);
            assertThat(console.out()).contains("stdin/test");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void whatIsNoDataSetIsSaid() throws IOException {
        Path file = Files.write(folder.resolve("a.bin"), new byte[] {1, 2, 3});
        assertThat(info(file.toString())).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("a.bin is not a data set: expected a folder or zip of images");
        assertThat(info(folder.resolve("gone").toString())).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("no such folder or file");
    }
}

package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.image.ImageSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageListTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void makeImages() {
        image("a.png", 1);
        image("in a folder/b, c.png", 2);
        image("d.png", 3);
    }

    private void image(String name, int level) {
        ImageShape shape = ImageShape.square(4);
        byte[] pixels = new byte[shape.values()];
        Arrays.fill(pixels, (byte) level);
        ImageCodec.writePng(folder.resolve(name), new Image(shape, pixels));
    }

    private Path list(String text) throws IOException {
        return Files.write(folder.resolve("list.csv"), text.getBytes(StandardCharsets.UTF_8));
    }

    private ImageDataset open(String text) throws IOException {
        return Datasets.open(list(text).toString(), Split.TEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "path,label\nd.png,dog\n\"in a folder/b, c.png\",cat\n",
                "label;filename\r\ndog;d.png\r\ncat;in a folder/b, c.png\r\n",
                "\ufeffd.png\tdog\nin a folder/b, c.png\tcat",
                "# by hand\n\nd.png dog\nin a folder/b, c.png cat\n",
                "image_path,width,label,height\nd.png,4,dog,4\n\"in a folder/b, c.png\",4,cat,4\n"
            })
    void everyFormGivesTheSameImagesInTheOrderOfTheList(String text) throws IOException {
        ImageDataset data = open(text);
        assertThat(data.id()).isEqualTo("list/test");
        assertThat(data.classNames()).containsExactly("cat", "dog");
        assertThat(data.labels(new int[] {0, 1})).containsExactly(1, 0);
        assertThat(data.pixels(0)).containsOnly(3);
        assertThat(data.pixels(1)).containsOnly(2);
        assertThat(data.remarks()).containsExactly("list.csv: a list of 2 images, in 2 classes");
    }

    @Test
    void numbersAreLabelsAsTheyAre() throws IOException {
        ImageDataset data = open("a.png,10\nd.png,2\n");
        assertThat(data.labels(new int[] {0, 1})).containsExactly(10, 2);
        assertThat(data.classNames()).hasSize(11).startsWith("0", "1", "2");
    }

    @Test
    void pathsAloneAreUnlabelledWhateverIsInThem() throws IOException {
        ImageDataset data = open("a.png\nin a folder/b, c.png\n" + folder.resolve("d.png") + "\n");
        assertThat(data.labelled()).isFalse();
        assertThat(data.size()).isEqualTo(3);
        assertThat(data.pixels(1)).containsOnly(2);
        assertThat(data.pixels(2)).containsOnly(3);
    }

    @Test
    void aThirdColumnTellsTheSplit() throws IOException {
        String text = "path,label,split\na.png,cat,train\nd.png,dog,val\n";
        assertThat(open(text).labels(new int[] {0})).containsExactly(1);
        ImageDataset train = Datasets.open(list(text).toString(), Split.TRAIN);
        assertThat(train.size()).isEqualTo(1);
        assertThat(train.classNames()).containsExactly("cat", "dog");
        Path without = list("a.png,cat\n");
        assertThatThrownBy(() -> Datasets.open(without.toString(), Split.TRAIN))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("no training images set apart");
    }

    @Test
    void whatIsWrongIsSaidWithItsLine() throws IOException {
        Path some = list("a.png,cat\nd.png\n");
        assertThatThrownBy(() -> Datasets.open(some.toString(), Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("list.csv, line 2 has no label, but other lines have");
        Path split = list("path,label,split\na.png,cat,nonsense\n");
        assertThatThrownBy(() -> Datasets.open(split.toString(), Split.TEST))
                .hasMessageContaining("line 2: the split must be train or test, got 'nonsense'");
        Path empty = list("# nothing\n");
        assertThatThrownBy(() -> Datasets.open(empty.toString(), Split.TEST)).hasMessageContaining("lists no images");
    }

    @Test
    void aFileThatIsMissingIsNamedAndTheOthersKeepTheirPlaces() throws IOException {
        String name = list("a.png,0\ngone.png,1\nd.png,1\n").toString();
        ImageDataset data = Datasets.openReadable(name, Split.TEST, java.util.Optional.empty());
        assertThat(data.unreadable()).singleElement().asString().contains("gone.png");
        assertThat(data.failure(1)).get().asString().contains("gone.png");
        assertThat(data.pixels(2)).containsOnly(3);
        assertThatThrownBy(() -> Datasets.open(name, Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("gone.png");
    }

    @Test
    void listsFoldersZipsAndArraysAreInputsOfIdentify() throws IOException {
        Path list = list("d.png,dog\na.png,cat\n");
        ImageInputs inputs = ImageInputs.in(List.of(list, folder.resolve("in a folder"), folder.resolve("a.png")));
        assertThat(inputs.images())
                .extracting(ImageSource::name)
                .containsExactly(
                        folder.resolve("d.png").toString(),
                        folder.resolve("a.png").toString(),
                        folder.resolve("in a folder/b, c.png").toString(),
                        folder.resolve("a.png").toString());
        assertThat(inputs.images().get(0).read().image().pixels()).containsOnly(3);
        assertThat(inputs.unreadable()).isEmpty();
    }
}

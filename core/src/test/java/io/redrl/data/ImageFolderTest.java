package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    private static final ImageShape SHAPE = new ImageShape(3, 2, 3);

    @TempDir
    private Path folder;

    private void image(String name, int level) {
        image(name, level, SHAPE);
    }

    private void image(String name, int level, ImageShape shape) {
        byte[] pixels = new byte[shape.values()];
        Arrays.fill(pixels, (byte) level);
        ImageCodec.writePng(folder.resolve(name), new Image(shape, pixels));
    }

    @Test
    void classesAndImagesComeSortedByName() throws IOException {
        image("pets/dog/b.png", 1);
        image("pets/cat/z.PNG", 2);
        image("pets/cat/a.png", 3);
        Files.writeString(folder.resolve("pets/readme.txt"), "not an image");
        Files.writeString(folder.resolve("pets/cat/.hidden.png"), "not an image");
        ImageDataset data = ImageFolder.open(folder.resolve("pets"), Split.TEST);
        assertThat(data.id()).isEqualTo("pets/test");
        assertThat(data.classNames()).containsExactly("cat", "dog");
        assertThat(data.shape()).isEqualTo(SHAPE);
        assertThat(data.labels(new int[] {0, 1, 2})).containsExactly(0, 0, 1);
        assertThat(List.of(data.pixels(0)[0], data.pixels(1)[0], data.pixels(2)[0]))
                .containsExactly((byte) 3, (byte) 2, (byte) 1);
        assertThat(data.imageId(1)).isEqualTo("pets/test/cat/z.PNG");
    }

    @Test
    void everyFormatThatIsReadCountsAsAnImage() throws IOException {
        for (String format : List.of("png", "jpg", "gif", "bmp")) {
            BufferedImage white = new BufferedImage(SHAPE.width(), SHAPE.height(), BufferedImage.TYPE_INT_RGB);
            white.setRGB(0, 0, 0xffffff);
            Files.createDirectories(folder.resolve("cat"));
            assertThat(ImageIO.write(
                            white, format, folder.resolve("cat/a." + format).toFile()))
                    .isTrue();
        }
        Files.writeString(folder.resolve("cat/a.xcf"), "not an image");
        ImageDataset data = ImageFolder.open(folder, Split.TEST);
        assertThat(data.size()).isEqualTo(4);
        for (int i = 0; i < 4; i++) {
            assertThat(data.image(i).shape()).isEqualTo(SHAPE);
        }
    }

    @Test
    void splitsLieInTheirFolders() {
        image("train/cat/a.png", 1);
        image("train/dog/a.png", 2);
        image("val/dog/b.png", 3);
        ImageDataset train = ImageFolder.open(folder, Split.TRAIN);
        ImageDataset test = ImageFolder.open(folder, Split.TEST);
        assertThat(train.size()).isEqualTo(2);
        assertThat(test.size()).isEqualTo(1);
        assertThat(test.classNames()).isEqualTo(train.classNames()).containsExactly("cat", "dog");
        assertThat(test.label(0)).isEqualTo(1);
        assertThat(test.imageId(0)).endsWith("/test/dog/b.png");
    }

    @Test
    void aFolderWithoutSplitsIsNotTrainedOn() {
        image("cat/a.png", 1);
        image("dog/a.png", 1);
        assertThatThrownBy(() -> ImageFolder.open(folder, Split.TRAIN))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("no training images set apart")
                .hasMessageContaining("/train");
    }

    @Test
    void aTestClassThatTrainingLacksIsRefused() {
        image("train/cat/a.png", 1);
        image("test/cow/a.png", 1);
        assertThatThrownBy(() -> ImageFolder.open(folder, Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("a.png is of a class that the training images do not have");
    }

    @Test
    void anImageOfAnotherSizeIsNamedWithBothSizes() {
        image("cat/a.png", 1);
        image("dog/big.png", 1, ImageShape.square(4));
        assertThatThrownBy(() -> ImageFolder.open(folder, Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(Path.of("dog", "big.png") + " is 4×4 pixels (width × height), expected 3×2");
    }

    @Test
    void aDamagedImageIsNamed() throws IOException {
        image("cat/a.png", 1);
        Files.write(folder.resolve("cat/broken.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0});
        ImageDataset data = ImageFolder.open(folder, Split.TEST);
        assertThat(data.unreadable()).singleElement().asString().contains("broken.png is damaged");
        assertThat(data.failure(0)).isEmpty();
        assertThat(data.failure(1)).get().asString().contains("broken.png is damaged");
        assertThatThrownBy(() -> Datasets.open(folder.toString(), Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("cannot be read whole")
                .hasMessageContaining("broken.png is damaged");
    }

    @Test
    void anEmptyFolderIsRefused() {
        assertThatThrownBy(() -> ImageFolder.open(folder, Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("has no images");
    }

    @Test
    void imagesWithoutFoldersOfClassesAreUnlabelled() {
        image("b.png", 2);
        image("a.png", 1);
        ImageDataset data = ImageFolder.open(folder, Split.TEST);
        assertThat(data.labelled()).isFalse();
        assertThat(data.classNames()).isEmpty();
        assertThat(data.labels(new int[] {0, 1})).containsExactly(-1, -1);
        assertThat(data.pixels(1)).containsOnly(2);
        assertThat(data.imageId(0)).endsWith("/test/a.png");
        image("cat/c.png", 3);
        ImageDataset labelled = ImageFolder.open(folder, Split.TEST);
        assertThat(labelled.labelled()).isTrue();
        assertThat(labelled.size()).as("loose images beside classes").isEqualTo(1);
    }

    @Test
    void imagesOfAnySizeAreScaledWhenAskedFor() {
        image("a.png", 1);
        image("b.png", 2, new ImageShape(3, 9, 5));
        ImageDataset data = ImageFolder.open(folder, Split.TEST, ImageShape.square(4));
        assertThat(data.shape()).isEqualTo(ImageShape.square(4));
        assertThat(data.pixels(1)).hasSize(48).containsOnly(2);
        assertThat(data.checksum())
                .isNotEqualTo(ImageFolder.open(folder, Split.TEST, ImageShape.square(5))
                        .checksum());
    }

    @Test
    void theChecksumNamesTheContentAndNotThePlace() throws IOException {
        image("one/cat/a.png", 1);
        image("one/dog/a.png", 2);
        image("two/cat/a.png", 1);
        image("two/dog/a.png", 2);
        String one = ImageFolder.open(folder.resolve("one"), Split.TEST).checksum();
        assertThat(ImageFolder.open(folder.resolve("two"), Split.TEST).checksum())
                .isEqualTo(one);
        assertThat(ImageFolder.open(zip("zipped.zip", "wrapped/"), Split.TEST).checksum())
                .isEqualTo(one);
        image("two/dog/a.png", 3);
        assertThat(ImageFolder.open(folder.resolve("two"), Split.TEST).checksum())
                .isNotEqualTo(one);
    }

    @Test
    void aZipIsReadLikeItsFolder() throws IOException {
        image("one/cat/a.png", 1);
        image("one/dog/a.png", 2);
        ImageDataset data = ImageFolder.open(zip("pets.zip", ""), Split.TEST);
        assertThat(data.id()).isEqualTo("pets/test");
        assertThat(data.classNames()).containsExactly("cat", "dog");
        assertThat(data.pixels(1)).containsOnly(2);
    }

    @Test
    void aTruncatedZipIsNamed() throws IOException {
        image("one/cat/a.png", 1);
        image("one/dog/a.png", 2);
        Path zip = zip("cut.zip", "");
        byte[] bytes = Files.readAllBytes(zip);
        Files.write(zip, Arrays.copyOf(bytes, bytes.length - 30));
        assertThatThrownBy(() -> ImageFolder.open(zip, Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("cut.zip as a folder or zip, is it complete?");
    }

    @Test
    void aMissingFolderIsNamed() {
        assertThatThrownBy(() -> ImageFolder.open(folder.resolve("none"), Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("No such folder or zip");
    }

    /** Zips the folder {@code one}. */
    private Path zip(String name, String prefix) throws IOException {
        Path zip = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream zipped = new ZipOutputStream(out)) {
            for (String file : List.of("dog/a.png", "cat/a.png")) {
                zipped.putNextEntry(new ZipEntry(prefix + file));
                zipped.write(Files.readAllBytes(folder.resolve("one").resolve(file)));
                zipped.closeEntry();
            }
        }
        return zip;
    }
}

package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redrl.base.RedrlException;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders and zips as people have them. */
class DataAsItLiesTest {
    private static final ImageShape SHAPE = ImageShape.square(4);

    @TempDir
    private Path folder;

    private static byte[] png(int level) {
        byte[] pixels = new byte[SHAPE.values()];
        Arrays.fill(pixels, (byte) level);
        return ImageCodec.png(new Image(SHAPE, pixels));
    }

    private void image(String name, int level) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, png(level));
    }

    private static List<Integer> levels(ImageDataset data) {
        return java.util.stream.IntStream.range(0, data.size())
                .mapToObj(i -> (int) data.pixels(i)[0])
                .toList();
    }

    private ImageDataset readable(String name) {
        return Datasets.openReadable(folder.resolve(name).toString(), Split.TEST, Optional.empty());
    }

    @Test
    void linksToFoldersClassesAndFilesAreFollowed() throws IOException {
        image("store/elsewhere/a.png", 1);
        image("store/one.png", 2);
        Files.createDirectories(folder.resolve("pets/dog"));
        Files.createSymbolicLink(folder.resolve("pets/cat"), folder.resolve("store/elsewhere"));
        Files.createSymbolicLink(folder.resolve("pets/dog/b.png"), folder.resolve("store/one.png"));
        Files.createSymbolicLink(folder.resolve("linked"), folder.resolve("pets"));
        for (String name : List.of("pets", "linked")) {
            ImageDataset data = readable(name);
            assertThat(data.classNames()).as(name).containsExactly("cat", "dog");
            assertThat(levels(data)).as(name).containsExactly(1, 2);
            assertThat(ImageInputs.in(List.of(folder.resolve(name))).images()).hasSize(2);
        }
    }

    @Test
    @Timeout(60)
    void linksThatLeadRoundAndLinksToNothingAreNamed() throws IOException {
        image("pets/cat/a.png", 1);
        image("pets/dog/a.png", 2);
        Files.createSymbolicLink(folder.resolve("pets/dog/up"), folder.resolve("pets"));
        Files.createSymbolicLink(folder.resolve("pets/dog/z.png"), folder.resolve("gone.png"));
        ImageDataset data = readable("pets");
        assertThat(levels(data)).containsExactly(1, 2);
        assertThat(data.remarks()).anyMatch(remark -> remark.contains("up is a link to a folder around it"));
        assertThat(data.unreadable()).singleElement().asString().contains("z.png is a link to nothing");
        assertThatThrownBy(() -> Datasets.open(folder.resolve("pets").toString(), Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("z.png is a link to nothing");
    }

    @Test
    void aClassFolderWithoutUsableImagesIsAnErrorThatNamesIt() throws IOException {
        image("pets/cat/a.png", 1);
        image("pets/dog/a.png", 2);
        Files.createDirectories(folder.resolve("pets/bird"));
        refused("pets", "bird has no images");
        Files.writeString(folder.resolve("pets/bird/a.heic"), "not read here");
        refused("pets", "bird has no images", "HEIC", "heif-convert");
        Files.writeString(folder.resolve("pets/bird/b.png"), "no image");
        refused("pets", "Not one image of the class folder", "bird", "b.png is not an image");
        image("pets/bird/c.png", 3);
        assertThat(readable("pets").classNames()).containsExactly("bird", "cat", "dog");
        assertThat(readable("pets").unreadable()).singleElement().asString().contains("b.png");
    }

    @Test
    void aClassThatOnlyTheTrainingImagesLackIsAnErrorToo() throws IOException {
        image("set/train/cat/a.png", 1);
        image("set/train/dog/a.png", 2);
        image("set/test/dog/a.png", 3);
        assertThat(readable("set").label(0)).isEqualTo(1);
        Files.createDirectories(folder.resolve("set/train/bird"));
        refused("set", "bird has no images");
    }

    private void refused(String name, String... expected) {
        assertThatThrownBy(() -> readable(name))
                .isInstanceOf(RedrlException.class)
                .hasMessageContainingAll(expected);
    }

    @Test
    void namesThatAreNumbersAreSortedAsSuch() throws IOException {
        for (int i = 0; i < 12; i++) {
            image("digits/" + i + "/a.png", i);
        }
        ImageDataset data = readable("digits");
        assertThat(data.classNames()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
        assertThat(levels(data)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(data.remarks()).anyMatch(remark -> remark.contains("sorted as numbers"));
        image("digits/x/a.png", 12);
        assertThat(readable("digits").classNames()).startsWith("0", "1", "10", "11", "2");
    }

    @Test
    void oneUnreadableSubfolderDoesNotEndTheRest() throws IOException {
        image("pets/cat/a.png", 1);
        image("pets/dog/a.png", 2);
        image("pets/bird/a.png", 3);
        Path closed = folder.resolve("pets/bird");
        assumeTrue(
                Files.getFileStore(closed).supportsFileAttributeView("posix"), "skipped: no permissions to take away");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        try {
            assumeFalse(Files.isReadable(closed), "skipped: this user may read everything");
            ImageDataset data = readable("pets");
            assertThat(data.classNames()).containsExactly("bird", "cat", "dog");
            assertThat(data.labels(new int[] {0, 1})).containsExactly(1, 2);
            assertThat(data.unreadable()).singleElement().asString().contains("bird", "no permission");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    @Timeout(60)
    void aNamedPipeDoesNotHang() throws IOException, InterruptedException {
        image("pets/cat/a.png", 1);
        Process made = start("mkfifo", folder.resolve("pets/cat/pipe.png").toString());
        assumeTrue(made.waitFor(10, TimeUnit.SECONDS) && made.exitValue() == 0, "skipped: no mkfifo here");
        assertThat(levels(readable("pets"))).containsExactly(1);
        assertThat(readable("pets").remarks()).anyMatch(remark -> remark.contains("pipe.png is a pipe"));
        Path pipe = folder.resolve("pets/cat/pipe.png");
        assertThatThrownBy(() -> Datasets.open(pipe.toString(), Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("is a pipe, socket or device");
        ImageInputs inputs = ImageInputs.in(List.of(pipe));
        assertThatThrownBy(() -> inputs.images().get(0).read()).hasMessageContaining("a pipe, socket or device");
    }

    private static Process start(String... command) {
        try {
            return new ProcessBuilder(command).start();
        } catch (IOException e) {
            return assumptionFailed(e);
        }
    }

    private static Process assumptionFailed(IOException e) {
        assumeTrue(false, "skipped: " + e.getMessage());
        throw new IllegalStateException(e);
    }

    private Path zip(String name, Charset names, Map<String, Integer> images) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file), names)) {
            for (Map.Entry<String, Integer> image : images.entrySet()) {
                zip.putNextEntry(new ZipEntry(image.getKey()));
                if (!image.getKey().endsWith("/")) {
                    zip.write(png(image.getValue()));
                }
                zip.closeEntry();
            }
        }
        return file;
    }

    @Test
    void zipsMayHaveOddNames() throws IOException {
        Map<String, Map<String, Integer>> kinds = new LinkedHashMap<>();
        kinds.put("plain", Map.of("cat/ä.png", 1, "dog/ä.png", 2));
        kinds.put("backslashes", Map.of("cat\\ä.png", 1, "dog\\ä.png", 2));
        kinds.put("a folder around", Map.of("set/", 0, "set/cat/ä.png", 1, "set/dog/ä.png", 2));
        kinds.put("two folders around", Map.of("my/set/cat/ä.png", 1, "my/set/dog/ä.png", 2));
        kinds.put("a folder above", Map.of("../cat/ä.png", 1, "../dog/ä.png", 2));
        kinds.put("from here", Map.of("./cat/ä.png", 1, "./dog/ä.png", 2));
        kinds.put("from the top", Map.of("/cat/ä.png", 1, "/dog/ä.png", 2));
        kinds.put("what a Mac adds", Map.of("cat/ä.png", 1, "dog/ä.png", 2, "__MACOSX/cat/._ä.png", 9));
        for (Map.Entry<String, Map<String, Integer>> kind : kinds.entrySet()) {
            for (Charset names : List.of(StandardCharsets.UTF_8, Charset.forName("IBM437"))) {
                zip("set.zip", names, kind.getValue());
                ImageDataset data = readable("set.zip");
                assertThat(data.classNames()).as(kind.getKey()).containsExactly("cat", "dog");
                assertThat(levels(data)).as(kind.getKey()).containsExactly(1, 2);
                assertThat(data.imageId(0)).as(kind.getKey()).isEqualTo("set/test/cat/ä.png");
            }
        }
    }

    @Test
    void anArchiveMadeOnDosIsRead() {
        Path zip = TestData.odd("archives/cp437.zip");
        assertThat(Datasets.open(zip.toString(), Split.TEST).classNames()).containsExactly("cat", "dog");
    }

    @Test
    void aZipWithAnEmptyClassIsRefusedLikeItsFolder() throws IOException {
        zip("set.zip", StandardCharsets.UTF_8, Map.of("cat/a.png", 1, "dog/", 0));
        refused("set.zip", "dog has no images");
    }

    private void tiny(String... images) throws IOException {
        image("tiny/dummy.png", 0);
        Files.delete(folder.resolve("tiny/dummy.png"));
        Files.writeString(folder.resolve("tiny/wnids.txt"), "n02\nn01\n");
        for (int i = 0; i < images.length; i++) {
            image("tiny/" + images[i], i + 1);
        }
    }

    private static List<Integer> labels(ImageDataset data) {
        return java.util.stream.IntStream.range(0, data.size())
                .mapToObj(data::label)
                .toList();
    }

    /** Sizes are of no interest here: these images are too small to be decoded as Tiny ImageNet's. */
    @Test
    void tinyImageNetIsReadInTheFormsThatPeopleSortItInto() throws IOException {
        tiny(
                "train/n01/images/n01_0.JPEG",
                "train/n02/images/n02_0.JPEG",
                "val/images/val_0.JPEG",
                "val/images/val_1.JPEG");
        Files.writeString(folder.resolve("tiny/val/val_annotations.txt"), "val_0.JPEG\tn02\t0\nval_1.JPEG\tn01\t0\n");
        assertThat(labels(Datasets.open(folder.resolve("tiny").toString(), Split.TEST)))
                .isEqualTo(List.of(1, 0));
        assertThat(labels(Datasets.open(folder.resolve("tiny").toString(), Split.TRAIN)))
                .isEqualTo(List.of(0, 1));
    }

    @Test
    void validationImagesMayBeSortedIntoClassFolders() throws IOException {
        for (String between : List.of("/", "/images/")) {
            tiny("train/n01/n01_0.JPEG", "train/n02/n02_0.JPEG");
            image("tiny/val/n02" + between + "val_2.JPEG", 3);
            image("tiny/val/n01" + between + "val_10.JPEG", 4);
            ImageDataset data = Datasets.open("tiny-imagenet:" + folder.resolve("tiny"), Split.TEST);
            assertThat(labels(data)).isEqualTo(List.of(1, 0));
            assertThat(data.imageId(0)).isEqualTo("tiny-imagenet/test/val_2.JPEG");
            Files.writeString(
                    folder.resolve("tiny/val/val_annotations.txt"), "val_2.JPEG\tn02\t0\nval_10.JPEG\tn01\t0\n");
            assertThat(labels(Datasets.open(folder.resolve("tiny").toString(), Split.TEST)))
                    .isEqualTo(List.of(1, 0));
            Files.writeString(
                    folder.resolve("tiny/val/val_annotations.txt"), "val_2.JPEG\tn01\t0\nval_10.JPEG\tn01\t0\n");
            refused("tiny", "lies in the folder of another class");
            Files.delete(folder.resolve("tiny/val/val_annotations.txt"));
            Files.delete(folder.resolve("tiny/val/n02" + between + "val_2.JPEG"));
            Files.delete(folder.resolve("tiny/val/n01" + between + "val_10.JPEG"));
        }
    }

    @Test
    void trainingImagesMayLieFlat() throws IOException {
        tiny("train/n02_0.JPEG", "train/n01_7.JPEG", "val/n01/val_0.JPEG");
        ImageDataset data = Datasets.open(folder.resolve("tiny").toString(), Split.TRAIN);
        assertThat(labels(data)).isEqualTo(List.of(0, 1));
        assertThat(data.imageId(0)).isEqualTo("tiny-imagenet/train/n01/n01_7.JPEG");
    }
}

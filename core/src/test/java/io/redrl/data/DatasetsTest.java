package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.data.Downloads.Download;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.testing.SpokenProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    @TempDir
    private Path folder;

    private String before = "";

    @BeforeEach
    void useAnEmptyHome() {
        before = System.getProperty("redrl.home", "");
        System.setProperty("redrl.home", folder.resolve("home").toString());
    }

    @AfterEach
    void restoreHome() {
        if (before.isEmpty()) {
            System.clearProperty("redrl.home");
        } else {
            System.setProperty("redrl.home", before);
        }
    }

    @Test
    void theHomeIsThePropertyBeforeTheDefault() {
        assertThat(RedrlHome.data("cifar10")).isEqualTo(folder.resolve("home/data/cifar10"));
        System.clearProperty("redrl.home");
        String environment = System.getenv().getOrDefault("REDRL_HOME", "");
        Path expected = environment.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "redrl")
                : Path.of(environment).toAbsolutePath();
        assertThat(RedrlHome.path()).isEqualTo(expected);
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> Datasets.open("cifar100", Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContainingAll("'cifar100'", "cifar10", "tiny-imagenet", "tiny-imagenet:PATH", "folder");
        assertThatThrownBy(() -> Datasets.open("", Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("Unknown data set ''");
        assertThatThrownBy(() -> Datasets.open("\0", Split.TEST)).isInstanceOf(RedrlException.class);
    }

    @Test
    void emptyCachesSayHowToFillThem() {
        assertThatThrownBy(() -> Datasets.open("cifar10", Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("run ./redrl data fetch cifar10");
        assertThatThrownBy(() -> Datasets.open("tiny-imagenet", Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("run ./redrl data fetch tiny-imagenet")
                .hasMessageContaining("tiny-imagenet:PATH");
    }

    @Test
    void onlyKnownSetsCanBeFetched() {
        assertThatThrownBy(() -> Datasets.fetch("mnist", Optional.empty(), Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("mnist cannot be fetched: expected cifar10 or tiny-imagenet");
    }

    @Test
    void aWrongArchiveIsRefusedWhateverItsName() throws IOException {
        Path wrong = Files.writeString(folder.resolve("cifar-10-binary.tar.gz"), "not it");
        assertThatThrownBy(() -> Datasets.fetch("cifar10", Optional.of(wrong), Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("truncated, altered or not CIFAR-10");
        Path zip = Files.writeString(folder.resolve("tiny-imagenet-200.zip"), "not it");
        assertThatThrownBy(() -> Datasets.fetch("tiny-imagenet", Optional.of(zip), Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("truncated, altered or not the official tiny-imagenet-200.zip");
    }

    @Test
    void fetchesTinyImageNetOnce() throws IOException {
        Path source = Files.writeString(folder.resolve("source.zip"), "its bytes");
        String md5 = ArchiveSums.of(source, Progress.silent()).md5();
        Path cache = RedrlHome.data("tiny-imagenet");
        Download download = (work, progress) -> {
            try {
                return Files.copy(source, work.resolve("downloaded.zip"));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        };
        assertThat(Datasets.fetchTiny(cache, Optional.empty(), download, md5, Progress.silent()))
                .isTrue();
        assertThat(cache.resolve("tiny-imagenet-200.zip")).hasContent("its bytes");
        assertThat(cache.resolve(".fetching")).doesNotExist();
        SpokenProgress progress = new SpokenProgress();
        assertThat(Datasets.fetchTiny(cache, Optional.of(source), download, md5, progress))
                .isFalse();
        assertThat(progress.lines).singleElement().asString().contains("already");
        assertThatThrownBy(() -> Datasets.open("tiny-imagenet", Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("tiny-imagenet-200.zip as a folder or zip");
    }

    @Test
    void aPathIsAnImageFolderOrTinyImageNet() throws IOException {
        ImageCodec.writePng(folder.resolve("pets/cat/a.png"), new Image(ImageShape.square(2), new byte[12]));
        ImageCodec.writePng(folder.resolve("pets/dog/a.png"), new Image(ImageShape.square(2), new byte[12]));
        assertThat(Datasets.open(folder.resolve("pets").toString(), Split.TEST).classNames())
                .containsExactly("cat", "dog");

        Path tiny = Files.createDirectories(folder.resolve("tiny"));
        Files.writeString(tiny.resolve("wnids.txt"), "n01\n");
        Files.createDirectories(tiny.resolve("train/n01/images"));
        Files.write(tiny.resolve("train/n01/images/n01_0.JPEG"), new byte[1]);
        for (String name : new String[] {tiny.toString(), "tiny-imagenet:" + tiny}) {
            assertThat(Datasets.open(name, Split.TRAIN).imageId(0)).isEqualTo("tiny-imagenet/train/n01/n01_0.JPEG");
        }
    }
}

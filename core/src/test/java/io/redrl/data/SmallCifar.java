package io.redrl.data;

import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Archives in both of CIFAR-10's formats with two images per file in place of 10,000, and their checksums. */
final class SmallCifar {
    static final int PER_BATCH = 2;
    private static final int BATCHES = 6; // the last one is the test batch

    final Path npm;
    final Path official;
    final Cifar10Archive.Expected expected;

    /** {@code [batch][image]}, planes. */
    final byte[][][] pixels = new byte[BATCHES][PER_BATCH][3072];

    final int[][] labels = new int[BATCHES][PER_BATCH];

    SmallCifar(Path folder) {
        SplittableRandom random = new SplittableRandom(1);
        for (int b = 0; b < BATCHES; b++) {
            for (int i = 0; i < PER_BATCH; i++) {
                random.nextBytes(pixels[b][i]);
                labels[b][i] = random.nextInt(10);
            }
        }
        npm = tarGz(folder.resolve("package.tgz"), npmFiles());
        official = tarGz(folder.resolve("official.tar.gz"), officialFiles());
        expected = expecting(npm, official);
    }

    /** What is expected of these images in other archives. */
    Cifar10Archive.Expected expecting(Path npmArchive, Path officialArchive) {
        return new Cifar10Archive.Expected(
                ArchiveSums.of(npmArchive, Progress.silent()).sha256(),
                ArchiveSums.of(officialArchive, Progress.silent()).md5(),
                PER_BATCH,
                content(0, BATCHES - 1),
                content(BATCHES - 1, BATCHES));
    }

    private Cifar10Archive.Content content(int from, int to) {
        ByteArrayOutputStream interleaved = new ByteArrayOutputStream();
        ByteArrayOutputStream classes = new ByteArrayOutputStream();
        for (int b = from; b < to; b++) {
            for (int i = 0; i < PER_BATCH; i++) {
                classes.write(labels[b][i]);
                for (int at = 0; at < 1024; at++) {
                    for (int c = 0; c < 3; c++) {
                        interleaved.write(pixels[b][i][c * 1024 + at]);
                    }
                }
            }
        }
        return new Cifar10Archive.Content(Checksums.of(interleaved.toByteArray()), Checksums.of(classes.toByteArray()));
    }

    Map<String, byte[]> npmFiles() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int b = 0; b < BATCHES; b++) {
            byte[] sheet = new byte[3 * PER_BATCH * 1024]; // one row per image, as planes
            for (int i = 0; i < PER_BATCH; i++) {
                for (int c = 0; c < 3; c++) {
                    System.arraycopy(pixels[b][i], c * 1024, sheet, (c * PER_BATCH + i) * 1024, 1024);
                }
            }
            files.put("package/" + batchName(b) + ".png", png(sheet, new ImageShape(3, PER_BATCH, 1024)));
        }
        int[] train = new int[(BATCHES - 1) * PER_BATCH];
        for (int i = 0; i < train.length; i++) {
            train[i] = labels[i / PER_BATCH][i % PER_BATCH];
        }
        files.put("package/train_lables.json", Json.line(train).getBytes(StandardCharsets.UTF_8));
        files.put("package/test_lables.json", Json.line(labels[BATCHES - 1]).getBytes(StandardCharsets.UTF_8));
        return files;
    }

    Map<String, byte[]> officialFiles() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("cifar-10-batches-bin/readme.html", new byte[] {'x'});
        for (int b = 0; b < BATCHES; b++) {
            ByteArrayOutputStream records = new ByteArrayOutputStream();
            for (int i = 0; i < PER_BATCH; i++) {
                records.write(labels[b][i]);
                records.writeBytes(pixels[b][i]);
            }
            files.put("cifar-10-batches-bin/" + batchName(b) + ".bin", records.toByteArray());
        }
        return files;
    }

    /** As Python 2 pickled the official ones: the same instructions in the same order, from their documentation. */
    Map<String, byte[]> pythonFiles() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int b = 0; b < BATCHES; b++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            text(out, "\u0080\u0002}q\u0001(U\u000bbatch_labelq\u0002U\u0005batchq\u0003U\u0006labelsq\u0004]q\u0005(");
            for (int i = 0; i < PER_BATCH; i++) {
                text(out, "K" + (char) labels[b][i]);
            }
            text(
                    out,
                    "eU\u0004dataq\u0006cnumpy.core.multiarray\n_reconstruct\nq\u0007cnumpy\nndarray\nq\bK\0\u0085U\u0001b\u0087Rq\t");
            text(
                    out,
                    "(K\u0001K" + (char) PER_BATCH + "M\0\f\u0086cnumpy\ndtype\nq\nU\u0002u1K\0K\u0001\u0087Rq\u000b");
            text(out, "(K\u0003U\u0001|NNNJ\u00ff\u00ff\u00ff\u00ffJ\u00ff\u00ff\u00ff\u00ffK\0tb\u0089T");
            out.writeBytes(new byte[] {0, (byte) (PER_BATCH * 12), 0, 0});
            for (int i = 0; i < PER_BATCH; i++) {
                out.writeBytes(pixels[b][i]);
            }
            text(out, "tbU\tfilenamesq\f]q\r(U\u0005a.pngq\u000eU\u0005b.pngq\u000feu.");
            files.put("cifar-10-batches-py/" + batchName(b), out.toByteArray());
        }
        return files;
    }

    private static void text(ByteArrayOutputStream out, String bytes) {
        out.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String batchName(int batch) {
        return batch == BATCHES - 1 ? "test_batch" : "data_batch_" + (batch + 1);
    }

    private static byte[] png(byte[] planes, ImageShape shape) {
        try {
            Path file = Files.createTempFile("sheet", ".png");
            try {
                ImageCodec.writePng(file, new Image(shape, planes));
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path tarGz(Path target, Map<String, byte[]> files) {
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(target)))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }
}

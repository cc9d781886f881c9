package io.redrl.adversarial;

import com.jerolba.carpet.CarpetMissingColumnException;
import com.jerolba.carpet.CarpetParquetReader;
import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.ColumnNamingStrategy;
import com.jerolba.carpet.FieldMatchingStrategy;
import com.jerolba.carpet.annotation.NotNull;
import com.jerolba.carpet.annotation.ParquetString;
import com.jerolba.carpet.io.FileSystemInputFile;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.RedrlException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;

/**
 * The Parquet file (zstd) of a shard, written and read. The same rows give the same bytes: one row group, no time stamps.
 *
 * <p>A shard is encoded in memory, it is a few megabytes, so that what reaches the disk is one plain write.
 */
public final class ParquetShard {
    private static final String PIXELS = "image.pixels";

    private ParquetShard() {}

    /** The bytes of a file with these rows. */
    public static byte[] encode(List<AdversarialExample> rows) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // The plain configuration keeps Hadoop's own, with its XML files and warnings, out of the process.
        try (CarpetWriter<AdversarialExample> writer = new CarpetWriter.Builder<>(out, AdversarialExample.class)
                .withConf(new PlainParquetConfiguration())
                .withColumnNamingStrategy(ColumnNamingStrategy.SNAKE_CASE)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withDictionaryEncoding(PIXELS, false)
                .withStatisticsEnabled(PIXELS, false)
                .withPageWriteChecksumEnabled(true)
                .build()) {
            for (AdversarialExample row : rows) {
                writer.write(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return withSortedEncodings(out.toByteArray());
    }

    /**
     * Parquet keeps each column's encodings in a hash set of enum constants, whose order changes from one process to the
     * next. Sorted, the same rows give the same bytes in every process.
     */
    private static byte[] withSortedEncodings(byte[] file) {
        // A Parquet file ends in its footer, the footer's length (little-endian) and "PAR1".
        int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
        int start = file.length - 8 - length;
        try {
            FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(file, start, length));
            for (RowGroup group : footer.getRow_groups()) {
                for (ColumnChunk column : group.getColumns()) {
                    Collections.sort(column.getMeta_data().getEncodings());
                    Collections.sort(column.getMeta_data().getEncoding_stats());
                }
            }
            ByteArrayOutputStream sorted = new ByteArrayOutputStream(file.length);
            sorted.write(file, 0, start);
            Util.writeFileMetaData(footer, sorted);
            ByteBuffer end = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            sorted.writeBytes(end.putInt(sorted.size() - start).array());
            sorted.write(file, file.length - 4, 4);
            return sorted.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    /**
     * The rows of a file, in its order.
     *
     * @throws RedrlException if it is no readable shard
     */
    public static List<AdversarialExample> decode(Path file) {
        try {
            return rows(file, AdversarialExample.class, row -> row);
        } catch (CarpetMissingColumnException e) {
            return decodeFormat2(file);
        } catch (IOException | RuntimeException e) {
            throw unreadable(file, e);
        }
    }

    private static List<AdversarialExample> decodeFormat2(Path file) {
        try {
            return rows(file, Format2.class, Format2::today);
        } catch (IOException | RuntimeException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The rows of a file without pixels, whose bytes are not even read.
     *
     * @throws RedrlException if it is no readable shard
     */
    static List<AdversarialExample> heads(Path file) {
        try {
            return rows(file, Head.class, Head::row);
        } catch (CarpetMissingColumnException e) {
            return decodeFormat2(file).stream()
                    .map(AdversarialExample::withoutPixels)
                    .toList();
        } catch (IOException | RuntimeException e) {
            throw unreadable(file, e);
        }
    }

    /** The columns of a row beside its pixels. */
    record Head(
            int index,
            @NotNull String file,
            int label,
            @NotNull String className,
            @NotNull String attack,
            @NotNull String victim,
            @NotNull String config,
            @NotNull Outcome outcome,
            @NotNull Size image) {
        AdversarialExample row() {
            StoredImage empty = new StoredImage(image.height(), image.width(), image.storage(), Binary.EMPTY);
            return new AdversarialExample(index, file, label, className, attack, victim, config, outcome, empty);
        }
    }

    /** The image of a {@link Head}. */
    record Size(
            int height, int width, @NotNull @ParquetString Storage storage) {}

    private static <T> List<AdversarialExample> rows(Path file, Class<T> type, Function<T, AdversarialExample> today)
            throws IOException {
        List<AdversarialExample> rows = new ArrayList<>();
        try (ParquetReader<T> reader = CarpetParquetReader.builder(new FileSystemInputFile(file.toFile()), type)
                .fieldMatchingStrategy(FieldMatchingStrategy.SNAKE_CASE)
                .withConf(new PlainParquetConfiguration())
                .usePageChecksumVerification()
                .build()) {
            for (T row = reader.read(); row != null; row = reader.read()) {
                rows.add(today.apply(row));
            }
        }
        return rows;
    }

    private static RedrlException unreadable(Path file, Exception e) {
        return new RedrlException("Could not read " + file + " as a shard of an adversarial set: " + e, e);
    }

    /** A row of a set of format 2, which has no names. */
    record Format2(
            int index,
            int label,
            @NotNull String attack,
            @NotNull String victim,
            @NotNull String config,
            @NotNull Outcome2 outcome,
            @NotNull StoredImage image) {
        AdversarialExample today() {
            return new AdversarialExample(index, label, attack, victim, config, outcome.today(), image);
        }
    }

    /** The outcome in a row of format 2. */
    record Outcome2(
            int target,
            int cleanPrediction,
            int adversarialPrediction,
            boolean successFloat,
            boolean success8bit,
            double linf,
            double l2) {
        Outcome today() {
            return new Outcome(target, cleanPrediction, adversarialPrediction, successFloat, success8bit, linf, l2);
        }
    }
}

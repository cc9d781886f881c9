package io.redrl.adversarial;

import com.jerolba.carpet.CarpetParquetReader;
import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.ColumnNamingStrategy;
import com.jerolba.carpet.FieldMatchingStrategy;
import com.jerolba.carpet.io.FileSystemInputFile;
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
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

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
        List<AdversarialExample> rows = new ArrayList<>();
        try (ParquetReader<AdversarialExample> reader = CarpetParquetReader.builder(
                        new FileSystemInputFile(file.toFile()), AdversarialExample.class)
                .fieldMatchingStrategy(FieldMatchingStrategy.SNAKE_CASE)
                .withConf(new PlainParquetConfiguration())
                .usePageChecksumVerification()
                .build()) {
            for (AdversarialExample row = reader.read(); row != null; row = reader.read()) {
                rows.add(row);
            }
        } catch (IOException | RuntimeException e) {
            throw new RedrlException("Could not read " + file + " as a shard of an adversarial set: " + e, e);
        }
        return rows;
    }
}

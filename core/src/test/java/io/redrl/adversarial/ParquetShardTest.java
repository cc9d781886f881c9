package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;

import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.ColumnNamingStrategy;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetShardTest {
    /** Parquet writes them in the order of identity hashes, which two processes do not share. */
    @Test
    void listsEncodingsInAnOrderThatEveryProcessShares() throws IOException {
        AdversarialExample row = new AdversarialExample(
                1,
                2,
                "pgd",
                "v",
                "{}",
                new Outcome(-1, 2, 3, true, true, 0.1, 0.2),
                StoredImage.of(1, 1, Storage.UINT8, new byte[] {1, 2, 3}));
        byte[] file = ParquetShard.encode(List.of(row, row));
        int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
        FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(file, file.length - 8 - length, length));
        List<ColumnChunk> columns = footer.getRow_groups().get(0).getColumns();
        assertThat(columns).hasSize(18).allSatisfy(column -> {
            assertThat(column.getMeta_data().getEncodings()).isSorted();
            assertThat(column.getMeta_data().getEncoding_stats()).isSorted();
        });
        assertThat(columns)
                .anySatisfy(column ->
                        assertThat(column.getMeta_data().getEncodings()).hasSizeGreaterThan(1));
    }

    @Test
    void readsRowsOfTheFormatBefore(@TempDir Path folder) throws IOException {
        StoredImage image = StoredImage.of(1, 1, Storage.UINT8, new byte[] {1, 2, 3});
        ParquetShard.Outcome2 outcome = new ParquetShard.Outcome2(-1, 2, 3, false, true, 0.1, 0.2);
        Path file = folder.resolve("part-00000.parquet");
        try (OutputStream out = Files.newOutputStream(file);
                CarpetWriter<ParquetShard.Format2> writer = new CarpetWriter.Builder<>(out, ParquetShard.Format2.class)
                        .withConf(new PlainParquetConfiguration())
                        .withColumnNamingStrategy(ColumnNamingStrategy.SNAKE_CASE)
                        .build()) {
            writer.write(new ParquetShard.Format2(1, 2, "pgd", "v", "{}", outcome, image));
        }
        assertThat(ParquetShard.decode(file))
                .containsExactly(new AdversarialExample(
                        1, 2, "pgd", "v", "{}", new Outcome(-1, 2, 3, false, true, 0.1, 0.2), image));
    }
}

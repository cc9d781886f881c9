package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;

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
        assertThat(columns).hasSize(16).allSatisfy(column -> {
            assertThat(column.getMeta_data().getEncodings()).isSorted();
            assertThat(column.getMeta_data().getEncoding_stats()).isSorted();
        });
        assertThat(columns)
                .anySatisfy(column ->
                        assertThat(column.getMeta_data().getEncodings()).hasSizeGreaterThan(1));
    }
}

package io.redrl.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTableTest {
    @Test
    void csvQuotesWhatNeedsItAndLeavesOutNaN(@TempDir Path folder) throws Exception {
        ResultTable table = new ResultTable("name", "count", "value");
        table.add("a, \"b\"", 12_345, 2.0 / 3);
        table.add("c", 1, Double.NaN);
        table.write(folder.resolve("t.csv"));
        assertThat(Files.readString(folder.resolve("t.csv")))
                .isEqualTo("name,count,value\n\"a, \"\"b\"\"\",12345,0.6667\nc,1,\n");
        assertThat(table.toString().lines().map(String::stripTrailing))
                .isEqualTo(List.of("name    count  value", "a, \"b\"  12345  0.6667", "c       1"));
    }
}

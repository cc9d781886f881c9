package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FileNamesTest {
    @Test
    void aPathIsAsLongAsItMustBe() {
        assertThat(FileNames.of(List.of("/x/a/0.png", "/x/b/0.png", "/x/b/1.png", "0.png", "b/0.png")))
                .containsEntry("/x/a/0.png", "a/0.png")
                .containsEntry("/x/b/0.png", "x/b/0.png")
                .containsEntry("/x/b/1.png", "1.png")
                .containsEntry("0.png", "0.png")
                .containsEntry("b/0.png", "b/0.png");
        assertThat(FileNames.of(List.of("a.png", "a.png"))).hasSize(1).containsEntry("a.png", "a.png");
        assertThat(FileNames.of(List.of("C:\\x\\a.png", "C:\\y\\a.png"))).containsValues("x/a.png", "y/a.png");
    }
}

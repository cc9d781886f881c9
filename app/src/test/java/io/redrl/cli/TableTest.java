package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    private static Table table() {
        return new Table()
                .words("file")
                .numbers("one", "two", "three")
                .dispensable("three", "one")
                .row("a/rather/long/name/of/a file that has no end.png", "1.000000000", "22.0000000", "333.000000");
    }

    private static int widest(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("Left out"))
                .mapToInt(String::length)
                .max()
                .orElseThrow();
    }

    @Test
    void allIsThereWhereThereIsRoom() {
        assertThat(table().text(120)).contains("one", "two", "three", "end.png").doesNotContain("Left out");
        assertThat(table()).hasToString(table().text(120));
    }

    @Test
    void columnsGoInTheirOrderAndThatIsSaid() {
        assertThat(table().text(80)).contains("one", "two", "Left out, for want of width: three.");
        assertThat(widest(table().text(80))).isLessThanOrEqualTo(80);
        assertThat(table().text(68)).contains("two", "Left out, for want of width: three, one.");
    }

    @Test
    void wordsAreBrokenWhenNothingElseCanGo() {
        String text = table().text(40);
        assertThat(widest(text)).isLessThanOrEqualTo(40);
        assertThat(text).contains("22.0000000");
        assertThat(text.replaceAll("(?m)\\|.*$", "").replaceAll("\\s", ""))
                .as("nothing of the name is lost")
                .contains("a/rather/long/name/of/afilethathasnoend.png");
        assertThat(widest(table().text(5))).as("no endless loop").isGreaterThan(5);
    }
}

package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.stats.Interval;
import io.redrl.stats.Proportion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A table for the page and for Markdown alike.
 *
 * @param title over it
 * @param head the columns' titles
 * @param rows filled by {@link #row}
 * @param note how to read it; empty if it needs no words
 */
record Table(String title, List<String> head, List<Row> rows, String note) {
    /** The titles of six columns, one for each class. */
    static final String CLASSES =
            ClassNames.ids().stream().map(ClassNames::label).collect(Collectors.joining(" | "));

    /** A table without rows; the columns' titles are divided by {@code " | "}. */
    static Table of(String title, String head) {
        return of(title, List.of(head.split(" \\| ", -1)));
    }

    /** A table without rows. */
    static Table of(String title, List<String> head) {
        return new Table(title, head, new ArrayList<>(), "");
    }

    /** The same table with a note. */
    Table note(String text) {
        return new Table(title, head, rows, text);
    }

    /**
     * A cell.
     *
     * @param text what it says
     * @param small what it says in small print, such as an interval; empty if nothing
     * @param strong whether it stands out
     */
    record Cell(String text, String small, boolean strong) {
        /** Text, a count, a share or a macro accuracy in per cent with its 95 % interval, or nothing where nothing was measured. */
        static Cell of(Object value) {
            if (value instanceof Cell cell) {
                return cell;
            } else if (value instanceof Optional<?> some) {
                return some.map(Cell::of).orElse(of(Numbers.NONE));
            } else if (value instanceof Proportion share) {
                return share.n() == 0 ? of(Numbers.NONE) : share(share.value(), share.interval());
            } else if (value instanceof ConfusionMatrix confusion) {
                return confusion.examples() == 0
                        ? of(Numbers.NONE)
                        : share(confusion.macro(), confusion.macroInterval());
            }
            return of(value instanceof Integer count ? Numbers.count(count) : value.toString(), "");
        }

        static Cell of(String text, String small) {
            return new Cell(text, small, false);
        }

        /** A cell that stands out if {@code strong}. */
        static Cell strong(Object value, boolean strong) {
            Cell cell = of(value);
            return new Cell(cell.text, cell.small, strong);
        }

        private static Cell share(double share, Interval interval) {
            return of(Numbers.percent(share), Numbers.percent(interval.low()) + "–" + Numbers.percent(interval.high()));
        }

        private String markdown() {
            String both = (text + (small.isEmpty() ? "" : " (" + small + ")"))
                    .replace("|", "\\|")
                    .replace('\n', ' ');
            return strong ? "**" + both + "**" : both;
        }
    }

    /**
     * A row.
     *
     * @param style a class of {@code report.css}, or empty
     * @param cells the first is the row's name
     */
    record Row(String style, List<Cell> cells) {}

    /** Adds a row: each value is a cell, as {@link Cell#of(Object)} has it, or a list of such values. */
    void row(Object... values) {
        styled("", values);
    }

    /** Adds a row of some style. */
    void styled(String style, Object... values) {
        List<Cell> cells = new ArrayList<>();
        for (Object value : values) {
            (value instanceof List<?> some ? some : List.of(value)).forEach(one -> cells.add(Cell.of(one)));
        }
        if (cells.size() != head.size()) {
            throw new IllegalArgumentException(title + ": a row needs " + head.size() + " cells: " + cells);
        }
        rows.add(new Row(style, cells));
    }

    /** A value for each of the six classes. */
    static List<?> classes(Function<String, ?> value) {
        return ClassNames.ids().stream().map(value).toList();
    }

    /** Whether a column has words, which begin at the left, and not numbers. */
    boolean words(int column) {
        return rows.stream()
                .map(row -> row.cells.get(column).text())
                .filter(text -> !text.isEmpty())
                .anyMatch(text -> Character.isLetter(text.charAt(0)));
    }

    /** As Markdown: title and table. */
    String markdown() {
        StringBuilder text = new StringBuilder("### " + title + "\n\n| " + String.join(" | ", head) + " |\n");
        text.append("|---".repeat(head.size())).append("|\n");
        rows.forEach(row ->
                text.append(row.cells.stream().map(Cell::markdown).collect(Collectors.joining(" | ", "| ", " |\n"))));
        return text.append('\n').toString();
    }
}

package io.redrl.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;

/** A table of text for people: columns of words to the left, columns of numbers to the right. */
final class Table {
    private final List<Column> columns = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();

    /** Another column, of words. */
    Table words(String header) {
        return column(header, HorizontalAlign.LEFT);
    }

    /** More columns, of numbers. */
    Table numbers(String... headers) {
        for (String header : headers) {
            column(header, HorizontalAlign.RIGHT);
        }
        return this;
    }

    private Table column(String header, HorizontalAlign align) {
        columns.add(
                new Column().header(header).headerAlign(align).dataAlign(align).maxWidth(Integer.MAX_VALUE / 2));
        return this;
    }

    /** Another row, with as many cells as there are columns. */
    Table row(String... cells) {
        rows.add(cells.clone());
        return this;
    }

    @Override
    public String toString() {
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER,
                columns.toArray(Column[]::new),
                rows.toArray(String[][]::new));
    }
}

package io.redrl.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table of text for people: columns of words to the left, columns of numbers to the right. Where it is wider than the place for
 * it, columns that can be done without are left out, then words are broken into lines.
 */
final class Table {
    /** Narrower than this a column of words is not made. */
    private static final int NARROWEST = 10;

    private final List<Head> heads = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();
    private List<String> dispensable = List.of();

    private record Head(String header, HorizontalAlign align) {}

    /** Another column, of words. */
    Table words(String header) {
        heads.add(new Head(header, HorizontalAlign.LEFT));
        return this;
    }

    /** More columns, of numbers. */
    Table numbers(String... headers) {
        for (String header : headers) {
            heads.add(new Head(header, HorizontalAlign.RIGHT));
        }
        return this;
    }

    /** Columns that can be done without, in the order in which they go. */
    Table dispensable(String... headers) {
        dispensable = List.of(headers);
        return this;
    }

    /** Another row, with as many cells as there are columns. */
    Table row(String... cells) {
        rows.add(cells.clone());
        return this;
    }

    /** The table in at most {@code width} characters, if that can be, and a line that says what was left out. */
    String text(int width) {
        List<Integer> shown =
                new ArrayList<>(IntStream.range(0, heads.size()).boxed().toList());
        List<String> left = new ArrayList<>();
        for (String header : dispensable) {
            if (width(shown) > width
                    && shown.removeIf(i -> heads.get(i).header().equals(header))) {
                left.add(header);
            }
        }
        int[] widths = shown.stream().mapToInt(this::width).toArray();
        for (int excess = width(shown) - width; excess > 0; excess--) {
            int widest = IntStream.range(0, widths.length)
                    .filter(i -> heads.get(shown.get(i)).align() == HorizontalAlign.LEFT && widths[i] > NARROWEST)
                    .boxed()
                    .max(Comparator.comparingInt(i -> widths[i]))
                    .orElse(-1);
            if (widest < 0) {
                break;
            }
            widths[widest]--;
        }
        return render(shown, widths)
                + (left.isEmpty()
                        ? ""
                        : System.lineSeparator() + "Left out, for want of width: " + String.join(", ", left) + ".");
    }

    private int width(int column) {
        return Math.max(
                heads.get(column).header().length(),
                rows.stream().mapToInt(row -> row[column].length()).max().orElse(0));
    }

    /** Each column has a space on either side, and a line between it and the next. */
    private int width(List<Integer> shown) {
        return shown.stream().mapToInt(column -> width(column) + 3).sum() - 1;
    }

    private String render(List<Integer> shown, int[] widths) {
        Column[] columns = IntStream.range(0, widths.length)
                .mapToObj(i -> {
                    Head head = heads.get(shown.get(i));
                    return new Column()
                            .header(head.header())
                            .headerAlign(head.align())
                            .dataAlign(head.align())
                            .maxWidth(widths[i] + 2);
                })
                .toArray(Column[]::new);
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER,
                columns,
                rows.stream()
                        .map(row -> shown.stream().map(i -> row[i]).toArray(String[]::new))
                        .toArray(String[][]::new));
    }

    /** The whole table, as wide as it is. */
    @Override
    public String toString() {
        return text(Integer.MAX_VALUE);
    }
}

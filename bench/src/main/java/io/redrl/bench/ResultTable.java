package io.redrl.bench;

import io.redrl.base.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** A table of results, for people and as CSV. Numbers have four significant digits; NaN is written as nothing. */
final class ResultTable {
    private final List<List<String>> lines = new ArrayList<>();

    ResultTable(String... columns) {
        lines.add(List.of(columns));
    }

    /** Adds a line: a cell for each column. */
    void add(Object... cells) {
        lines.add(Stream.of(cells).map(ResultTable::text).toList());
    }

    private static String text(Object cell) {
        if (!(cell instanceof Double value)) {
            return cell.toString();
        }
        return value.isNaN() ? "" : String.format(Locale.ROOT, "%.4g", value);
    }

    /** Writes the lines so far, the names of the columns first. */
    void write(Path file) {
        StringBuilder csv = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(
                csv, CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get())) {
            printer.printRecords(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        AtomicFiles.writeString(file, csv.toString());
    }

    /** Columns side by side. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            for (int column = 0; column < line.size(); column++) {
                text.append(String.format("%-" + width(column) + "s  ", line.get(column)));
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }

    private int width(int column) {
        return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(1);
    }
}

package io.redrl.report;

import java.util.List;

/**
 * A table whose cells are text, for the page and for Markdown alike.
 *
 * @param title what stands over it
 * @param head the columns' titles
 * @param rows as many cells each as there are titles; the first is the row's name
 * @param note how to read it; empty if it needs no words
 */
record TextTable(String title, List<String> head, List<List<String>> rows, String note) {
    TextTable {
        head = List.copyOf(head);
        rows = rows.stream().map(List::copyOf).toList();
        int columns = head.size();
        if (rows.stream().anyMatch(row -> row.size() != columns)) {
            throw new IllegalArgumentException(title + ": every row needs " + columns + " cells");
        }
    }

    /** As Markdown: title, table, note. */
    String markdown() {
        StringBuilder text = new StringBuilder("### " + title + "\n\n");
        line(text, head);
        text.append("|---".repeat(head.size())).append("|\n");
        rows.forEach(row -> line(text, row));
        if (!note.isEmpty()) {
            text.append('\n').append(note).append('\n');
        }
        return text.append('\n').toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        cells.forEach(cell -> text.append("| ")
                .append(cell.replace("|", "\\|").replace('\n', ' '))
                .append(' '));
        text.append("|\n");
    }

    /** As a part of the page. */
    void html(Html html) {
        html.element("h3", title).open("div", "class", "scroll").open("table");
        Tables.head(html, head.toArray(String[]::new));
        html.open("tbody");
        for (List<String> row : rows) {
            html.open("tr").element("th", row.get(0), "scope", "row");
            row.stream().skip(1).forEach(cell -> Tables.cell(html, cell));
            html.close();
        }
        html.close().close().close();
        if (!note.isEmpty()) {
            html.element("p", note, "class", "note");
        }
    }
}

package io.redrl.adversarial;

import io.redrl.base.AtomicFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;

/**
 * The table beside a folder of pictures, {@code pictures.csv} (RFC 4180, UTF-8): a line for each attacked image, with the names of its
 * pictures, its file in the data set, its class, the victim's predictions before and after, whether it is fooled, and the norms.
 */
final class PictureTable {
    static final String FILE = "pictures.csv";

    private final List<String> classNames;
    private final StringBuilder text = new StringBuilder();

    /** @param classNames names of classes by number; none if they are not known */
    PictureTable(List<String> classNames) {
        this.classNames = classNames;
        line(
                "file",
                "original",
                "adversarial",
                "perturbation",
                "attack",
                "victim",
                "config",
                "index",
                "label",
                "label_name",
                "target",
                "before",
                "before_name",
                "after",
                "after_name",
                "fooled",
                "linf",
                "l2");
    }

    /**
     * Adds a line.
     *
     * @param folder below that of the table, with {@code /}; empty if the pictures lie beside it
     */
    void add(AdversarialExample row, String folder) {
        String picture = (folder.isEmpty() ? "" : folder + "/") + row.index() + "-";
        int before = row.outcome().cleanPrediction();
        int after = row.outcome().adversarialPrediction();
        line(
                row.file(),
                picture + "original.png",
                picture + row.attack() + ".png",
                picture + "perturbation.png",
                row.attack(),
                row.victim(),
                row.config(),
                Integer.toString(row.index()),
                Integer.toString(row.label()),
                row.className(),
                Integer.toString(row.outcome().target()),
                Integer.toString(before),
                name(before),
                Integer.toString(after),
                name(after),
                Boolean.toString(row.success()),
                Double.toString(row.outcome().linf()),
                Double.toString(row.outcome().l2()));
    }

    private String name(int prediction) {
        return prediction >= 0 && prediction < classNames.size() ? classNames.get(prediction) : "";
    }

    private void line(String... cells) {
        StringJoiner line = new StringJoiner(",", "", "\r\n");
        for (String cell : cells) {
            boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            line.add(plain ? cell : '"' + cell.replace("\"", "\"\"") + '"');
        }
        text.append(line);
    }

    /** Writes it into a folder. */
    void write(Path folder) {
        AtomicFiles.writeString(folder.resolve(FILE), text.toString());
    }
}

package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import io.redrl.data.EncodedImages.Item;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * List of image files in a text or CSV file: a path in each line and, after a comma, semicolon, tab or space, perhaps its label, a
 * number or a name, and perhaps its split. A first line may name the columns: {@code path} (or {@code file}, {@code image}, …),
 * {@code label} (or {@code class}, …), {@code split}. Lines that begin with {@code #} are passed over. Paths are relative to the list's
 * folder, else to the working folder. Images come in the order of the list.
 */
final class ImageList {
    private static final Set<String> PATH = Set.of(
            "path",
            "file",
            "filename",
            "file_name",
            "file_path",
            "filepath",
            "image",
            "image_path",
            "img",
            "image_id",
            "name");
    private static final Set<String> LABEL = Set.of(
            "label", "class", "class_name", "category", "target", "y", "label_name", "wnid", "class_id", "label_id");
    private static final Set<String> SPLIT = Set.of("split", "set", "subset", "partition");
    private static final long LARGEST = 256L << 20;

    /**
     * One line.
     *
     * @param number of the line, from 1
     * @param path as it is written
     * @param label as it is written; empty without
     * @param split as it is written; empty without
     */
    private record Line(int number, String path, String label, String split) {}

    private final Path file;
    private final Path folder;
    private final List<Line> lines;

    /** @param folder what paths are relative to first */
    private ImageList(Path file, Path folder) {
        this.file = file;
        this.folder = folder;
        this.lines = parsed(text());
        Checks.require(
                !lines.isEmpty(), "%s lists no images: expected a path, and perhaps a label, in each line", file);
    }

    /** Whether a file's first bytes are text. */
    static boolean isText(byte[] start) {
        for (byte b : start) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f') {
                return false;
            }
        }
        return start.length > 0;
    }

    /** Opens the images of a split, or all as a test split where no splits are told. */
    static ImageDataset open(Path file, Split split, Sizing sizing) {
        Path parent = file.toAbsolutePath().getParent();
        return new ImageList(file, parent == null ? Path.of("") : parent).open(split, sizing);
    }

    /** The files, as they are written and where they are. */
    static Map<String, Path> files(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        ImageList list = new ImageList(file, parent == null ? Path.of("") : parent);
        Map<String, Path> files = new LinkedHashMap<>();
        list.lines.forEach(line -> files.put(line.path(), list.resolved(line)));
        return files;
    }

    private String text() {
        try {
            Checks.require(Files.size(file) <= LARGEST, "%s is too large for a list of images", file);
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace("\ufeff", "");
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + FileTree.reason(e), e);
        }
    }

    private Path resolved(Line line) {
        try {
            Path beside = folder.resolve(line.path());
            Path here = Path.of(line.path());
            return !Files.exists(beside) && Files.exists(here) ? here : beside;
        } catch (InvalidPathException e) {
            throw new RedrlException(
                    file + ", line " + line.number() + ": no file can be called " + OneLine.of(line.path()), e);
        }
    }

    private List<Line> parsed(String text) {
        List<String> all = text.lines().toList();
        List<Line> parsed = new ArrayList<>();
        int[] columns = {0, 1, 2};
        Optional<Character> separator = Optional.empty();
        for (int i = 0; i < all.size(); i++) {
            String line = all.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (parsed.isEmpty() && separator.isEmpty()) {
                separator = Optional.of(separator(line));
                int[] named = columns(fields(line, separator.get()));
                if (named[0] >= 0) {
                    columns = named;
                    continue;
                }
            }
            List<String> fields = fields(line, separator.orElse(','));
            String path = field(fields, columns[0]);
            Checks.require(!path.isEmpty(), "%s, line %d has no path: %s", file, i + 1, OneLine.of(line));
            parsed.add(new Line(i + 1, path, field(fields, columns[1]), field(fields, columns[2])));
        }
        return parsed;
    }

    /** The first of tab, comma, semicolon and space before which a file's name ends; a zero where there are paths only. */
    private char separator(String line) {
        for (char candidate : new char[] {'\t', ',', ';', ' '}) {
            List<String> fields = fields(line, candidate);
            if (fields.size() > 1 && (columns(fields)[0] >= 0 || exists(fields.get(0)) || !exists(line.strip()))) {
                return candidate;
            }
        }
        return 0;
    }

    private boolean exists(String path) {
        try {
            return Files.exists(folder.resolve(path)) || Files.exists(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** The places of path, label and split in a first line that names columns; −1 for those that it does not name. */
    private static int[] columns(List<String> fields) {
        int[] columns = {-1, -1, -1};
        for (int i = fields.size() - 1; i >= 0; i--) {
            String name = fields.get(i).toLowerCase(Locale.ROOT).replace(' ', '_');
            columns[0] = PATH.contains(name) ? i : columns[0];
            columns[1] = LABEL.contains(name) ? i : columns[1];
            columns[2] = SPLIT.contains(name) ? i : columns[2];
        }
        return columns;
    }

    private static String field(List<String> fields, int column) {
        return column >= 0 && column < fields.size() ? fields.get(column) : "";
    }

    /** Fields as in RFC 4180; where a space separates, the last one does, since paths may have some. */
    private static List<String> fields(String line, char separator) {
        List<String> fields = new ArrayList<>();
        if (separator == 0 || separator == ' ') {
            String stripped = line.strip();
            int space = separator == 0 ? -1 : Math.max(stripped.lastIndexOf(' '), stripped.lastIndexOf('\t'));
            fields.add(
                    unquoted(space < 0 ? stripped : stripped.substring(0, space).strip()));
            if (space >= 0) {
                fields.add(unquoted(stripped.substring(space + 1)));
            }
            return fields;
        }
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append(c);
                i++;
            } else if (c == '"' && (quoted || field.toString().isBlank())) {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().strip());
        return fields;
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
    }

    private ImageDataset open(Split split, Sizing sizing) {
        boolean splits = lines.stream().anyMatch(line -> !line.split().isEmpty());
        Checks.require(
                splits || split == Split.TEST,
                "%s has no training images set apart: a third column, split, can say train or test",
                file);
        List<Line> chosen =
                splits ? lines.stream().filter(line -> split(line) == split).toList() : lines;
        Checks.require(
                !chosen.isEmpty(),
                "%s lists no images of the %s split",
                file,
                split.name().toLowerCase(Locale.ROOT));
        boolean labelled = lines.stream().anyMatch(line -> !line.label().isEmpty());
        List<String> classes = labelled ? classes() : List.of();
        Map<String, Integer> numbers = new HashMap<>();
        for (String name : classes) {
            numbers.put(name, numbers.size());
        }
        List<Item> items = new ArrayList<>();
        Map<String, Path> files = new HashMap<>();
        for (Line line : chosen) {
            files.put(line.path(), resolved(line));
            items.add(new Item(
                    line.path(), line.path(), labelled ? numbers.getOrDefault(canonical(line.label()), -1) : -1));
        }
        List<String> remarks = List.of(file.getFileName() + ": a list of " + lines.size()
                + (lines.size() == 1 ? " image" : " images")
                + (labelled
                        ? ", in " + classes.size() + (classes.size() == 1 ? " class" : " classes")
                        : ", without labels"));
        return EncodedImages.open(
                ImageFolder.id(file, split), FileTree.of(folder, files), classes, items, sizing, remarks);
    }

    private Split split(Line line) {
        return switch (line.split().toLowerCase(Locale.ROOT)) {
            case "train", "training" -> Split.TRAIN;
            case "test", "val", "valid", "validation" -> Split.TEST;
            default ->
                throw new RedrlException(file + ", line " + line.number() + ": the split must be train or test, got '"
                        + OneLine.of(line.split()) + "'");
        };
    }

    /** A number without zeros before it; a name as it is. */
    private static String canonical(String label) {
        return label.matches("[0-9]{1,9}") ? Integer.toString(Integer.parseInt(label)) : label;
    }

    /** Numbers are labels as they are, names are sorted and numbered; of both splits, so that these agree. */
    private List<String> classes() {
        TreeSet<String> labels = new TreeSet<>();
        int most = 0;
        boolean numbers = true;
        for (Line line : lines) {
            Checks.require(
                    !line.label().isEmpty(),
                    "%s, line %d has no label, but other lines have: give all images a label or none",
                    file,
                    line.number());
            labels.add(canonical(line.label()));
            boolean number = line.label().matches("[0-9]{1,6}");
            numbers &= number;
            most = Math.max(most, number ? Integer.parseInt(line.label()) : 0);
        }
        return numbers ? ArrayImages.numbered(most + 1) : List.copyOf(labels);
    }
}

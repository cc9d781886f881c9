package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The files below a folder or inside a zip, by names with slashes, sorted. Hidden files and what macOS adds to zips are
 * left out. Safe to read from several threads; a zip stays open as long as the object lives.
 */
final class FileTree {
    private interface Content {
        byte[] read() throws IOException;
    }

    private final Path root;
    private final TreeMap<String, Content> files = new TreeMap<>();

    /**
     * Lists what lies at {@code root}.
     *
     * @throws RedrlException if there is nothing, or a zip is damaged
     */
    FileTree(Path root) {
        this.root = root;
        Checks.require(Files.exists(root), "No such folder or zip: %s", root);
        try {
            if (Files.isDirectory(root)) {
                listFolder();
            } else {
                listZip(new ZipFile(root.toFile()));
            }
        } catch (IOException e) {
            throw new RedrlException("Could not read " + root + " as a folder or zip, is it complete? " + e, e);
        }
    }

    private void listFolder() throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString().replace(File.separatorChar, '/');
                put(name, () -> Files.readAllBytes(file));
            }
        }
    }

    private void listZip(ZipFile zip) {
        for (ZipEntry entry : zip.stream().filter(e -> !e.isDirectory()).toList()) {
            put(entry.getName(), () -> {
                try (InputStream in = zip.getInputStream(entry)) {
                    return in.readAllBytes();
                }
            });
        }
    }

    private void put(String name, Content content) {
        if (!name.startsWith(".") && !name.contains("/.") && !name.startsWith("__MACOSX/")) {
            files.put(name, content);
        }
    }

    /** Names of all files, sorted as strings. */
    List<String> names() {
        return List.copyOf(files.keySet());
    }

    boolean has(String name) {
        return files.containsKey(name);
    }

    /** The folder, with its slash, in which the first file called {@code fileName} lies. */
    Optional<String> folderOf(String fileName) {
        return files.keySet().stream()
                .filter(name -> name.equals(fileName) || name.endsWith("/" + fileName))
                .findFirst()
                .map(name -> name.substring(0, name.length() - fileName.length()));
    }

    /** The content of a file. */
    byte[] read(String name) {
        Content content = files.get(name);
        if (content == null) {
            throw new RedrlException("No such file: " + where(name));
        }
        try {
            return content.read();
        } catch (IOException e) {
            throw new RedrlException("Could not read " + where(name) + ", is it damaged? " + e, e);
        }
    }

    /** The lines of a text file. */
    List<String> lines(String name) {
        return new String(read(name), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** Names a file in messages. */
    String where(String name) {
        return Files.isDirectory(root) ? root.resolve(name).toString() : root + ": " + name;
    }
}

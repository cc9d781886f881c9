package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageFormat;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The files below a folder or inside a zip, or some files of a list, by names with slashes, sorted. Links are followed. Hidden files and
 * what systems add for themselves are left out. Safe to read from several threads; a zip stays open as long as the object lives.
 */
final class FileTree {
    private static final Set<String> OF_SYSTEMS =
            Set.of("__MACOSX", "@eaDir", "$RECYCLE.BIN", "Thumbs.db", "desktop.ini");

    private static final int LARGEST_FILE = 512 << 20;

    private interface Content {
        byte[] read() throws IOException;
    }

    private final Path root;
    private final boolean folder;
    private final TreeMap<String, Content> files = new TreeMap<>();
    private final TreeSet<String> folders = new TreeSet<>();
    private final TreeSet<String> closed = new TreeSet<>();
    private final List<String> unreadable = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /**
     * Lists what lies at {@code root}.
     *
     * @throws RedrlException if there is nothing, or a zip is damaged
     */
    FileTree(Path root) {
        this.root = root;
        this.folder = Files.isDirectory(root);
        Checks.require(Files.exists(root), "No such folder or zip: %s", root);
        try {
            if (folder) {
                Files.walkFileTree(
                        root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new FolderVisitor());
            } else {
                listZip(zip());
            }
        } catch (IOException e) {
            throw new RedrlException("Could not read " + root + " as a folder or zip, is it complete? " + e, e);
        }
    }

    private FileTree(Path root, Map<String, Path> listed) {
        this.root = root;
        this.folder = true;
        listed.forEach((name, file) -> files.put(name, () -> Files.readAllBytes(file)));
    }

    /**
     * Files that are named one by one.
     *
     * @param root the folder that names are relative to
     * @param listed where each name lies
     */
    static FileTree of(Path root, Map<String, Path> listed) {
        return new FileTree(root, listed);
    }

    private final class FolderVisitor extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = name(directory);
            if (isHidden(name)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            folders.add(name);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = name(file);
            if (isHidden(name)) {
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isSymbolicLink()) {
                (ImageFormat.isNamedLikeOne(name) ? unreadable : remarks).add(file + " is a link to nothing");
            } else if (attributes.isOther()) {
                remarks.add(file + " is a pipe, socket or device and was left out");
            } else {
                files.put(name, () -> Files.readAllBytes(file));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException why) {
            String name = name(file);
            if (isHidden(name)) {
                return FileVisitResult.CONTINUE;
            }
            if (why instanceof FileSystemLoopException) {
                remarks.add(file + " is a link to a folder around it and was not followed");
            } else {
                boolean within = Files.isDirectory(file);
                (within || ImageFormat.isNamedLikeOne(name) ? unreadable : remarks)
                        .add(file + " cannot be read: " + reason(why));
                if (within) {
                    folders.add(name);
                    closed.add(name);
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException why) {
            if (why != null) {
                unreadable.add(directory + " cannot be read to its end: " + reason(why));
            }
            return FileVisitResult.CONTINUE;
        }

        private String name(Path file) {
            return root.relativize(file).toString().replace(File.separatorChar, '/');
        }
    }

    /** Why a file cannot be read, in words. */
    static String reason(IOException why) {
        if (why instanceof AccessDeniedException) {
            return "no permission";
        }
        return why instanceof NoSuchFileException ? "no such file" : OneLine.of(String.valueOf(why.getMessage()));
    }

    /** Old Windows programs write names in the code page of DOS; everybody else in UTF-8, whether they say so or not. */
    private ZipFile zip() throws IOException {
        try {
            return new ZipFile(root.toFile(), StandardCharsets.UTF_8);
        } catch (ZipException e) {
            if (String.valueOf(e.getMessage()).contains("bad entry name") && Charset.isSupported("IBM437")) {
                return new ZipFile(root.toFile(), Charset.forName("IBM437"));
            }
            throw e;
        }
    }

    private void listZip(ZipFile zip) {
        for (ZipEntry entry : zip.stream().toList()) {
            String written = entry.getName().replace('\\', '/');
            String name = plain(written);
            if (isHidden(name)) {
                continue;
            }
            for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
                folders.add(name.substring(0, slash));
            }
            if (written.endsWith("/")) {
                folders.add(name);
                continue;
            }
            files.put(name, () -> {
                try (InputStream in = zip.getInputStream(entry)) {
                    return in.readNBytes(LARGEST_FILE);
                }
            });
        }
        folders.remove("");
    }

    /** Without what stands for "from the top", "here" and "one up". Nothing is ever unpacked, so that names lead nowhere. */
    private static String plain(String name) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    private static boolean isHidden(String name) {
        for (String part : name.split("/", -1)) {
            if (part.startsWith(".") || OF_SYSTEMS.contains(part)) {
                return true;
            }
        }
        return false;
    }

    /** Names of all files, sorted as strings. */
    List<String> names() {
        return List.copyOf(files.keySet());
    }

    /**
     * Names of the folders that lie directly in another, with images or without, sorted.
     *
     * @param around the other's name with its slash; empty for the top
     */
    List<String> foldersIn(String around) {
        return folders.stream()
                .filter(name -> name.length() > around.length()
                        && name.startsWith(around)
                        && name.indexOf('/', around.length()) < 0)
                .map(name -> name.substring(around.length()))
                .toList();
    }

    /** Whether a folder is there but may not be looked into. */
    boolean isClosed(String name) {
        return closed.contains(name);
    }

    /** What is there but cannot be read, in a sentence each. */
    List<String> unreadable() {
        return unreadable;
    }

    /** What else was left out and why, in a sentence each. */
    List<String> remarks() {
        return remarks;
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
            throw new RedrlException("Could not read " + where(name) + ", is it damaged? " + reason(e), e);
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
        return folder ? root.resolve(name).toString() : root + ": " + name;
    }
}

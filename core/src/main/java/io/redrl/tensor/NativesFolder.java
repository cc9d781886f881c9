package io.redrl.tensor;

import io.redrl.base.RedrlException;
import io.redrl.base.UserHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The folder that LibTorch's libraries are unpacked into: the system property {@code org.bytedeco.javacpp.cachedir}, else
 * {@code .javacpp/cache} in the home folder, else a folder of this user's in the one for temporary files. It must be
 * possible to write there and to execute from there.
 */
final class NativesFolder {
    static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    private static final String ADVICE = "Say a folder on a disk that allows it: -D" + PROPERTY + "=FOLDER for Java, "
            + "REDRL_JAVA_OPTS=-D" + PROPERTY + "=FOLDER for the command line";

    private NativesFolder() {}

    /**
     * The folder to use, which exists afterwards.
     *
     * @throws RedrlException if nothing can be executed from the folder that the user named, or from any of the usual ones
     */
    static Path choose() {
        String named = System.getProperty(PROPERTY, "");
        if (!named.isBlank()) {
            return firstUsable(
                    List.of(() -> Optional.of(Path.of(named).toAbsolutePath())), NativesFolder::canExecuteFrom);
        }
        return firstUsable(
                List.of(
                        () -> UserHome.path().map(home -> home.resolve(Path.of(".javacpp", "cache"))),
                        () -> ownTemporary(Path.of(System.getProperty("java.io.tmpdir", "")))),
                NativesFolder::canExecuteFrom);
    }

    /** The first folder that can be made, written, and executed from. */
    static Path firstUsable(List<Supplier<Optional<Path>>> folders, Predicate<Path> canExecuteFrom) {
        List<String> refused = new ArrayList<>();
        for (Supplier<Optional<Path>> each : folders) {
            Optional<Path> folder = each.get();
            try {
                if (folder.isPresent()) {
                    Files.createDirectories(folder.get());
                    if (canExecuteFrom.test(folder.get())) {
                        return folder.get().toRealPath();
                    }
                    refused.add(folder.get() + " (nothing may be executed from there: noexec)");
                }
            } catch (IOException | UncheckedIOException e) {
                refused.add(folder.get() + " (cannot be written)");
            }
        }
        throw new RedrlException("There is no folder to unpack LibTorch's libraries into; tried: "
                + String.join(", ", refused) + ". " + ADVICE);
    }

    /** Whether the system would run a file of this folder: on a disk mounted with {@code noexec} no file is executable. */
    static boolean canExecuteFrom(Path folder) {
        try {
            Path probe = Files.createTempFile(folder, ".redrl-probe", null);
            try {
                return !probe.toFile().setExecutable(true) || Files.isExecutable(probe);
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A folder among the temporary files that nobody else can put libraries into: its name tells users apart, and one that
     * belongs to somebody else is not taken.
     */
    static Optional<Path> ownTemporary(Path temporary) {
        try {
            Path probe = Files.createTempFile(temporary, "redrl", null);
            try {
                Object user = owner(probe);
                Path folder = temporary.resolve("redrl-natives-" + user);
                if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectory(folder);
                    folder.toFile().setWritable(false, false);
                    folder.toFile().setWritable(true, true);
                }
                boolean own = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && user.equals(owner(folder));
                return own ? Optional.of(folder) : Optional.empty();
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The owner's number where the file system has one, else the owner's name. */
    private static Object owner(Path path) throws IOException {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                : Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName().replaceAll("\\W+", "-");
    }
}

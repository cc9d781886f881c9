package io.redrl.base;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The user's home folder. {@code HOME} counts where it is set, as for other programs: Java itself asks the list of users,
 * which calls the home of a user without a name (in a container, say) {@code ?}.
 */
public final class UserHome {
    private UserHome() {}

    /** The home folder, or nothing if there is none; it need not exist. */
    public static Optional<Path> path() {
        return path(System.getenv("HOME"), System.getProperty("user.home"), File.separatorChar == '\\');
    }

    /**
     * @param home the environment variable {@code HOME}
     * @param javaHome Java's own opinion, the system property {@code user.home}
     * @param windows whether this is Windows, where {@code HOME} is for Unix tools only
     */
    static Optional<Path> path(@Nullable String home, @Nullable String javaHome, boolean windows) {
        return Optional.ofNullable(home)
                .filter(path -> !windows && path.startsWith("/"))
                .or(() -> Optional.ofNullable(javaHome).filter(path -> !path.isBlank() && !path.equals("?")))
                .map(Path::of);
    }
}

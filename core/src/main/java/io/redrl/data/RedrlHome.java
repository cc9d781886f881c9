package io.redrl.data;

import io.redrl.base.RedrlException;
import io.redrl.base.UserHome;
import java.nio.file.Path;

/**
 * The folder that keeps what was fetched: the environment variable {@code REDRL_HOME}, or {@code .cache/redrl} in the
 * {@linkplain UserHome home folder}. The system property {@code redrl.home} goes before both.
 */
public final class RedrlHome {
    private RedrlHome() {}

    /** The root of the cache; it need not exist yet. */
    public static Path path() {
        String property = System.getProperty("redrl.home", "");
        if (!property.isBlank()) {
            return Path.of(property).toAbsolutePath();
        }
        String environment = System.getenv().getOrDefault("REDRL_HOME", "");
        if (!environment.isBlank()) {
            return Path.of(environment).toAbsolutePath();
        }
        return UserHome.path()
                .orElseThrow(
                        () -> new RedrlException("There is no home folder to keep data in: set REDRL_HOME to a folder"))
                .resolve(Path.of(".cache", "redrl"));
    }

    /** The folder of one data set in the cache; it need not exist yet. */
    public static Path data(String name) {
        return path().resolve("data").resolve(name);
    }
}

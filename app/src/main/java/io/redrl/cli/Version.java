package io.redrl.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String commit = System.getProperty("redrl.commit", "");
        return new String[] {
            "redrl " + number() + (commit.isEmpty() ? "" : " (commit " + commit + ")"),
            "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch")
        };
    }

    /** The number of the release, or that there is none. */
    static String number() {
        return Objects.requireNonNullElse(Main.class.getPackage().getImplementationVersion(), "in development");
    }
}

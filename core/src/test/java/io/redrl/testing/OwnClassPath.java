package io.redrl.testing;

import java.io.File;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The class path of the tests, for processes and compilers that they start. */
public final class OwnClassPath {
    private OwnClassPath() {}

    /** Jars and folders in the system's notation, whoever runs the tests: Surefire, JUnit's console or an IDE. */
    public static String text() {
        if (OwnClassPath.class.getClassLoader() instanceof URLClassLoader loader) {
            return Arrays.stream(loader.getURLs())
                    .map(url -> Path.of(URI.create(url.toString())).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}

package io.redrl.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/** What tests know of the process's memory outside the Java heap. Linux only. */
public final class NativeMemory {
    private static final Path MAPS = Path.of("/proc/self/smaps");

    private NativeMemory() {}

    /** Whether this system tells. */
    public static boolean known() {
        return Files.exists(MAPS);
    }

    /**
     * Memory in use outside the Java heap, whose growth is no leak. With the tests' {@code -Xmx} the Java heap lies below
     * 4 GiB, where short references reach, and nothing else does.
     */
    public static long residentBytes() {
        try {
            long kilobytes = 0;
            boolean counts = false;
            for (String line : Files.readAllLines(MAPS)) {
                int dash = line.indexOf('-');
                if (dash > 0 && line.substring(0, dash).matches("[0-9a-f]+")) {
                    counts = Long.parseUnsignedLong(line.substring(0, dash), 16) >= 1L << 32;
                } else if (counts && line.startsWith("Rss:")) {
                    kilobytes += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            return kilobytes * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
    /**
     * The least share by which memory grew over a round of work, of several rounds: the JVM's compiled code and own tables
     * grow in the first and come to rest, a leak grows by as much in each.
     */
    public static double leastGrowth(int rounds, IntConsumer round) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < rounds; i++) {
            double before = residentBytes();
            round.accept(i);
            least = Math.min(least, residentBytes() / before - 1);
        }
        return least;
    }
}

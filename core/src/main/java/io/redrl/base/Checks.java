package io.redrl.base;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Arrays;

/**
 * Checks of arguments. Every message names the value, what was expected and what came.
 *
 * <p>A wrong argument is a {@link RedrlException}, because arguments come from command lines and YAML files.
 */
public final class Checks {
    private Checks() {}

    /** Throws {@code String.format(message, args)} unless {@code condition} holds. */
    @FormatMethod
    public static void require(boolean condition, String message, Object... args) {
        if (!condition) {
            throw new RedrlException(args.length == 0 ? message : String.format(message, args));
        }
    }

    /** Returns {@code value} if it lies in {@code [low, high]}, and refuses NaN. */
    public static double inRange(String name, double value, double low, double high) {
        require(value >= low && value <= high, "%s must be in [%s, %s], got %s", name, low, high, value);
        return value;
    }

    /** Returns {@code value} if it lies in {@code [low, high]}. */
    public static int inRange(String name, int value, int low, int high) {
        require(value >= low && value <= high, "%s must be in [%d, %d], got %d", name, low, high, value);
        return value;
    }

    /**
     * Returns a size in pixel space, which must lie in {@code [0, 1]}: catches {@code 8} where {@code 8/255} was meant.
     */
    public static double pixelDistance(String name, double value) {
        String levels = value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        require(
                value >= 0 && value <= 1,
                "%s must be in [0, 1], got %s: pixels are scaled to [0, 1], so write %s/255 for %s grey levels",
                name,
                value,
                levels,
                levels);
        return value;
    }

    /** Returns {@code value} if it is finite and positive. */
    public static double positive(String name, double value) {
        require(value > 0 && Double.isFinite(value), "%s must be positive and finite, got %s", name, value);
        return value;
    }

    /** Returns {@code value} if it is at least 1. */
    public static int positive(String name, int value) {
        require(value > 0, "%s must be at least 1, got %d", name, value);
        return value;
    }

    /** Requires {@code actual} to equal {@code expected}, where -1 in {@code expected} allows any size. */
    public static void shape(String name, long[] actual, long... expected) {
        boolean same = actual.length == expected.length;
        for (int i = 0; same && i < actual.length; i++) {
            same = expected[i] == -1 || expected[i] == actual[i];
        }
        require(
                same,
                "%s must have shape %s (-1: any), got %s",
                name,
                Arrays.toString(expected),
                Arrays.toString(actual));
    }
}

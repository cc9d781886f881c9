package io.redrl.cli;

import io.redrl.base.RedrlException;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Wrong usage that picocli does not see, for only the library knows which settings are in range. */
final class WrongUsage {
    private WrongUsage() {}

    /**
     * What the library makes of settings.
     *
     * @throws ParameterException if it refuses them
     */
    static <T> T unless(CommandLine line, Supplier<T> settings) {
        try {
            return settings.get();
        } catch (RedrlException e) {
            throw new ParameterException(line, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Goes on only if something holds.
     *
     * @throws ParameterException with the message if it does not
     */
    static void unless(CommandLine line, boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(line, message);
        }
    }
}

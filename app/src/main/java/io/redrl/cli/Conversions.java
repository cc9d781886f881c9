package io.redrl.cli;

import io.redrl.base.Fractions;
import io.redrl.base.RedrlException;
import io.redrl.base.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.TypeConversionException;

/** Values of options as users write them: numbers, and names as files have them; refusals say what was expected. */
final class Conversions {
    private Conversions() {}

    /** Has a command line and all its commands read values like this. */
    static void addTo(CommandLine line) {
        whole(line, int.class, Integer::valueOf);
        whole(line, Integer.class, Integer::valueOf);
        whole(line, long.class, Long::valueOf);
        whole(line, Long.class, Long::valueOf);
        line.registerConverter(double.class, Conversions::number);
        line.registerConverter(Double.class, Conversions::number);
        names(line, line);
    }

    private static <T> void whole(CommandLine line, Class<T> type, Function<String, T> read) {
        line.registerConverter(type, text -> {
            try {
                return read.apply(text.strip());
            } catch (NumberFormatException e) {
                throw refused("expected a whole number, got '" + text + "'", e);
            }
        });
    }

    private static double number(String text) {
        try {
            return Fractions.parse(text);
        } catch (RedrlException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
    }

    /** Every enum that an option of a command has. */
    private static void names(CommandLine root, CommandLine line) {
        for (ArgSpec arg : line.getCommandSpec().args()) {
            for (Class<?> type : arg.auxiliaryTypes()) {
                name(root, type);
            }
            name(root, arg.type());
        }
        line.getSubcommands().values().forEach(command -> names(root, command));
    }

    @SuppressWarnings("unchecked") // the constants are of the type that they are registered for
    private static void name(CommandLine root, Class<?> type) {
        Object[] constants = type.getEnumConstants();
        if (constants == null) {
            return;
        }
        List<String> names = Arrays.stream(constants).map(Conversions::written).toList();
        root.registerConverter((Class<Object>) type, text -> {
            int at = names.indexOf(written(text.strip()));
            if (at < 0) {
                throw new TypeConversionException("expected one of " + String.join(", ", names) + ", got '" + text + "'"
                        + Suggestion.text(text, names));
            }
            return constants[at];
        });
    }

    private static String written(Object name) {
        return String.valueOf(name).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static TypeConversionException refused(String message, Exception cause) {
        TypeConversionException refusal = new TypeConversionException(message);
        refusal.initCause(cause);
        return refusal;
    }
}

package io.redrl.cli;

import io.redrl.base.Suggestion;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a user reads after wrong usage: what is wrong, what may have been meant, and where the help is. */
final class UsageError {
    private UsageError() {}

    /** Writes it. */
    static int report(ParameterException error, Console console) {
        console.err().println("redrl: " + message(error));
        console.err()
                .println("Try: ./" + error.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCodes.USAGE;
    }

    private static String message(ParameterException error) {
        String text = String.valueOf(error.getMessage());
        CommandLine line = error.getCommandLine();
        // What is misspelt comes before what is missing for that.
        List<String> unmatched = error instanceof UnmatchedArgumentException not
                ? not.getUnmatched()
                : error instanceof MissingParameterException ? line.getUnmatchedArguments() : List.of();
        if (unmatched.isEmpty()) {
            return text;
        }
        String first = unmatched.get(0);
        if (first.startsWith("-")) {
            String name = first.split("=", 2)[0];
            return "unknown option " + name + Suggestion.text(name, options(line));
        }
        List<String> commands = List.copyOf(line.getSubcommands().keySet());
        return commands.isEmpty()
                ? "nothing is expected where '" + first + "' stands" + meantOption(first, line)
                : "unknown command '" + first + "'" + Suggestion.text(first, commands);
    }

    private static String meantOption(String word, CommandLine line) {
        return options(line).contains("--" + word) ? "; did you mean --" + word + "?" : "";
    }

    private static List<String> options(CommandLine line) {
        return line.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .flatMap(UsageError::names)
                .toList();
    }

    private static Stream<String> names(OptionSpec option) {
        Stream<String> names = Stream.of(option.names());
        return option.negatable() ? names.flatMap(name -> Stream.of(name, name.replaceFirst("^--", "--no-"))) : names;
    }
}

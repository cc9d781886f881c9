package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

class MainTest {
    private final FakeConsole console = new FakeConsole();

    @Test
    void helpGoesToStandardOutputAndIsNoFailure() {
        assertThat(console.run("--help")).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("Usage: redrl", "Exit codes:", "130");
        assertThat(console.err()).isEmpty();
    }

    @Test
    void versionNamesRedrlAndJava() {
        assertThat(console.run("--version")).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).startsWith("redrl ").contains("Java 17");
    }

    @Test
    void nothingToDoIsWrongUsage() {
        assertThat(console.run()).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("Missing command", "Try: ./redrl --help");
        assertThat(console.out()).isEmpty();
    }

    @Test
    void unknownOptionsAreNamed() {
        assertThat(console.run("--colour")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("--colour");
    }

    @Test
    void unknownCommandsAreNamed() {
        assertThat(console.run("atack")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("atack");
    }

    @Test
    void whatWasMeantIsSuggested() {
        assertThat(console.run("identify", "x.png", "--htlm", "x.html")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("unknown option --htlm; did you mean --html?", "Try: ./redrl identify");
        assertThat(console.run("attack", "--atack=pgd")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("unknown option --atack; did you mean --attack?");
        assertThat(console.run("attack", "--no-random-strat")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("did you mean --no-random-start?");
        assertThat(console.run("identfy")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("unknown command 'identfy'; did you mean identify?");
        assertThat(console.run("victim", "evalute")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("unknown command 'evalute'; did you mean evaluate?");
        assertThat(console.run("attack", "--quux")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("unknown option --quux" + System.lineSeparator());
    }

    @Test
    void valuesAreRefusedInPlainWords() {
        assertThat(console.run("identify", "x.png", "--tiles", "many")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("--tiles", "expected a whole number, got 'many'");
        assertThat(console.run("saliency", "map", "--boost", "much")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("expected a number such as 0.03 or 8/255, got much");
        assertThat(console.run("attack", "--split", "tets")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("expected one of train, test, got 'tets'; did you mean test?");
        assertThat(console.run("identify", "x.png", "--format", "xml")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("expected one of text, json, sarif, got 'xml'");
        assertThat(console.err()).doesNotContain("case-insensitive", "is not an int", "java.");
    }

    @Test
    void outputThatGetsLostIsAFailure() {
        PrintStream full = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        Console broken = new Console(full, console.console().err(), false, 100);
        for (String[] args : List.of(
                new String[] {"--help"}, new String[] {"--version"}, new String[] {"attack", "list"}, new String[] {
                    "victim", "list", "--json"
                })) {
            assertThat(Main.run(broken, () -> false, args)).as(args[0]).isEqualTo(ExitCodes.FAILED);
        }
        assertThat(console.err()).contains("could not write to standard output");
    }

    @Test
    void tablesFitEightyColumns() {
        for (String list : List.of("attack", "victim")) {
            FakeConsole own = new FakeConsole();
            assertThat(own.run(list, "list")).isEqualTo(ExitCodes.DONE);
            assertThat(own.out().lines().filter(line -> line.contains(" | ")))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        }
    }

    @TestFactory
    Stream<DynamicTest> everyCommandHelps() {
        List<List<String>> names = new ArrayList<>();
        collect(Main.commands(new RedrlCommand(console.console(), () -> false)), List.of(), names);
        assertThat(names).isNotEmpty();
        return names.stream()
                .map(name -> DynamicTest.dynamicTest(String.join(" ", name) + " --help", () -> {
                    FakeConsole own = new FakeConsole();
                    List<String> args = new ArrayList<>(name);
                    args.add("--help");
                    assertThat(own.run(args.toArray(String[]::new))).isEqualTo(ExitCodes.DONE);
                    assertThat(own.out())
                            .contains("Usage: redrl" + (name.isEmpty() ? "" : " " + String.join(" ", name)));
                    assertThat(own.err()).isEmpty();
                }));
    }

    /** What is wrong with it, and where to read more: two lines, without a word of Java. */
    private static void requireWrongUsage(List<String> name, List<String> more, String said) {
        FakeConsole own = new FakeConsole();
        List<String> args = new ArrayList<>(name);
        args.addAll(more);
        assertThat(own.run(args.toArray(String[]::new)))
                .as("%s: %s", args, own.err())
                .isEqualTo(ExitCodes.USAGE);
        assertThat(own.out()).as("%s", args).isEmpty();
        assertThat(own.err().strip().lines()).as("%s", args).hasSizeBetween(1, 2);
        assertThat(own.err())
                .as("%s", args)
                .startsWith("redrl: ")
                .contains(said)
                .doesNotContain("java.", "io.redrl", "picocli", "Exception");
    }

    @TestFactory
    Stream<DynamicTest> wrongUsageOfEveryCommandIsExitCodeTwoAndSaysWhatIsWrong() {
        List<List<String>> names = new ArrayList<>();
        CommandLine all = Main.commands(new RedrlCommand(console.console(), () -> false));
        collect(all, List.of(), names);
        return names.stream()
                .map(name -> DynamicTest.dynamicTest("redrl " + String.join(" ", name), () -> {
                    requireWrongUsage(name, List.of("--no-such-option"), "--no-such-option");
                    CommandLine command = all;
                    for (String step : name) {
                        command =
                                Objects.requireNonNull(command.getSubcommands().get(step), step);
                    }
                    List<OptionSpec> options = command.getCommandSpec().options();
                    // Asked for by whoever asks for anything: what is wrong comes before what is missing.
                    for (OptionSpec option : options) {
                        if (option.arity().min() > 0) {
                            requireWrongUsage(name, List.of(option.longestName()), option.longestName());
                        }
                    }
                    boolean needs = command.getCommandSpec().args().stream().anyMatch(ArgSpec::required);
                    if (needs || !command.getSubcommands().isEmpty()) {
                        requireWrongUsage(name, List.of(), "issing");
                    }
                }));
    }

    @Test
    void everyCommandThatOpensVictimsTakesTheirSizeAndRefusesNonsense() {
        for (List<String> command : List.of(
                List.of("attack", "--victim", "v.pt", "--data", "d", "--attack", "pgd", "--out", "o"),
                List.of("identify", "x.png", "--victim", "v.pt"),
                List.of("saliency", "map", "--image", "x.png", "--victim", "v.pt", "--out", "o"),
                List.of("saliency", "statistics", "--victim", "v.pt", "--data", "d", "--out", "o"),
                List.of("victim", "evaluate", "--victim", "v.pt", "--data", "d"))) {
            requireWrongUsage(
                    command, List.of("--input-size", "large"), "--input-size must be a size such as 224 or 224x320");
            requireWrongUsage(
                    command, List.of("--input-size", "32", "--mean", "1,2"), "mean must have one value or three");
            requireWrongUsage(command, List.of("--input-size", "32", "--std", "0"), "std");
        }
    }

    @Test
    void everyCommandAndOptionIsDescribed() {
        List<CommandLine> commands = new ArrayList<>();
        walk(Main.commands(new RedrlCommand(console.console(), () -> false)), commands);
        assertThat(commands).allSatisfy(command -> {
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(command.getCommandSpec().qualifiedName())
                    .isNotEmpty();
            assertThat(command.getCommandSpec().options()).allSatisfy(option -> assertThat(option.description())
                    .as(command.getCommandSpec().qualifiedName() + " " + option.longestName())
                    .isNotEmpty());
        });
        assertThat(commands)
                .allSatisfy(command -> assertThat(command.getCommandSpec().options())
                        .extracting(OptionSpec::longestName)
                        .contains("--help", "--verbose", "--quiet"));
    }

    private static void collect(CommandLine command, List<String> name, List<List<String>> names) {
        names.add(name);
        command.getSubcommands().forEach((sub, line) -> {
            List<String> longer = new ArrayList<>(name);
            longer.add(sub);
            collect(line, longer, names);
        });
    }

    private static void walk(CommandLine command, List<CommandLine> all) {
        all.add(command);
        command.getSubcommands().values().forEach(line -> walk(line, all));
    }
}

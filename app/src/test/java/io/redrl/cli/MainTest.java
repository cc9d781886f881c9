package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
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

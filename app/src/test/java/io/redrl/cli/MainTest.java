package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

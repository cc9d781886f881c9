package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, laid out as in a release, starting a program that tells how it was started. */
class LauncherTest {
    /** What POSIX has; no Maven, git, flock, nproc, tput, sysctl or readlink's option -f. */
    private static final List<String> POSIX_TOOLS = List.of(
            "basename",
            "bash",
            "cat",
            "date",
            "dirname",
            "env",
            "find",
            "head",
            "ln",
            "locale",
            "mkdir",
            "mv",
            "rm",
            "touch",
            "true");

    @TempDir
    private Path folder;

    private Path release;

    @BeforeEach
    void layOutARelease() throws IOException {
        assumeThat(File.separatorChar).as("a system with bash").isEqualTo('/');
        release = Files.createDirectories(folder.toRealPath().resolve("a release"));
        Files.copy(launcher(), release.resolve("redrl"));
        Path lib = Files.createDirectory(release.resolve("lib"));
        String name = Start.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(lib.resolve("start.jar")));
                InputStream program = Start.class.getClassLoader().getResourceAsStream(name)) {
            jar.putNextEntry(new JarEntry(name));
            assertThat(program).isNotNull();
            program.transferTo(jar);
        }
    }

    @Test
    void aReleaseStartsThroughLinksWithItsArgumentsAsTheyAre() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.createSymbolicLink(other.resolve("second"), Path.of("../a release/redrl"));
        Files.createSymbolicLink(other.resolve("first"), Path.of("second"));

        Run run = run(other.resolve("first"), Map.of(), "a b", "", "*");

        assertThat(run.output()).contains("argument <a b>", "argument <>", "argument <*>", "root <" + release + ">");
        assertThat(run.output()).noneMatch(line -> line.startsWith("argument <a>"));
        assertThat(run.errors()).isEmpty();
        assertThat(run.code()).isZero();
    }

    @Test
    void whatOnlyLinuxHasIsNotNeeded() throws Exception {
        Path tools = onlyPosixTools();

        Run run = run(release.resolve("redrl"), Map.of("PATH", tools.toString()), "--version");

        assertThat(run.errors()).isEmpty();
        assertThat(run.output()).contains("argument <--version>").anyMatch(line -> line.matches("threads <[1-9]\\d*>"));
        assertThat(run.code()).isZero();
    }

    @Test
    void threadsThatAreNoNumberAreRefused() throws Exception {
        for (String wrong : List.of("abc", "0", "1.5", "99999", " 2")) {
            Run run = run(release.resolve("redrl"), Map.of("REDRL_THREADS", wrong));

            assertThat(run.code()).as(wrong).isEqualTo(2);
            assertThat(run.errors())
                    .containsExactly("redrl: REDRL_THREADS must be a number of threads from 1 to 9999, got " + wrong);
            assertThat(run.output()).isEmpty();
        }
        assertThat(run(release.resolve("redrl"), Map.of("REDRL_THREADS", "3")).output())
                .contains("threads <3>");
    }

    @Test
    void whatIsLeftAfterACrashIsNotInTheWorkingFolder() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("for crashes"));
        Path working = Files.createDirectory(folder.resolve("working"));
        ProcessBuilder builder = builder(release.resolve("redrl"), Map.of("TMPDIR", temporary.toString()), "crash");

        Run run = run(builder.directory(working.toFile()));

        assertThat(run.code()).isEqualTo(134);
        assertThat(names(working)).isEmpty();
        assertThat(names(temporary)).anyMatch(name -> name.startsWith("redrl-crash-"));
    }

    @Test
    void noJavaAndAnOldJavaAreSaid() throws Exception {
        Run none = run(
                release.resolve("redrl"),
                Map.of("JAVA_HOME", folder.resolve("nowhere").toString()));
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.errors().get(0))
                .contains("no Java found", folder.resolve("nowhere").toString());

        Path old = folder.resolve("old");
        Files.createDirectories(old.resolve("bin"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        script(old.resolve("bin/java"), "exit 0");
        Run eleven = run(release.resolve("redrl"), Map.of("JAVA_HOME", old.toString()));
        assertThat(eleven.code()).isEqualTo(1);
        assertThat(eleven.errors().get(0)).contains("Java 17 or newer is needed", "is version 11");
    }

    /** A folder of tools: those of POSIX alone, with which there is no /proc either. */
    private Path onlyPosixTools() throws IOException {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : POSIX_TOOLS) {
            script(tools.resolve(tool), "exec '" + find(tool) + "' \"$@\"");
        }
        script(tools.resolve("sed"), "case \"$*\" in */proc/*) exit 2 ;; esac; exec '" + find("sed") + "' \"$@\"");
        script(tools.resolve("readlink"), "case \"$1\" in -*) exit 2 ;; esac; exec '" + find("readlink") + "' \"$@\"");
        return tools;
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path find(String tool) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(each -> Path.of(each, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + tool + " in PATH"));
    }

    static Path launcher() {
        // Maven's tests run in app/, those of an IDE in the root.
        Path here = Path.of("redrl").toAbsolutePath();
        return Files.isRegularFile(here) ? here : Path.of("../redrl").toAbsolutePath();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private ProcessBuilder builder(Path program, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("REDRL_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("REDRL_MAIN", Start.class.getName());
        builder.environment().putAll(environment);
        return builder;
    }

    private Run run(Path program, Map<String, String> environment, String... arguments) throws Exception {
        return run(builder(program, environment, arguments));
    }

    private Run run(ProcessBuilder builder) throws Exception {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        Process process = builder.redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES))
                .as("the end of the program")
                .isTrue();
        return new Run(
                process.exitValue(),
                Files.readAllLines(output, StandardCharsets.UTF_8),
                Files.readAllLines(errors, StandardCharsets.UTF_8));
    }

    private record Run(int code, List<String> output, List<String> errors) {}

    /** The program: prints what it was given; {@code crash} ends the JVM as native code does that breaks. */
    static final class Start {
        public static void main(String[] arguments) throws Exception {
            Map<String, String> given = new TreeMap<>();
            given.put("root", System.getProperty("redrl.root"));
            given.put("threads", System.getenv("OMP_NUM_THREADS"));
            given.forEach((name, value) -> System.out.println(name + " <" + value + ">"));
            for (String argument : arguments) {
                System.out.println("argument <" + argument + ">");
            }
            if (arguments.length == 1 && arguments[0].equals("crash")) {
                // The shell's own kill; a minimal system has no other.
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "kill -SEGV " + ProcessHandle.current().pid())
                        .start()
                        .waitFor();
                Thread.sleep(60_000);
            }
        }
    }
}

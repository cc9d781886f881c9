package io.redrl.evaluation;

import io.redrl.tensor.LibTorch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * On what a run ran.
 *
 * @param commit the git commit, ending in {@code +changes} if files differed from it; {@code unknown} outside a clone
 * @param libraries versions by name
 * @param device what the tensors lived on
 * @param cpu the processor's name
 * @param threads LibTorch's threads
 */
public record RunEnvironment(String commit, Map<String, String> libraries, String device, String cpu, int threads) {
    private static final String UNKNOWN = "unknown";

    /** Sorts the map. */
    public RunEnvironment {
        libraries = Collections.unmodifiableMap(new TreeMap<>(libraries));
    }

    /**
     * This machine, now.
     *
     * @param repository a folder of the clone that the program was built from
     * @param device what the tensors live on, such as {@code cpu}
     */
    public static RunEnvironment here(Path repository, String device) {
        LibTorch.load();
        return new RunEnvironment(commitOf(repository), versions(), device, processor(), torch.get_num_threads());
    }

    private static Map<String, String> versions() {
        String engine = Tensor.class.getPackage().getImplementationVersion();
        return Map.of(
                "LibTorch (JavaCPP presets)",
                engine == null ? UNKNOWN : engine,
                "LibTorch CPU capability",
                torch.get_cpu_capability().getString(),
                "Java",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                "System",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
    }

    /** The commit of the clone around {@code folder}; {@code unknown} if git or the clone is missing. */
    static String commitOf(Path folder) {
        String head = git(folder, "rev-parse", "HEAD");
        if (head.isEmpty()) {
            return UNKNOWN;
        }
        return git(folder, "status", "--porcelain", "--untracked-files=no").isEmpty() ? head : head + "+changes";
    }

    private static String git(Path folder, String... arguments) {
        try {
            var command = new java.util.ArrayList<String>();
            command.add("git");
            command.addAll(java.util.List.of(arguments));
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            boolean done = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
            return done ? out : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** The processor's name where Linux tells it, else the architecture's. */
    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException | UncheckedIOException e) {
            return System.getProperty("os.arch");
        }
    }
}

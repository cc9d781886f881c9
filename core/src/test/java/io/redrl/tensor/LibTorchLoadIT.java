package io.redrl.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.redrl.testing.OwnClassPath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LibTorch in processes of their own, on a machine that has another one. */
class LibTorchLoadIT {
    /** Libraries that are not what their names say, as those of another version are not. */
    private static final List<String> FOREIGN = List.of(
            "libc10.so", "libtorch_cpu.so", "libtorch.so", "libtorch_cuda.so", "libopenblas.so.0", "libgomp.so.1");

    @TempDir
    private Path folder;

    @Test
    void twoFirstRunsAtOnceLoadOurLibrariesThoughTheLinkersPathHasOthers() throws Exception {
        assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
        Path foreign = Files.createDirectory(folder.resolve("foreign"));
        for (String name : FOREIGN) {
            try (InputStream library =
                    Tensor.class.getResourceAsStream("/org/bytedeco/openblas/linux-x86_64/libquadmath.so.0")) {
                assumeThat(library).as("a library to give other names to").isNotNull();
                Files.copy(library, foreign.resolve(name));
            }
        }

        List<Process> runs =
                List.of(start(ThroughThisProject.class, foreign), start(ThroughThisProject.class, foreign));

        for (Process run : runs) {
            assertThat(run.waitFor()).as("exit code; output: %s", output(run)).isZero();
        }
        Process alone = start(JavaCppAlone.class, foreign);
        assertThat(alone.waitFor())
                .as("exit code of JavaCPP's own way, which these libraries mislead")
                .isNotZero();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(file -> String.valueOf(file.getFileName())).filter(name -> !name.endsWith(".txt")))
                    .containsExactlyInAnyOrder("cache", "foreign");
        }
    }

    private Process start(Class<?> program, Path libraries) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ErrorFile=" + folder.resolve("crash-%p.txt"),
                "-XX:-CreateCoredumpOnCrash",
                "-D" + NativesFolder.PROPERTY + "=" + folder.resolve("cache"),
                "-cp",
                OwnClassPath.text(),
                program.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        Path output = Files.createTempFile(folder, "out", ".txt");
        return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    private String output(Process run) throws IOException {
        StringBuilder all = new StringBuilder(run.toString());
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".txt")).toList()) {
                all.append(Files.readString(file, StandardCharsets.UTF_8));
            }
        }
        return all.toString();
    }

    /** A program that uses this library and nothing else of LibTorch's before it. */
    static final class ThroughThisProject {
        public static void main(String[] args) {
            double[] sum = Scopes.valued(() -> Tensors.toDoubles(torch.matmul(
                    Tensors.floats(new float[] {1, 2, 3, 4}, 2, 2), Tensors.floats(new float[] {1, 1}, 2))));
            if (sum[0] != 3 || sum[1] != 7) {
                throw new IllegalStateException(sum[0] + ", " + sum[1]);
            }
        }
    }

    /** The same without this library. */
    static final class JavaCppAlone {
        public static void main(String[] args) {
            try (PointerScope scope = new PointerScope()) {
                Tensor ones = Tensor.create(new float[] {1, 1}, 2);
                System.out.println(torch.matmul(ones, ones).item_float());
            }
        }
    }
}

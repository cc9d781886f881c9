package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of somebody who comes with photographs and a network, as {@code examples/first-steps.sh} goes it. */
class FirstStepsIT {
    private static final Path SCRIPT = Path.of("../examples/first-steps.sh");

    /** Of the photographs; the network takes another. */
    private static final int SIDE = 40;

    @TempDir
    private Path folder;

    private void photographs() {
        for (String split : List.of("train", "test")) {
            for (int i = 0; i < 16; i++) {
                byte[] pixels = new byte[3 * SIDE * SIDE];
                new Seed(i).child(split).random().nextBytes(pixels);
                int brightest = i % 2;
                for (int at = 0; at < pixels.length; at++) {
                    pixels[at] = (byte) (110 + (pixels[at] & 31) + (at / (SIDE * SIDE) == brightest ? 6 : 0));
                }
                Path file =
                        folder.resolve("photographs/" + split + (brightest == 0 ? "/red/" : "/green/") + i + ".png");
                ImageCodec.writePng(file, new Image(ImageShape.square(SIDE), pixels));
            }
        }
    }

    /** Two filters: one for green, one for red. */
    private void network() {
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Own"));
            Tensor filters = torch.zeros(2, 3, 1, 1);
            filters.select(0, 0).select(0, 1).fill_(new Scalar(1));
            filters.select(0, 1).select(0, 0).fill_(new Scalar(1));
            module.register_parameter("filters", filters, false);
            module.define("def forward(self, x):\n    return torch.mean(torch.conv2d(x, self.filters), [2, 3]) * 30\n");
            module.save(folder.resolve("network.pt").toString());
        }
    }

    /** What these tests see; some that run them have it in a class loader of their own. */
    private static String classPath() {
        return FirstStepsIT.class.getClassLoader() instanceof URLClassLoader own
                ? Arrays.stream(own.getURLs())
                        .map(url -> Path.of(URI.create(url.toString())).toString())
                        .collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    /** The launcher, but for the build. */
    private Path launcher() throws IOException {
        Path launcher = folder.resolve("redrl");
        Files.writeString(
                launcher,
                "#!/usr/bin/env bash\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                        + "' -Xmx1g -cp '" + classPath() + "' io.redrl.cli.Main \"$@\"\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        return launcher;
    }

    @Test
    void photographsAndANetworkBecomeVerdicts() throws IOException, InterruptedException {
        photographs();
        network();
        Path log = folder.resolve("log");
        ProcessBuilder script = new ProcessBuilder(
                        "bash", SCRIPT.toAbsolutePath().normalize().toString(), "photographs", "network.pt", "made")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        script.environment().put("REDRL", launcher().toString());
        script.environment().put("SIZE", "32");
        script.environment().put("STEPS", "3");
        script.environment().put("LEARN", "3");
        Process process = script.start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES))
                .as(Files.readString(log))
                .isTrue();

        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        assertThat(folder.resolve("made/set.npz")).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve("made/pictures/pictures.csv")))
                .contains("red/0.png");
        assertThat(folder.resolve("made/verdicts.html")).isNotEmptyFile();
        assertThat(folder.resolve("made/runs/first/report/report.html")).isNotEmptyFile();
        assertThat(Files.readString(log)).contains("Nothing is wrong with");
    }

    @Test
    void withoutArgumentsItSaysWhatItTakes() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", SCRIPT.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(ExitCodes.USAGE);
        assertThat(said).contains("PHOTOGRAPHS NETWORK FOLDER");
    }
}

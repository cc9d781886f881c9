package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The zip that {@code mvn package} makes, used by somebody who has Java and nothing else of this project. */
class ReleaseIT {
    @TempDir
    private Path folder;

    @Test
    void theZipIdentifiesAnImageWithoutMavenOnEveryJavaOfThisMachineAndWarnsOfNothing() throws Exception {
        assumeThat(File.separatorChar).as("a system with bash").isEqualTo('/');
        Path release = unzip(zip());
        assertThat(filesOf(release))
                .extracting(file -> String.valueOf(file.getFileName()))
                .contains("redrl", "redrl.cmd", "lib", "models", "LICENSE", "README.md")
                .doesNotContain("pom.xml", "core", "app");
        Path image = folder.resolve("grey.png");
        ImageCodec.writePng(image, new Image(ImageShape.square(32), new byte[3 * 32 * 32]));

        for (Path java : javas()) {
            ProcessBuilder builder = new ProcessBuilder(
                            release.resolve("redrl").toString(), "identify", "--json", image.toString())
                    .directory(folder.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("REDRL_"));
            builder.environment().put("JAVA_HOME", java.toString());
            Path output = Files.createTempFile(folder, "output", ".txt");
            Path errors = Files.createTempFile(folder, "errors", ".txt");
            int code = builder.redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start()
                    .waitFor();

            String said = Files.readString(errors, StandardCharsets.UTF_8);
            assertThat(code).as("exit code with %s: %s", java, said).isIn(0, 3, 4);
            assertThat(said).as("with %s", java).doesNotContainIgnoringCase("warning");
            assertThat(Files.readString(output, StandardCharsets.UTF_8)).contains("grey.png", "probabilities");
        }
    }

    @Test
    void theBillOfMaterialsIsInTheZipAndListsEveryJar() throws IOException {
        assumeThat(Path.of("target/bom.json"))
                .as("a bill of materials, which Maven does not make offline")
                .exists();
        try (ZipFile zip = ZipFile.builder().setPath(zip()).get()) {
            assertThat(zip.getEntries().asIterator())
                    .toIterable()
                    .extracting(ZipArchiveEntry::getName)
                    .anyMatch(name -> name.matches("[^/]+/bom\\.json"));
        }
        var bom = new JsonMapper().readTree(Files.readString(Path.of("target/bom.json"), StandardCharsets.UTF_8));
        assertThat(bom.path("bomFormat").asString()).isEqualTo("CycloneDX");
        List<String> listed = bom.path("components")
                .valueStream()
                .map(component -> component.path("name").asString())
                .toList();
        assertThat(filesOf(Path.of("target/lib")))
                .isNotEmpty()
                .extracting(jar -> String.valueOf(jar.getFileName()).replaceFirst("-\\d.*", ""))
                .allSatisfy(name -> assertThat(listed).contains(name));
    }

    private static Path zip() throws IOException {
        List<Path> zips = Stream.of(filesOf(Path.of("target")))
                .filter(file -> String.valueOf(file.getFileName()).matches("redrl-.*\\.zip"))
                .toList();
        assumeThat(zips)
                .as("zips in app/target (-Dredrl.release.skip leaves them out)")
                .hasSize(1);
        return zips.get(0);
    }

    /** Homes of every Java from 17 on in the usual folder, and of the one that runs the tests. */
    private static List<Path> javas() throws IOException {
        List<Path> javas =
                new ArrayList<>(List.of(Path.of(System.getProperty("java.home")).toRealPath()));
        Path usual = Path.of("/usr/lib/jvm");
        for (Path home : Files.isDirectory(usual) ? filesOf(usual) : new Path[0]) {
            Path release = home.resolve("release");
            if (Files.isExecutable(home.resolve("bin/java"))
                    && Files.exists(release)
                    && Files.readString(release).matches("(?s).*JAVA_VERSION=\"(1[7-9]|[2-9]\\d)\\b.*")
                    && !javas.contains(home.toRealPath())) {
                javas.add(home.toRealPath());
            }
        }
        return javas;
    }

    private static Path[] filesOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toArray(Path[]::new);
        }
    }

    /** As {@code unzip} does: with the permissions. */
    private Path unzip(Path file) throws IOException {
        Path into = folder.resolve("unzipped");
        try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                Path path = into.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    try (InputStream content = zip.getInputStream(entry)) {
                        Files.copy(content, path);
                    }
                    if ((entry.getUnixMode() & 0100) != 0) {
                        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
                    }
                }
            }
        }
        Path[] tops = filesOf(into);
        assertThat(tops).hasSize(1);
        return tops[0];
    }
}

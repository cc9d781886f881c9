package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.redrl.base.Json;
import io.redrl.web.Access;
import io.redrl.web.ServeLimits;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The example clients, against a server that wants a token. Skipped where Python or curl is not there. */
class ServeClientsIT {
    private static final Path EXAMPLES = Path.of("../examples");
    private static final String TOKEN = "a-token-for-the-example-clients";

    @TempDir
    private Path folder;

    /** What a program said. */
    private record Said(int code, String out, String err) {}

    @BeforeEach
    void makeImages() throws IOException {
        Files.write(folder.resolve("clean \"one\".png"), OwnServer.clean());
        Files.write(folder.resolve("attacked.png"), OwnServer.attacked());
        Files.writeString(folder.resolve("broken.png"), "no image");
        Files.writeString(folder.resolve("tokens"), TOKEN + "\n");
    }

    private OwnServer server() {
        return new OwnServer(ServeLimits.DEFAULTS, Access.withTokens(folder.resolve("tokens"), Set.of()));
    }

    private static void requireProgram(String name) {
        boolean there = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(where -> Files.isExecutable(Path.of(where, name)));
        assumeThat(there).as("%s is there", name).isTrue();
    }

    private Said run(String token, OwnServer server, String script, String... images) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                EXAMPLES.resolve(script).toAbsolutePath().toString(), "http://127.0.0.1:" + server.port() + "/"));
        for (String image : images) {
            command.add(folder.resolve(image).toString());
        }
        File out = folder.resolve("out").toFile();
        File err = folder.resolve("err").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out).redirectError(err);
        builder.environment().put("REDRL_TOKEN", token);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return new Said(
                process.exitValue(),
                Files.readString(out.toPath(), StandardCharsets.UTF_8),
                Files.readString(err.toPath(), StandardCharsets.UTF_8));
    }

    @Test
    void python() throws IOException {
        requireProgram("python3");
        try (OwnServer server = server()) {
            Said clean = run(TOKEN, server, "identify.py", "clean \"one\".png");
            assertThat(clean.out()).as(clean.err()).containsPattern("clean \"one\"\\.png: clean, \\d+\\.\\d %");
            assertThat(clean.code()).isEqualTo(ExitCodes.DONE);
            Said all = run(TOKEN, server, "identify.py", "broken.png", "clean \"one\".png", "attacked.png");
            assertThat(all.out()).contains("attacked.png: free patch");
            assertThat(all.err()).contains("broken.png is not an image");
            assertThat(all.code()).isEqualTo(ExitCodes.ATTACKED);
            Said refused = run("", server, "identify.py", "attacked.png");
            assertThat(refused.code()).isEqualTo(ExitCodes.FAILED);
            assertThat(refused.err()).contains("its token").doesNotContain("Traceback");
        }
    }

    @Test
    void curl() throws IOException {
        requireProgram("curl");
        try (OwnServer server = server()) {
            Said all = run(TOKEN, server, "identify.sh", "clean \"one\".png", "attacked.png", "broken.png");
            assertThat(all.code()).as(all.err()).isZero();
            JsonNode found = Json.parse(all.out(), JsonNode.class, "curl");
            assertThat(found.get("images").get(0).get("image").asString()).isEqualTo("clean \"one\".png");
            assertThat(found.get("images").get(1).get("verdict").asString()).isEqualTo("patch-free");
            assertThat(found.get("failures").get(0).get("file").asString()).isEqualTo("broken.png");
            Said refused = run("", server, "identify.sh", "attacked.png");
            assertThat(refused.code()).isEqualTo(22);
            assertThat(refused.out()).contains("\"status\":401");
        }
    }
}

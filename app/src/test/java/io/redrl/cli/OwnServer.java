package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Json;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.web.Access;
import io.redrl.web.IdentifyServer;
import io.redrl.web.ServeLimits;
import io.redrl.web.ServeSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/** A server with the models of the clone at a free port of this machine. */
final class OwnServer implements AutoCloseable {
    static final Path MODELS = Path.of("../models/identify");
    static final String IDENTIFY = "/api/v1/identify";
    static final String PNG = "image/png";

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final IdentifyServer server;

    OwnServer(ServeLimits limits, Access access) {
        server = IdentifyServer.start(
                new ServeSettings("127.0.0.1", 0, access, limits, IdentifyModels.in(MODELS), IdentifySettings.DEFAULTS),
                ServeCommand::answer);
        server.ready().join();
    }

    OwnServer() {
        this(ServeLimits.DEFAULTS, Access.open(Set.of()));
    }

    /** The limits with other bytes, pixels and times. */
    static ServeLimits limits(int bytes, long pixels, int images, int queue, Duration upload, Duration answer) {
        ServeLimits all = ServeLimits.DEFAULTS;
        return new ServeLimits(bytes, pixels, images, queue, all.memory(), upload, answer, all.window(), all.batch());
    }

    int port() {
        return server.port();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    boolean stop() {
        return server.stop();
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET().build());
    }

    HttpResponse<String> post(String path, String type, byte[] body, String... headers) {
        return send(request(path, headers)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
        return headers.length == 0 ? builder : builder.headers(headers);
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer to " + request, e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    /** All that comes back until the server closes the connection. */
    String raw(byte[] request) throws IOException {
        try (Socket socket = connect()) {
            try {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // Refused before all of it was sent: the answer is there.
            }
            return read(socket.getInputStream());
        }
    }

    static String read(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (IOException e) {
            // Closed by the other side: what came before counts.
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /** It still works. */
    void requireAnswer() {
        assertThat(post(IDENTIFY + "?verdict-only", PNG, clean()).statusCode()).isEqualTo(200);
    }

    static JsonNode json(HttpResponse<String> answer) {
        return Json.parse(answer.body(), JsonNode.class, "the answer");
    }

    /** A problem of a status, which says what it is. */
    static JsonNode requireProblem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = json(answer);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asString()).isNotBlank();
        return problem;
    }

    /** A smooth picture, as a PNG file. */
    static byte[] clean() {
        return ImageCodec.png(smooth(ImageShape.square(64)));
    }

    /** The same with a patch of noise on it. */
    static byte[] attacked() {
        return ImageCodec.png(patched(ImageShape.square(64)));
    }

    /** A smooth picture of 32×32 pixels, the size of the victim that comes with the models, with a patch of noise on it. */
    static byte[] small() {
        return ImageCodec.png(patched(ImageShape.square(32)));
    }

    static Image smooth(ImageShape shape) {
        byte[] pixels = new byte[shape.values()];
        int plane = shape.height() * shape.width();
        for (int i = 0; i < pixels.length; i++) {
            double x = i % plane % shape.width();
            double y = Math.floorDiv(i % plane, shape.width());
            pixels[i] = (byte) Math.round(120 + 50 * Math.sin(x / 17 + Math.floorDiv(i, plane)) * Math.cos(y / 13));
        }
        return new Image(shape, pixels);
    }

    private static Image patched(ImageShape shape) {
        byte[] pixels = smooth(shape).pixels();
        SplittableRandom random = new SplittableRandom(1);
        int plane = shape.height() * shape.width();
        for (int i = 0; i < pixels.length; i++) {
            int x = i % plane % shape.width();
            int y = Math.floorDiv(i % plane, shape.width());
            if (Math.min(x, y) >= shape.width() / 4 && Math.max(x, y) < shape.width() / 2) {
                pixels[i] = (byte) random.nextInt(256);
            }
        }
        return new Image(shape, pixels);
    }

    @Override
    public void close() {
        server.close();
    }
}

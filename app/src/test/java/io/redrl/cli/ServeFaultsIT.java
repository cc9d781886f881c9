package io.redrl.cli;

import static io.redrl.cli.OwnServer.IDENTIFY;
import static io.redrl.cli.OwnServer.PNG;
import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.web.Access;
import io.redrl.web.ServeLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What people send to {@code redrl serve} that is none of its business: a fitting status each time, and the next request is answered. */
class ServeFaultsIT {
    private static final int MUTATIONS = Integer.getInteger("redrl.mutations", 3_000);
    private static final int SLOW_SENDERS = 500;
    private static final int CLIENTS = 8;
    private static final int MEGABYTE = 1 << 20;
    private static final String FORM = "multipart/form-data; boundary=xyz";

    @SuppressWarnings("NonFinalStaticField") // JUnit's way: one server for all tests.
    private static OwnServer server;

    @BeforeAll
    static void start() {
        ServeLimits all = ServeLimits.DEFAULTS;
        server = new OwnServer(
                new ServeLimits(
                        MEGABYTE,
                        100_000,
                        8,
                        256,
                        64 * MEGABYTE,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(60),
                        all.window(),
                        all.batch()),
                Access.open(Set.of()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void theNextRequestIsAnswered() {
        server.requireAnswer();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] head(String type, long length) {
        return ascii("POST " + IDENTIFY + "?verdict-only HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
                + "\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n");
    }

    private static byte[] form() {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        for (byte[] file : List.of(OwnServer.clean(), OwnServer.small())) {
            form.writeBytes(ascii(String.join(
                    "\r\n",
                    "--xyz",
                    "Content-Disposition: form-data; name=\"a\"; filename=\"a.png\"",
                    "Content-Type: image/png",
                    "",
                    "")));
            form.writeBytes(file);
            form.writeBytes(ascii("\r\n"));
        }
        form.writeBytes(ascii("--xyz--\r\n"));
        return form.toByteArray();
    }

    private static byte[] mutated(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        for (int i = random.nextInt(8); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> {
                    int length = Math.min(bytes.length - at, 1 + random.nextInt(64));
                    System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
                }
                default -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + 4);
                    System.arraycopy(bytes, at, longer, at + 4, bytes.length - at);
                    ByteBuffer.wrap(longer).putInt(at, random.nextInt());
                    bytes = longer;
                }
            }
        }
        return bytes;
    }

    @Test
    void mutatedBodiesAndForms() {
        List<byte[]> seeds = List.of(
                OwnServer.clean(), ImageCodec.jpeg(OwnServer.smooth(ImageShape.square(48)), 80), form(), form());
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            Map<Integer, Long> statuses = IntStream.range(0, MUTATIONS)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> {
                                SplittableRandom random = new SplittableRandom(i);
                                int seed = i % seeds.size();
                                return server.post(
                                                IDENTIFY + "?verdict-only",
                                                seed < 2 ? "image/*" : FORM,
                                                mutated(seeds.get(seed), random))
                                        .statusCode();
                            },
                            clients))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .collect(Collectors.groupingBy(status -> status, TreeMap::new, Collectors.counting()));
            assertThat(statuses.keySet()).as("%s", statuses).isSubsetOf(200, 400, 413, 415, 422);
            assertThat(statuses.keySet()).as("%s", statuses).contains(200, 400, 415, 422);
        } finally {
            clients.shutdown();
        }
    }

    @Test
    void mutatedHeads() throws IOException {
        byte[] whole = ascii("POST " + IDENTIFY
                + "?verdict-only&name=a.png HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
                + "Content-Length: 3\r\nAccept: */*\r\nConnection: close\r\n\r\nabc");
        for (int i = 0; i < 300; i++) {
            byte[] request = mutated(whole, new SplittableRandom(i));
            try (Socket socket = server.connect()) {
                socket.getOutputStream().write(request);
                socket.shutdownOutput();
                String answer = OwnServer.read(socket.getInputStream());
                if (!answer.isEmpty()) {
                    assertThat(answer)
                            .as(new String(request, StandardCharsets.ISO_8859_1))
                            .matches("(?s)HTTP/1\\.[01] [245]\\d\\d .*");
                    assertThat(answer).doesNotContain("HTTP/1.1 500", "org.eclipse", "Exception");
                }
            }
        }
    }

    @Test
    void halfSentRequests() throws IOException {
        byte[] body = OwnServer.clean();
        for (int sent : new int[] {0, 1, body.length / 2, body.length - 1}) {
            try (Socket socket = server.connect()) {
                socket.getOutputStream().write(head(PNG, body.length));
                socket.getOutputStream().write(body, 0, sent);
                socket.shutdownOutput();
                String answer = OwnServer.read(socket.getInputStream());
                assertThat(answer).matches("(?s)(HTTP/1\\.1 400 .*)?");
            }
            // And whoever just goes away.
            try (Socket socket = server.connect()) {
                socket.getOutputStream().write(head(PNG, body.length));
                socket.getOutputStream().write(body, 0, sent);
            }
        }
        try (Socket socket = server.connect()) {
            socket.getOutputStream().write(ascii("POST /api/v1/iden"));
        }
    }

    /** Each sends a byte now and then; nobody else is kept waiting by them. */
    @Test
    void slowSenders() throws IOException, InterruptedException {
        byte[] body = OwnServer.clean();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW_SENDERS; i++) {
                Socket socket = server.connect();
                slow.add(socket);
                socket.getOutputStream().write(head(PNG, body.length));
                socket.getOutputStream().write(body[0]);
            }
            long start = System.nanoTime();
            server.requireAnswer();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            for (int i = 1; i < 8; i++) {
                Thread.sleep(700);
                for (Socket socket : slow) {
                    try {
                        socket.getOutputStream().write(body[i]);
                    } catch (IOException e) {
                        // Sent away already.
                    }
                }
            }
            server.requireAnswer();
            assertThat(OwnServer.read(slow.get(0).getInputStream())).matches("(?s)(HTTP/1\\.1 408 .*)?");
            assertThat(OwnServer.read(slow.get(SLOW_SENDERS - 1).getInputStream()))
                    .startsWith("HTTP/1.1 408")
                    .contains("took too long to arrive");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        assertThat(server.get("/metrics").body()).contains("redrl_uploads_bytes 0.0");
    }

    @Test
    void bodiesOfAHundredMegabytes() throws IOException {
        byte[] piece = new byte[MEGABYTE];
        for (boolean chunked : new boolean[] {false, true}) {
            try (Socket socket = server.connect()) {
                socket.getOutputStream()
                        .write(
                                chunked
                                        ? ascii("POST " + IDENTIFY
                                                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
                                                + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
                                        : head(PNG, 100L * MEGABYTE));
                for (int i = 0; i < 100; i++) {
                    socket.getOutputStream().write(ascii(chunked ? "100000\r\n" : ""));
                    socket.getOutputStream().write(piece);
                    socket.getOutputStream().write(ascii(chunked ? "\r\n" : ""));
                }
                socket.getOutputStream().write(ascii(chunked ? "0\r\n\r\n" : ""));
                assertThat(OwnServer.read(socket.getInputStream()))
                        .startsWith("HTTP/1.1 413")
                        .contains("A request may have 1048576 bytes here");
            }
        }
    }

    /** A small file that claims to be a large picture. */
    @Test
    void pixelBombs() {
        byte[] bomb = OwnServer.clean();
        for (int side : new int[] {400, 60_000, Integer.MAX_VALUE}) {
            ByteBuffer png = ByteBuffer.wrap(bomb);
            png.putInt(16, side).putInt(20, side);
            CRC32 sum = new CRC32();
            sum.update(bomb, 12, 17);
            png.putInt(29, (int) sum.getValue());
            OwnServer.requireProblem(server.post(IDENTIFY, PNG, bomb), 422);
        }
    }

    @Test
    void headersWithoutEnd() throws IOException {
        String start = "GET /ready HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(server.raw(ascii(start + "A: " + "a".repeat(20_000) + "\r\n\r\n")))
                .startsWith("HTTP/1.1 431");
        assertThat(server.raw(ascii(start + "A: a\r\n".repeat(5_000) + "\r\n"))).startsWith("HTTP/1.1 431");
        String address = server.raw(ascii("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assertThat(address).startsWith("HTTP/1.1 414").contains("application/problem+json", "nosniff");
    }

    @Test
    void pathsThatLeadElsewhere() throws IOException {
        for (String path : List.of(
                "/../../../../etc/passwd",
                "/..%2f..%2fetc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/..;/etc/passwd",
                "//etc/passwd",
                "/./../etc/passwd",
                "/serve.js/../../etc/passwd",
                "/serve.js%00.html",
                "/\\..\\..\\etc\\passwd",
                "/api/v1/../../etc/passwd",
                "/file:///etc/passwd",
                "/WEB-INF/web.xml",
                "/index.html",
                "http://evil.example/etc/passwd",
                "*")) {
            String answer =
                    server.raw(ascii("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            assertThat(answer).as(path).matches("(?s)HTTP/1\\.1 4\\d\\d .*");
            assertThat(answer)
                    .as(path)
                    .doesNotContain("root:", "org.eclipse", "Jetty")
                    .contains("problem+json");
        }
    }

    @Test
    void requestsThatAreNone() throws IOException {
        for (String text : List.of(
                "\r\n\r\n",
                "GET\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
                "GET / HTTP/9.9\r\n\r\n",
                "POST " + IDENTIFY + " HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST " + IDENTIFY + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
                "POST " + IDENTIFY
                        + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
            try (Socket socket = server.connect()) {
                socket.getOutputStream().write(ascii(text));
                socket.shutdownOutput();
                assertThat(OwnServer.read(socket.getInputStream())).as(text).matches("(?s)(HTTP/1\\.1 [45]\\d\\d .*)?");
            }
        }
    }

    @Test
    void clientsThatGoAwayInTheMiddle() throws IOException {
        byte[] body = OwnServer.small();
        for (int i = 0; i < 40; i++) {
            try (Socket socket = server.connect()) {
                socket.setSoLinger(i % 2 == 0, 0); // A reset, in every other case.
                socket.getOutputStream().write(head(PNG, body.length));
                socket.getOutputStream().write(body);
            }
        }
        for (int i = 0; i < 4; i++) {
            try (Socket socket = server.connect()) {
                socket.getOutputStream()
                        .write(ascii("POST " + IDENTIFY
                                + "?pictures HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: "
                                + body.length + "\r\n\r\n"));
                socket.getOutputStream().write(body);
                InputStream in = socket.getInputStream();
                assertThat(in.read()).isEqualTo('H'); // Reads a letter of the answer and goes.
            }
        }
    }

    /** All who ask at once are answered or told to come back. */
    @Test
    void moreClientsThanTheQueueHolds() {
        ExecutorService clients = Executors.newFixedThreadPool(200);
        try {
            HttpRequest request = server.request(IDENTIFY)
                    .header("Content-Type", FORM)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(form()))
                    .build();
            List<HttpResponse<String>> answers = IntStream.range(0, 400)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> server.send(request), clients))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
            assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200, 429);
            assertThat(answers).filteredOn(answer -> answer.statusCode() == 429).allSatisfy(answer -> assertThat(
                            answer.headers().firstValue("Retry-After"))
                    .isPresent());
        } finally {
            clients.shutdown();
        }
    }
}

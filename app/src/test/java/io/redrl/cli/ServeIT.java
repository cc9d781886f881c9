package io.redrl.cli;

import static io.redrl.cli.OwnServer.IDENTIFY;
import static io.redrl.cli.OwnServer.PNG;
import static io.redrl.cli.OwnServer.json;
import static io.redrl.cli.OwnServer.requireProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.web.Access;
import io.redrl.web.IdentifyServer;
import io.redrl.web.ServeLimits;
import io.redrl.web.ServeSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code redrl serve} over HTTP, with the models of the clone. */
class ServeIT {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String BOUNDARY = "xyz";

    @SuppressWarnings("NonFinalStaticField") // JUnit's way: one server for all tests.
    private static OwnServer server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        server = new OwnServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] form(byte[]... files) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        for (int i = 0; i < files.length; i++) {
            form.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"f" + i
                            + "\"; filename=\"/home/me/" + i + ".png\"\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            form.writeBytes(files[i]);
            form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        form.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return form.toByteArray();
    }

    private static HttpResponse<String> postForm(String query, byte[]... files) {
        return server.post(IDENTIFY + query, "multipart/form-data; boundary=" + BOUNDARY, form(files));
    }

    @Test
    void answersWhatIdentifyPrints() throws IOException {
        Files.write(folder.resolve("a.png"), OwnServer.attacked());
        Files.write(folder.resolve("b.png"), OwnServer.clean());
        FakeConsole console = new FakeConsole();
        int code = console.run(
                "identify",
                "--json",
                "--models",
                OwnServer.MODELS.toString(),
                folder.resolve("a.png").toString(),
                folder.resolve("b.png").toString());
        String printed = console.out().replace(folder + "/", "");
        JsonNode answer = json(server.post(
                IDENTIFY,
                "multipart/form-data; boundary=" + BOUNDARY,
                new String(form(OwnServer.attacked(), OwnServer.clean()), StandardCharsets.ISO_8859_1)
                        .replace("/home/me/0.png", "a.png")
                        .replace("/home/me/1.png", "C:\\\\pictures\\\\b.png")
                        .getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(answer).isEqualTo(Json.parse(printed, JsonNode.class, "identify"));
        assertThat(answer.get("exit-code").asInt()).isEqualTo(code);
        assertThat(answer.get("images").get(0).get("verdict").asString()).isEqualTo("patch-free");
        assertThat(answer.get("images").get(1).get("verdict").asString()).isEqualTo("clean");
    }

    @Test
    void tellsPicturesSaliencyAndPriorWhereAsked() throws IOException {
        byte[] small = OwnServer.small();
        JsonNode plain = json(server.post(IDENTIFY + "?name=x.png", PNG, small))
                .get("images")
                .get(0);
        assertThat(plain.get("image").asString()).isEqualTo("x.png");
        assertThat(plain.get("pictures").isEmpty()).isTrue();
        assertThat(plain.get("victim").get("after").get("probability").asDouble())
                .isPositive();
        JsonNode all = json(server.post(IDENTIFY + "?pictures&saliency=true", PNG, small))
                .get("images")
                .get(0);
        assertThat(all.get("saliency").get("filters").isEmpty()).isFalse();
        assertThat(all.get("pictures").propertyNames())
                .containsExactly("image", "repaired", "perturbation", "saliency");
        String uri = all.get("pictures").get("image").asString();
        byte[] png = Base64.getDecoder().decode(uri.substring("data:image/png;base64,".length()));
        assertThat(ImageCodec.decode(png, "image").image())
                .isEqualTo(ImageCodec.decode(small, "small").image());
        assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(32);
        JsonNode some = json(server.post(IDENTIFY + "?pictures=repaired", PNG, small))
                .get("images")
                .get(0);
        assertThat(some.get("pictures").propertyNames()).containsExactly("repaired");
        double usual = plain.get("attacked").asDouble();
        assertThat(attacked("?prior=0.9", small)).isGreaterThan(usual);
        assertThat(attacked("?prior=1/1000", small)).isLessThan(usual);
        assertThat(json(server.post(IDENTIFY + "?verdict-only", PNG, small))
                        .get("images")
                        .get(0)
                        .get("perturbation")
                        .isNull())
                .isTrue();
    }

    private static double attacked(String query, byte[] image) {
        return json(server.post(IDENTIFY + query, PNG, image))
                .get("images")
                .get(0)
                .get("attacked")
                .asDouble();
    }

    @Test
    void requestsOfDifferentKindsAreJudgedEachInItsOwnWay() {
        List<CompletableFuture<Double>> answers = IntStream.range(0, 24)
                .mapToObj(i -> CompletableFuture.supplyAsync(() ->
                        attacked(i % 3 == 0 ? "" : i % 3 == 1 ? "?prior=0.9" : "?prior=0.001", OwnServer.clean())))
                .toList();
        List<Double> found = answers.stream().map(CompletableFuture::join).toList();
        for (int i = 0; i < found.size(); i++) {
            // Batches of other sizes add up in another order.
            assertThat(found.get(i)).isCloseTo(found.get(i % 3), within(1e-6));
        }
        assertThat(found.get(1)).isGreaterThan(found.get(0));
        assertThat(found.get(2)).isLessThan(found.get(0));
        assertThat(server.get("/metrics").body()).contains("redrl_batch_images_count");
    }

    @Test
    void givesThePageOfIdentifyHtml() {
        HttpResponse<String> page =
                server.post(IDENTIFY + "?name=%3Cb%3E.png", PNG, OwnServer.attacked(), "Accept", "text/html");
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
        assertThat(page.body()).contains("&lt;b&gt;.png", "1 image: 0 clean, 1 attacked", "data:image/png;base64,");
    }

    @Test
    void ofSeveralImagesThoseThatCannotBeReadAreNamed() {
        JsonNode answer = json(postForm("", OwnServer.clean(), "no image".getBytes(StandardCharsets.UTF_8)));
        assertThat(answer.get("images")).hasSize(1);
        assertThat(answer.get("failures").get(0).get("file").asString()).isEqualTo("1.png");
        assertThat(answer.get("counts").get("failed").asInt()).isEqualTo(1);
        requireProblem(
                postForm("", "no".getBytes(StandardCharsets.UTF_8), "image".getBytes(StandardCharsets.UTF_8)), 415);
    }

    @Test
    void whatIsWrongHasAFittingStatus() {
        byte[] png = OwnServer.clean();
        byte[] cut = java.util.Arrays.copyOf(png, png.length - 40);
        requireProblem(server.post(IDENTIFY, "text/plain", png), 415);
        requireProblem(server.post(IDENTIFY, "application/x-www-form-urlencoded", png), 415);
        assertThat(requireProblem(
                                server.post(IDENTIFY + "?name=a.txt", PNG, "hello".getBytes(StandardCharsets.UTF_8)),
                                415)
                        .get("detail")
                        .asString())
                .startsWith("a.txt is not an image");
        requireProblem(server.post(IDENTIFY, PNG, cut), 422);
        requireProblem(server.post(IDENTIFY, PNG, new byte[0]), 400);
        requireProblem(server.post(IDENTIFY, "multipart/form-data", png), 400);
        requireProblem(server.post(IDENTIFY, "multipart/form-data; boundary=xyz", png), 400);
        for (String query : List.of(
                "?pictures=none",
                "?saliency=maybe",
                "?prior=2",
                "?prior=x",
                "?prior=0",
                "?picture",
                "?name=a&name=b",
                "?saliency&verdict-only")) {
            requireProblem(server.post(IDENTIFY + query, PNG, png), 400);
        }
        requireProblem(server.get("/nothing"), 404);
        HttpResponse<String> wrongMethod = server.get(IDENTIFY);
        requireProblem(wrongMethod, 405);
        assertThat(wrongMethod.headers().firstValue("Allow").orElse("")).contains("POST");
        requireProblem(server.post(IDENTIFY, PNG, png, "Sec-Fetch-Site", "cross-site"), 403);
    }

    @Test
    void limitsAreKept() {
        ServeLimits limits = OwnServer.limits(100_000, 5_000, 2, 2, Duration.ofSeconds(2), Duration.ofMillis(1));
        try (OwnServer strict = new OwnServer(limits, Access.open(Set.of()))) {
            requireProblem(strict.post(IDENTIFY, PNG, new byte[100_001]), 413);
            requireProblem(
                    strict.post(
                            IDENTIFY,
                            "multipart/form-data; boundary=" + BOUNDARY,
                            form(new byte[] {1}, new byte[] {2}, new byte[] {3})),
                    413);
            byte[] large = ImageCodec.png(OwnServer.smooth(ImageShape.square(71)));
            assertThat(requireProblem(strict.post(IDENTIFY, PNG, large), 422)
                            .get("detail")
                            .asString())
                    .contains("71×71 pixels");
            HttpResponse<String> late = strict.post(IDENTIFY, PNG, OwnServer.clean());
            requireProblem(late, 503);
            assertThat(late.headers().firstValue("Retry-After")).isPresent();
        }
    }

    /** Saliency takes its time, so that others wait. */
    @Test
    void aFullQueueRefusesAndTellsWhenToComeBack() {
        ServeLimits limits = OwnServer.limits(1 << 20, 1 << 20, 2, 2, Duration.ofSeconds(30), Duration.ofSeconds(60));
        byte[] small = OwnServer.small();
        try (OwnServer busy = new OwnServer(limits, Access.open(Set.of()))) {
            List<HttpResponse<String>> answers = IntStream.range(0, 16)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> busy.post(IDENTIFY + "?saliency", PNG, small)))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
            assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200, 429);
            assertThat(answers.stream().filter(answer -> answer.statusCode() == 429))
                    .allSatisfy(answer -> {
                        requireProblem(answer, 429);
                        assertThat(Integer.parseInt(answer.headers()
                                        .firstValue("Retry-After")
                                        .orElse("0")))
                                .isBetween(1, 60);
                    });
            busy.requireAnswer();
        }
    }

    @Test
    void onlyThoseWhoKnowATokenAreAnswered() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "# ours\n" + TOKEN + "\n\nanother-token-of-ours\n");
        try (OwnServer closed = new OwnServer(ServeLimits.DEFAULTS, Access.withTokens(file, Set.of()))) {
            HttpResponse<String> refused = closed.post(IDENTIFY, PNG, OwnServer.clean());
            requireProblem(refused, 401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            for (String wrong : List.of("Bearer", "Bearer " + TOKEN + "0", "Basic " + TOKEN, TOKEN, "Bearer # ours")) {
                requireProblem(closed.post(IDENTIFY, PNG, OwnServer.clean(), "Authorization", wrong), 401);
            }
            requireProblem(closed.get("/metrics"), 401);
            requireProblem(closed.get("/api/v1/models"), 401);
            assertThat(closed.get("/health").statusCode()).isEqualTo(200);
            assertThat(closed.get("/ready").statusCode()).isEqualTo(200);
            assertThat(closed.get("/").statusCode()).isEqualTo(200);
            for (String right : List.of("Bearer " + TOKEN, "bearer another-token-of-ours")) {
                assertThat(closed.post(IDENTIFY, PNG, OwnServer.clean(), "Authorization", right)
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void otherNamesThanThisMachinesAreRefusedAtLoopback() throws IOException {
        try (OwnServer own = new OwnServer(ServeLimits.DEFAULTS, Access.open(Access.hostsOf("127.0.0.1")))) {
            assertThat(own.get("/ready").statusCode()).isEqualTo(200);
            for (String host : List.of("evil.example", "evil.example:" + own.port(), "127.0.0.1.evil.example")) {
                assertThat(own.raw(("GET /ready HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.UTF_8)))
                        .startsWith("HTTP/1.1 421");
            }
            assertThat(own.raw("GET /ready HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8)))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void everyAnswerHasTheHeadersThatKeepBrowsersSafeAndNoPathOfThisMachine() {
        List<HttpResponse<String>> answers = new ArrayList<>(List.of(
                server.get("/"),
                server.get("/serve.js"),
                server.get("/serve.css"),
                server.get("/api/v1"),
                server.get("/api/v1/openapi.json"),
                server.get("/api/v1/models"),
                server.get("/health"),
                server.get("/ready"),
                server.get("/metrics"),
                server.get("/nothing"),
                server.get(IDENTIFY),
                server.post(IDENTIFY, PNG, "no image".getBytes(StandardCharsets.UTF_8)),
                server.post(IDENTIFY + "?saliency", PNG, OwnServer.attacked()),
                server.post(IDENTIFY, PNG, OwnServer.clean(), "Accept", "text/html")));
        String home = System.getProperty("user.home");
        String here = Path.of("..").toAbsolutePath().normalize().toString();
        assertThat(answers).allSatisfy(answer -> {
            Map<String, List<String>> headers = answer.headers().map();
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "*");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("Content-Type")).isPresent();
            assertThat(answer.headers().firstValue("X-Request-Id").orElse("")).matches("[0-9a-f]{12}");
            assertThat(headers.keySet().stream().map(String::toLowerCase).collect(Collectors.toSet()))
                    .doesNotContain("access-control-allow-origin", "server", "x-powered-by", "set-cookie");
            assertThat(answer.body()).doesNotContain(home + "/", here, "/tmp/", "io.redrl", "java.");
        });
    }

    @Test
    void thePageAsksNobodyElse() {
        for (String path : List.of("/", "/serve.js", "/serve.css", "/api/v1", "/api.js")) {
            assertThat(server.get(path).body().replaceAll("http://(www\\.w3\\.org/2000/svg|127\\.0\\.0\\.1:8080)", ""))
                    .as(path)
                    .doesNotContain("http://", "https://", "//cdn", "@import");
        }
    }

    @Test
    void theDescriptionNamesEveryAddressAndEveryKeyOfAnswers() {
        JsonNode api = json(server.get("/api/v1/openapi.json"));
        assertThat(api.get("openapi").asString()).startsWith("3.1");
        assertThat(api.get("paths").propertyNames())
                .containsExactlyInAnyOrder(
                        IDENTIFY, "/api/v1/models", "/api/v1/openapi.json", "/api/v1", "/health", "/ready", "/metrics");
        JsonNode schemas = api.get("components").get("schemas");
        byte[] small = OwnServer.small();
        requireDescribed(schemas, "Result", json(server.post(IDENTIFY + "?saliency&pictures", PNG, small)));
        requireDescribed(schemas, "Models", json(server.get("/api/v1/models")));
        requireDescribed(schemas, "Problem", json(server.get("/nothing")));
        requireDescribed(schemas, "Status", json(server.get("/ready")));
    }

    private static void requireDescribed(JsonNode schemas, String name, JsonNode value) {
        requireDescribed(schemas, schemas.get(name), value, name);
    }

    private static void requireDescribed(JsonNode schemas, JsonNode schema, JsonNode value, String where) {
        if (schema.has("$ref")) {
            String name = schema.get("$ref").asString().replaceAll(".*/", "");
            requireDescribed(schemas, schemas.get(name), value, where);
        } else if (schema.has("anyOf")) {
            if (!value.isNull()) {
                requireDescribed(schemas, schema.get("anyOf").get(0), value, where);
            }
        } else if (schema.has("properties")) {
            assertThat(value.propertyNames())
                    .as(where)
                    .containsExactlyInAnyOrderElementsOf(
                            schema.get("properties").propertyNames());
            value.properties()
                    .forEach(entry -> requireDescribed(
                            schemas,
                            schema.get("properties").get(entry.getKey()),
                            entry.getValue(),
                            where + "." + entry.getKey()));
        } else if (schema.has("items")) {
            assertThat(value.isArray()).as(where).isTrue();
            value.forEach(one -> requireDescribed(schemas, schema.get("items"), one, where + "[]"));
        } else if (schema.has("type") && schema.get("type").isString()) {
            String type = schema.get("type").asString();
            assertThat(
                            switch (type) {
                                case "string" -> value.isString();
                                case "integer" -> value.isIntegralNumber();
                                case "number" -> value.isNumber() || value.isNull();
                                case "boolean" -> value.isBoolean();
                                default -> value.isObject();
                            })
                    .as("%s is of type %s: %s", where, type, value)
                    .isTrue();
        }
    }

    @Test
    void asSoonAsItStopsItTakesNothingNewAndAnswersWhatIsUnderWay() {
        OwnServer own = new OwnServer();
        byte[] small = OwnServer.small();
        List<CompletableFuture<HttpResponse<String>>> underWay = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> own.post(IDENTIFY + "?saliency", PNG, small)))
                .toList();
        // Under way, not on its way: the server has begun with all of them.
        while (!own.get("/metrics").body().contains("redrl_requests_under_way 4.0")) {
            Thread.onSpinWait();
        }
        URI health = own.uri("/health");
        long start = System.nanoTime();
        boolean ended = own.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(underWay)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(ended).isTrue();
        assertThatThrownBy(() -> new Socket(health.getHost(), health.getPort())).isInstanceOf(ConnectException.class);
    }

    @Test
    void twoServersAtOnePortAreRefusedInPlainWords() {
        FakeConsole console = new FakeConsole();
        int code = console.run(
                "serve", "--port", Integer.toString(server.port()), "--models", OwnServer.MODELS.toString());
        assertThat(code).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err())
                .contains("Port " + server.port() + " of 127.0.0.1 is taken, perhaps by another redrl serve")
                .doesNotContain("Exception", "java.");
        server.requireAnswer();
    }

    @Test
    void theCommandRunsUntilItIsStopped() {
        FakeConsole console = new FakeConsole();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> Main.run(
                console.console(), stop::get, "serve", "--port", "0", "--models", OwnServer.MODELS.toString()));
        while (!console.out().contains("Ready after") && !code.isDone()) {
            Thread.onSpinWait();
        }
        assertThat(console.out()).contains("Listening at http://127.0.0.1:");
        stop.set(true);
        assertThat(code.join()).as(console.err()).isEqualTo(ExitCodes.DONE);
    }

    @Test
    void othersReachItOnlyWithATokenOrWithoutOnPurpose() throws IOException {
        FakeConsole console = new FakeConsole();
        assertThat(console.run("serve", "--address", "0.0.0.0")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("others reach 0.0.0.0: name a --token-file, or say --no-token");
        Path weak = Files.writeString(folder.resolve("weak"), "secret\n");
        FakeConsole other = new FakeConsole();
        assertThat(other.run("serve", "--address", "0.0.0.0", "--token-file", weak.toString()))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(other.err()).contains("fewer than 16 letters").doesNotContain("secret");
        FakeConsole both = new FakeConsole();
        assertThat(both.run("serve", "--token-file", weak.toString(), "--no-token"))
                .isEqualTo(ExitCodes.USAGE);
        FakeConsole open = new FakeConsole();
        AtomicBoolean stop = new AtomicBoolean(true);
        assertThat(Main.run(
                        open.console(),
                        stop::get,
                        "serve",
                        "--port",
                        "0",
                        "--address",
                        "0.0.0.0",
                        "--no-token",
                        "--models",
                        OwnServer.MODELS.toString()))
                .isEqualTo(ExitCodes.DONE);
        assertThat(open.err()).contains("everybody who reaches 0.0.0.0 may have images judged");
    }

    @Test
    void modelsThatCannotBeOpenedEndIt() {
        assertThatThrownBy(() -> IdentifyModels.in(folder)).isInstanceOf(RedrlException.class);
        FakeConsole console = new FakeConsole();
        assertThat(console.run("serve", "--port", "0", "--models", folder.toString()))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("has no trained model");
        try (IdentifyServer broken = IdentifyServer.start(
                new ServeSettings(
                        "127.0.0.1",
                        0,
                        Access.open(Set.of()),
                        ServeLimits.DEFAULTS,
                        IdentifyModels.of(folder),
                        IdentifySettings.DEFAULTS),
                ServeCommand::answer)) {
            assertThatThrownBy(() -> broken.ready().join()).hasCauseInstanceOf(RedrlException.class);
        }
    }

    @Test
    void uploadsLeaveNothingOnTheDisk() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Set<String> before = names(temporary);
        postForm("?pictures", OwnServer.clean(), OwnServer.attacked());
        server.post(IDENTIFY, PNG, OwnServer.clean(), "Accept", "text/html");
        Set<String> fresh = names(temporary);
        fresh.removeAll(before);
        assertThat(fresh)
                .noneMatch(name -> name.contains("MultiPart") || name.contains("imageio") || name.contains("jetty"));
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).collect(Collectors.toSet());
        }
    }

    @Test
    void headersAloneOfWhatIsTooLargeAreEnoughForThoseWhoAsk() throws IOException {
        String answer = server.raw(("POST " + IDENTIFY + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
                        + "Content-Length: 100000000\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        assertThat(answer).startsWith("HTTP/1.1 413").contains("application/problem+json");
    }
}

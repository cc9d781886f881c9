package io.redrl.web;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.identify.Identifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * The service: {@code try (IdentifyServer server = IdentifyServer.start(settings, form)) { server.ready().join(); }}. Answers
 * {@code /health} at once and images as soon as the models are open.
 */
public final class IdentifyServer implements AutoCloseable {
    private static final String IDENTIFY = "/api/v1/identify";
    private static final String BEGAN = "began";
    private static final String ID = "id";
    private static final String IMAGES = "images";
    private static final String BYTES = "bytes";
    private static final String NOWHERE = "-";
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration DRAIN = Duration.ofSeconds(8);
    private static final int WAITING_CONNECTIONS = 1024;
    private static final int LARGEST_HEADERS = 8 << 10;
    private static final int CONNECTION_THREADS = 32;
    private static final int ANSWER_THREADS = 32;

    private final ServeSettings settings;
    private final AnswerForm form;
    private final RequestLog log = new RequestLog();
    private final ServeMetrics metrics = new ServeMetrics();
    private final UploadMemory memory;
    private final IdentifyQueue queue;
    private final ExecutorService workers;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Javalin web;
    private @Nullable ServerConnector connector;
    private volatile @Nullable String models;

    private IdentifyServer(ServeSettings settings, AnswerForm form) {
        this.settings = settings;
        this.form = form;
        ServeLimits limits = settings.limits();
        memory = new UploadMemory(limits.memory());
        workers = Executors.newFixedThreadPool(ANSWER_THREADS, work -> {
            Thread thread = new Thread(work, "answer");
            thread.setDaemon(true);
            return thread;
        });
        web = Javalin.create(this::configure);
        queue = new IdentifyQueue(limits, this::open, metrics::batch);
        metrics.watch(queue, limits, memory);
    }

    private Identifier open() {
        return Identifier.open(settings.models(), settings.identify());
    }

    /**
     * Starts it.
     *
     * @param form of answers
     * @return to be closed by the caller, which takes up to 10 seconds
     * @throws RedrlException if the address cannot be listened at
     */
    public static IdentifyServer start(ServeSettings settings, AnswerForm form) {
        IdentifyServer server = new IdentifyServer(settings, form);
        try {
            server.web.start();
            return server;
        } catch (RuntimeException e) {
            server.stopping.set(true);
            server.queue.close();
            server.workers.shutdown();
            throw unstarted(e, settings);
        }
    }

    private static RedrlException unstarted(RuntimeException error, ServeSettings settings) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                String why = String.valueOf(cause.getMessage());
                return why.contains("in use")
                        ? new RedrlException("Port " + settings.port() + " of " + settings.address()
                                + " is taken, perhaps by another redrl serve: name another with --port")
                        : new RedrlException(
                                "Cannot listen at " + settings.address() + ":" + settings.port() + ": " + why, cause);
            }
            if (cause instanceof UnknownHostException) {
                return new RedrlException("There is no address " + settings.address() + " on this machine");
            }
        }
        String why = String.valueOf(error.getMessage());
        return why.contains("in use")
                ? new RedrlException("Port " + settings.port() + " of " + settings.address()
                        + " is taken, perhaps by another redrl serve: name another with --port")
                : new RedrlException("Could not start the server: " + error, error);
    }

    /** Done when images are answered; fails if the models cannot be opened. */
    public CompletableFuture<Void> ready() {
        return queue.ready().thenAccept(identifier -> {});
    }

    /** The port that it listens at. */
    public int port() {
        return connector == null ? 0 : connector.getLocalPort();
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.http.asyncTimeout = 0;
        config.http.defaultContentType = "text/plain; charset=utf-8";
        config.jetty.threadPool = new QueuedThreadPool(CONNECTION_THREADS, 2, (int) IDLE.toMillis());
        config.jetty.modifyHttpConfiguration(IdentifyServer::configure);
        config.jetty.modifyServer(server -> server.setErrorHandler(new ProblemPages(log, metrics)));
        config.jetty.addConnector(this::connector);
        config.routes.before(this::begin);
        PageFile.all()
                .forEach(file -> config.routes.get(
                        file.address(), ctx -> ctx.contentType(file.type()).result(file.content())));
        config.routes.get("/health", ctx -> ctx.contentType("application/json").result("{\"status\":\"up\"}"));
        config.routes.get("/ready", this::ready);
        config.routes.get("/metrics", guarded(ctx -> ctx.contentType("text/plain; version=0.0.4; charset=utf-8")
                .result(metrics.text())));
        config.routes.get("/api/v1/models", guarded(this::models));
        config.routes.post(IDENTIFY, guarded(this::identify));
        config.routes.exception(Problem.Refusal.class, (refusal, ctx) -> refuse(ctx, refusal.problem()));
        config.routes.exception(HttpResponseException.class, (error, ctx) -> refuseUnmatched(ctx, error));
        config.routes.exception(Exception.class, (error, ctx) -> fail(ctx, error));
        config.requestLogger.http((ctx, milliseconds) -> end(ctx));
    }

    private static void configure(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(LARGEST_HEADERS);
        http.setUriCompliance(UriCompliance.RFC3986);
        http.setIdleTimeout(IDLE.toMillis());
    }

    private ServerConnector connector(Server server, HttpConfiguration http) {
        ServerConnector made = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        made.setHost(settings.address());
        made.setPort(settings.port());
        made.setIdleTimeout(IDLE.toMillis());
        made.setAcceptQueueSize(WAITING_CONNECTIONS);
        connector = made;
        return made;
    }

    private void begin(Context ctx) {
        metrics.began();
        // Only then all of the answer is on its way.
        Request.addCompletionListener(
                ServletContextRequest.getServletContextRequest(ctx.req()), failure -> metrics.ended());
        ctx.attribute(BEGAN, System.nanoTime());
        ctx.attribute(ID, RequestLog.newId());
        SecurityHeaders.ALL.forEach(ctx::header);
        ctx.header(RequestLog.HEADER, id(ctx));
        if (stopping.get()) {
            ctx.header("Connection", "close");
        }
        settings.access().requireHost(ctx.header("Host"));
    }

    private static String id(Context ctx) {
        return Optional.<String>ofNullable(ctx.attribute(ID)).orElse(NOWHERE);
    }

    private void end(Context ctx) {
        long began = Optional.<Long>ofNullable(ctx.attribute(BEGAN)).orElseGet(System::nanoTime);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        String route = route(ctx);
        int status = ctx.statusCode();
        metrics.answered(route, status, took);
        log.write(
                id(ctx),
                ctx.ip(),
                ctx.method().name(),
                route,
                status,
                took,
                Optional.<Integer>ofNullable(ctx.attribute(BYTES)).orElse(0),
                Optional.<Integer>ofNullable(ctx.attribute(IMAGES)).orElse(0));
    }

    private static String route(Context ctx) {
        return ctx.endpoints().lastHttpEndpoint() == null
                ? NOWHERE
                : ctx.endpoints().lastHttpEndpoint().path;
    }

    private Handler guarded(Handler handler) {
        return ctx -> {
            settings.access().requireToken(ctx.header("Authorization"));
            Access.requireOwnPage(ctx.header("Sec-Fetch-Site"));
            handler.handle(ctx);
        };
    }

    private void ready(Context ctx) {
        identifier();
        ctx.contentType("application/json").result("{\"status\":\"ready\"}");
    }

    /** @throws Problem.Refusal if it is not there yet or not any more */
    private Identifier identifier() {
        if (stopping.get()) {
            throw Problem.later(503, "This server is being stopped", 5).refusal();
        }
        if (!queue.ready().isDone()) {
            throw Problem.later(503, "The models are being opened", 1).refusal();
        }
        return queue.ready().join();
    }

    private void models(Context ctx) {
        String list = models;
        if (list == null) {
            list = Json.line(ModelList.of(identifier(), settings.models(), settings.limits()));
            models = list;
        }
        ctx.contentType("application/json").result(list);
    }

    private void identify(Context ctx) throws IOException {
        Upload.requireType(ctx.contentType());
        Ask ask = Ask.of(
                settings.identify(),
                ctx.queryParamMap(),
                Ask.wantsHtml(Optional.ofNullable(ctx.header("Accept")).orElse("")));
        Identifier identifier = identifier();
        ask.requireOf(identifier);
        ctx.future(() -> answer(ctx, ask, identifier));
    }

    /** Never fails: what goes wrong becomes a problem. */
    private CompletableFuture<?> answer(Context ctx, Ask ask, Identifier identifier) {
        RequestBody body;
        try {
            body = RequestBody.of(ctx.req(), settings.limits(), memory);
        } catch (Problem.Refusal refusal) {
            return CompletableFuture.runAsync(() -> refuse(ctx, refusal.problem()), workers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return body.whole()
                .handleAsync(
                        (bytes, error) -> {
                            if (error != null) {
                                throw unarrived(error);
                            }
                            return request(ctx, ask, bytes);
                        },
                        workers)
                .thenCompose(request -> request.judge(queue, settings.limits())
                        .handleAsync((ok, error) -> give(ctx, request, error, identifier), workers))
                .handleAsync(
                        (ok, error) -> {
                            body.release();
                            if (error != null) {
                                refuse(ctx, error);
                            }
                            return null;
                        },
                        workers);
    }

    private static Problem.Refusal unarrived(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                return Problem.of(408, "The request took too long to arrive").refusal();
            }
            if (cause instanceof Problem.Refusal refusal) {
                return refusal;
            }
        }
        return Problem.of(400, "The request ended before all of it had arrived").refusal();
    }

    private IdentifyRequest request(Context ctx, Ask ask, byte[] bytes) {
        ServeLimits limits = settings.limits();
        ctx.attribute(BYTES, bytes.length);
        IdentifyRequest request = new IdentifyRequest(
                ask, Upload.in(ctx.contentType(), bytes, ask.name(), limits.images()), limits.pixels());
        ctx.attribute(IMAGES, request.images());
        return request;
    }

    private @Nullable Void give(
            Context ctx, IdentifyRequest request, @Nullable Throwable error, Identifier identifier) {
        if (error != null) {
            request.cancel();
            throw error instanceof TimeoutException
                    ? Problem.later(503, "The images were not judged in time: try again later", queue.retryAfter())
                            .refusal()
                    : error instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(error);
        }
        IdentifyRequest.Answer answer = request.answer(identifier, form, metrics);
        ctx.contentType(answer.type()).result(answer.text());
        return null;
    }

    private void refuse(Context ctx, Throwable error) {
        IdentifyRequest.problem(error).ifPresentOrElse(problem -> refuse(ctx, problem), () -> fail(ctx, error));
    }

    private static void refuseUnmatched(Context ctx, HttpResponseException error) {
        if (error.getStatus() == 405) {
            ctx.header("Allow", error.getDetails().getOrDefault("availableMethods", ""));
        }
        refuse(
                ctx,
                Problem.of(
                        error.getStatus(),
                        switch (error.getStatus()) {
                            case 404 -> "There is nothing at this address: /api/v1 lists what there is";
                            case 405 -> "This address answers other methods";
                            default -> "The request was refused";
                        }));
    }

    private static void refuse(Context ctx, Problem problem) {
        problem.retryAfter().ifPresent(seconds -> ctx.header("Retry-After", Integer.toString(seconds)));
        if (problem.status() == 401) {
            ctx.header("WWW-Authenticate", "Bearer");
        }
        if (problem.status() == 408 || problem.status() == 413) {
            ctx.header("Connection", "close");
        }
        ctx.status(problem.status()).contentType(Problem.MEDIA_TYPE).result(Json.line(problem.of(id(ctx))));
    }

    private void fail(Context ctx, Throwable error) {
        log.error(id(ctx), error);
        refuse(ctx, Problem.of(500, "Something went wrong here; the server's log has more under this id"));
    }

    /** Takes nothing new, answers what is under way for up to 8 seconds, and closes the models. */
    @Override
    public void close() {
        stop();
    }

    /** As {@link #close}; tells whether everything has ended, or a network is still at work. */
    public boolean stop() {
        long end = System.nanoTime() + DRAIN.toNanos();
        stopping.set(true);
        if (connector != null) {
            var unused = connector.shutdown(); // Done when its connections are; what is under way is waited for below.
        }
        while (metrics.underWay() > 0 && System.nanoTime() < end) {
            pause();
        }
        queue.close();
        web.stop();
        workers.shutdown();
        return queue.awaitEnd(
                Duration.ofNanos(Math.max(0, end - System.nanoTime())).plusMillis(500));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.redrl.cli;

import io.redrl.base.Checks;
import io.redrl.base.Reason;
import io.redrl.base.RedrlException;
import io.redrl.identify.IdentifiedFile;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;
import io.redrl.identify.IdentifySettings.Depth;
import io.redrl.image.LargeImagePolicy;
import io.redrl.web.Access;
import io.redrl.web.IdentifyServer;
import io.redrl.web.ServeSettings;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code redrl serve}. */
@Command(
        name = "serve",
        description =
                "A page on which one drops images, and the same as a REST service: what redrl identify says of them."
                        + " Runs until Ctrl-C or kill, which let it answer what is under way.",
        exitCodeList = {
            ExitCodes.DONE + ":stopped by Ctrl-C or kill",
            ExitCodes.FAILED + ":failed; standard error says why",
            ExitCodes.USAGE + ":wrong usage; nothing was begun"
        },
        footer = {
            "",
            "Only this machine reaches it unless --address names another one of its addresses, which needs --token-file."
                    + " What is sent is not written to a disk and not kept after the answer. docs/serve.md has more.",
            "Example: ./redrl serve --victim mine.pt"
        })
final class ServeCommand implements Runnable {
    private static final int MOST_TILES = 64;
    private static final int GAIN = 8;
    private static final int LOOK_MILLISECONDS = 50;

    private final RedrlCommand redrl;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "Where it listens; 0 for any that is free. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "Which of this machine's addresses it listens at; 0.0.0.0 for all. Default: ${DEFAULT-VALUE}, which"
                            + " only this machine reaches.")
    private String address;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Answers only those who send a token of this file (one a line) as Authorization: Bearer TOKEN."
                            + " Make one with openssl rand -hex 32.")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(
            names = "--no-token",
            description = "Listen at an address that others reach, and answer everybody. For a closed network only.")
    private boolean noToken;

    @Option(
            names = "--host-name",
            paramLabel = "NAME",
            description = "A name by which it is called, such as that of the proxy before it; may be repeated. At"
                    + " 127.0.0.1 other names than localhost are refused, so that pages of others cannot ask.")
    private List<String> hostNames = List.of();

    @Mixin
    private LimitOptions limits = new LimitOptions();

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Option(
            names = "--classes",
            paramLabel = "CLASSES",
            defaultValue = "all",
            description =
                    "What verdicts are in: all (families of attacks and their algorithms) or paper (its six classes)."
                            + " Default: ${DEFAULT-VALUE}.")
    private IdentifySettings.Classes classes;

    @Option(
            names = "--prior",
            paramLabel = "SHARE",
            description =
                    "Which share of images is expected to be attacked, where a request does not say. Default: the model's"
                            + " own.")
    private Optional<Double> prior = Optional.empty();

    ServeCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        long start = System.nanoTime();
        ServeSettings settings = settings();
        try (IdentifyServer server = IdentifyServer.start(settings, ServeCommand::answer)) {
            String url =
                    "http://" + (address.contains(":") ? "[" + address + "]" : address) + ":" + server.port() + "/";
            redrl.out().println("Listening at " + url);
            awaitReady(server);
            redrl.out().printf(Locale.ROOT, "Ready after %.1f s; Ctrl-C ends%n", (System.nanoTime() - start) / 1e9);
            while (!redrl.progress().stopRequested()) {
                sleep();
            }
            if (!server.stop()) {
                // A network is still at work: ending the usual way would wait for it or crash.
                redrl.problem("what is under way takes too long and is left unanswered");
                Runtime.getRuntime().halt(ExitCodes.DONE);
            }
        }
    }

    private void awaitReady(IdentifyServer server) {
        while (!server.ready().isDone() && !redrl.progress().stopRequested()) {
            sleep();
        }
        if (server.ready().isCompletedExceptionally()) {
            try {
                server.ready().join();
            } catch (CompletionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw cause instanceof RedrlException known
                        ? known
                        : new RedrlException("The models could not be opened: " + Reason.of(cause), cause);
            }
        }
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ServeSettings settings() {
        modelOptions.check(spec.commandLine());
        WrongUsage.unless(
                spec.commandLine(), !noToken || tokenFile.isEmpty(), "--token-file and --no-token exclude each other");
        Set<String> own = WrongUsage.unless(spec.commandLine(), () -> Access.hostsOf(address));
        boolean loopback = !own.isEmpty();
        WrongUsage.unless(
                spec.commandLine(),
                loopback || noToken || tokenFile.isPresent(),
                "others reach " + address + ": name a --token-file, or say --no-token if everybody there may ask");
        if (!loopback) {
            redrl.warn(
                    noToken
                            ? "everybody who reaches " + address + " may have images judged, and may read the metrics"
                            : "tokens and images travel unencrypted: put a proxy with TLS before it (docs/serve.md)");
        }
        Set<String> hosts = new HashSet<>(own);
        hosts.addAll(hostNames);
        Access access = tokenFile.map(file -> Access.withTokens(file, hosts)).orElseGet(() -> Access.open(hosts));
        IdentifySettings identify = WrongUsage.unless(
                spec.commandLine(),
                () -> new IdentifySettings(LargeImagePolicy.TILES, MOST_TILES, Depth.DETAILS, GAIN, classes, prior));
        WrongUsage.unless(spec.commandLine(), () -> Checks.inRange("--port", port, 0, 65_535));
        IdentifyModels models = modelOptions.models(spec.commandLine());
        return new ServeSettings(address, port, access, limits.limits(spec.commandLine()), models, identify);
    }

    /** That of {@code redrl identify --json}. */
    static Object answer(
            String judge,
            List<String> notes,
            List<IdentifiedFile> files,
            Function<IdentifiedFile, Map<String, String>> pictures) {
        IdentifyResult.Builder result = new IdentifyResult.Builder(judge, notes, Gate.DEFAULT);
        files.forEach(file -> result.add(file, pictures.apply(file)));
        return result.build();
    }
}

package io.redrl.web;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask.
 *
 * @param tokens SHA-256 of those that are accepted; none if nobody needs one
 * @param hosts names, in small letters, by which the service may be called; none for any. Pages of others whose name leads to this
 *     machine cannot ask then
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared as records.
public record Access(List<byte[]> tokens, Set<String> hosts) {
    private static final int SHORTEST = 16;
    private static final long LARGEST_FILE = 1 << 20;
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +([!-~]+) *");
    private static final Set<String> OWN = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Copies the lists. */
    public Access {
        tokens = List.copyOf(tokens);
        hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Nobody needs a token. */
    public static Access open(Set<String> hosts) {
        return new Access(List.of(), hosts);
    }

    /**
     * Tokens of a file, one on each line, for a while several; lines that begin with {@code #} are left out.
     *
     * @throws RedrlException if there is none, or one is short enough to be guessed
     */
    public static Access withTokens(Path file, Set<String> hosts) {
        try {
            Checks.require(Files.exists(file), "There is no token file %s", file);
            Checks.require(
                    Files.isRegularFile(file) && Files.size(file) <= LARGEST_FILE,
                    "%s is no token file: a text file with a token on each line is expected",
                    file);
            List<String> lines = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
            Checks.require(!lines.isEmpty(), "%s has no token: put one on a line", file);
            for (String line : lines) {
                Checks.require(
                        line.length() >= SHORTEST && line.chars().allMatch(c -> c > ' ' && c <= '~'),
                        "A token in %s has fewer than %d letters or has spaces: make one with openssl rand -hex 32",
                        file,
                        SHORTEST);
            }
            return new Access(lines.stream().map(Access::hash).toList(), hosts);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    /** The names by which the service is called at an address: those of this machine alone at a loopback address, else any. */
    public static Set<String> hostsOf(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress() ? OWN : Set.of();
        } catch (UnknownHostException e) {
            throw new RedrlException("There is no address " + address + " on this machine", e);
        }
    }

    /** Whether requests need a token. */
    public boolean needsToken() {
        return !tokens.isEmpty();
    }

    /**
     * Looks at a request's header Authorization. Takes as long for a wrong token as for a right one.
     *
     * @throws Problem.Refusal unless it holds a token, or none is needed
     */
    void requireToken(@Nullable String authorization) {
        if (tokens.isEmpty()) {
            return;
        }
        Matcher bearer = BEARER.matcher(authorization == null ? "" : authorization);
        byte[] given = hash(bearer.matches() ? bearer.group(1) : "");
        boolean known = false;
        for (byte[] token : tokens) {
            known |= MessageDigest.isEqual(token, given);
        }
        if (!known) {
            throw Problem.of(
                            401,
                            authorization == null
                                    ? "This server answers those who know its token: send the header Authorization:"
                                            + " Bearer TOKEN"
                                    : "This is not the token of this server")
                    .refusal();
        }
    }

    /**
     * Looks at a request's header Host.
     *
     * @throws Problem.Refusal if it names another server
     */
    void requireHost(@Nullable String host) {
        if (!hosts.isEmpty() && (host == null || !hosts.contains(withoutPort(host)))) {
            throw Problem.of(
                            421,
                            "The request is for another host than this server is called by. Behind a proxy, name that"
                                    + " with --host-name")
                    .refusal();
        }
    }

    /**
     * Looks at where a browser says that a request comes from.
     *
     * @throws Problem.Refusal if that is the page of another site
     */
    static void requireOwnPage(@Nullable String site) {
        if ("cross-site".equals(site)) {
            throw Problem.of(403, "Pages of other sites may not ask this server")
                    .refusal();
        }
    }

    private static String withoutPort(String host) {
        return host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

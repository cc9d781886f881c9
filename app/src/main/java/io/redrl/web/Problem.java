package io.redrl.web;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.Optional;

/**
 * Why a request was not answered: a problem of RFC 9457.
 *
 * @param type {@code about:blank}: the status says all
 * @param title the status in words
 * @param status of HTTP
 * @param detail what was wrong and what to do, for people
 * @param requestId the id under which the server's log has the request; empty where there is none yet
 * @param retryAfter seconds after which it may be asked again; empty if asking again is of no use
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> requestId,
        @JsonIgnore Optional<Integer> retryAfter) {
    /** The media type. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad request"),
            Map.entry(401, "Token needed"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not found"),
            Map.entry(405, "Method not allowed"),
            Map.entry(408, "Too slow"),
            Map.entry(413, "Too large"),
            Map.entry(414, "Address too long"),
            Map.entry(415, "Unsupported type"),
            Map.entry(421, "Unknown host"),
            Map.entry(422, "Unreadable image"),
            Map.entry(429, "Too many requests"),
            Map.entry(431, "Headers too large"),
            Map.entry(500, "Error in redrl"),
            Map.entry(503, "Not available"));

    static Problem of(int status, String detail) {
        return new Problem(
                "about:blank",
                TITLES.getOrDefault(status, "Error " + status),
                status,
                detail,
                Optional.empty(),
                Optional.empty());
    }

    /** May be asked again later. */
    static Problem later(int status, String detail, int seconds) {
        return of(status, detail).retryAfter(seconds);
    }

    private Problem retryAfter(int seconds) {
        return new Problem(type, title, status, detail, requestId, Optional.of(seconds));
    }

    Problem of(String id) {
        return new Problem(type, title, status, detail, Optional.of(id), retryAfter);
    }

    /** To be thrown. */
    Refusal refusal() {
        return new Refusal(this);
    }

    /** Ends a request with a problem. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        private Refusal(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }
}

package io.redrl.web;

import io.redrl.base.OneLine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Log of requests: a line for each, with its id, and nothing of what was sent. */
final class RequestLog {
    /** The header that tells the id. */
    static final String HEADER = "X-Request-Id";

    private static final Logger LOG = LoggerFactory.getLogger("io.redrl.web.requests");
    private static final SecureRandom RANDOM = new SecureRandom();

    static String newId() {
        byte[] id = new byte[6];
        RANDOM.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /**
     * Writes the line of a request that was answered.
     *
     * @param route a pattern, never what somebody sent
     */
    void write(String id, String from, String method, String route, int status, Duration took, long bytes, int images) {
        if (LOG.isInfoEnabled()) {
            LOG.info(
                    "id={} from={} method={} route={} status={} ms={} bytes={} images={}",
                    id,
                    OneLine.of(from),
                    method,
                    route,
                    status,
                    took.toMillis(),
                    bytes,
                    images);
        }
    }

    /** Writes why a request could not be answered; its line follows. */
    void error(String id, Throwable error) {
        LOG.error("id={} could not be answered", id, error);
    }
}

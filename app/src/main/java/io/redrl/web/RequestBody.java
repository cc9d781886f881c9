package io.redrl.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Body of a request, read as it arrives: no thread waits for slow senders. What is too large is read on and thrown away, for
 * many clients look at the answer only after they have sent everything.
 */
final class RequestBody implements ReadListener {
    /** So much of a body that is refused is read on. */
    private static final long MOST_DISCARDED = 256L << 20;

    private static final int PIECE = 16 << 10;
    private static final int FIRST = 64 << 10;

    private final ServletInputStream in;
    private final int most;
    private final UploadMemory memory;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final byte[] piece = new byte[PIECE];
    private @Nullable ByteArrayOutputStream body;
    private @Nullable Problem refused;
    private long arrived;
    private long taken;
    private boolean done;

    private RequestBody(ServletInputStream in, int most, int first, UploadMemory memory) {
        this.in = in;
        this.most = most;
        this.memory = memory;
        this.body = new ByteArrayOutputStream(first);
    }

    /**
     * Begins to read.
     *
     * @param request whose answer is given asynchronously
     */
    static RequestBody of(HttpServletRequest request, ServeLimits limits, UploadMemory memory) throws IOException {
        long length = request.getContentLengthLong();
        if (length > limits.bytes() && request.getHeader("Expect") != null) {
            throw tooLarge(limits.bytes()).refusal(); // Whoever asks first is told before he sends.
        }
        RequestBody body = new RequestBody(
                request.getInputStream(),
                limits.bytes(),
                (int) Math.max(1, Math.min(length < 0 ? FIRST : length, FIRST)),
                memory);
        body.whole.orTimeout(limits.upload().toMillis(), TimeUnit.MILLISECONDS);
        body.in.setReadListener(body);
        return body;
    }

    private static Problem tooLarge(int most) {
        return Problem.of(413, String.format(Locale.ROOT, "A request may have %d bytes here, this one has more", most));
    }

    /** All of it; fails with a {@link Problem.Refusal} or, after the time that a request may take, a {@link TimeoutException}. */
    CompletableFuture<byte[]> whole() {
        return whole;
    }

    /** Gives its memory back. To be called when the request is done with, whatever came of it. */
    synchronized void release() {
        done = true;
        body = null;
        memory.give(taken);
        taken = 0;
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (in.isReady()) {
            int read = in.read(piece);
            if (read < 0) {
                return;
            }
            if (!keep(read)) {
                return;
            }
        }
    }

    /** Whether to read on. */
    private synchronized boolean keep(int read) {
        arrived += read;
        if (done) {
            return false;
        }
        if (refused == null) {
            if (arrived > most) {
                refuse(tooLarge(most));
            } else if (!memory.take(read)) {
                refuse(Problem.later(503, "Too much is being sent to this server at the moment: try again later", 2));
            } else if (body != null) {
                taken += read;
                body.write(piece, 0, read);
            }
        }
        if (refused != null && arrived > MOST_DISCARDED) {
            whole.completeExceptionally(refused.refusal());
            return false;
        }
        return true;
    }

    private void refuse(Problem problem) {
        refused = problem;
        body = null;
        memory.give(taken);
        taken = 0;
    }

    @Override
    public void onAllDataRead() {
        byte[] bytes;
        synchronized (this) {
            bytes = body == null ? new byte[0] : body.toByteArray();
            body = null;
        }
        if (refused != null) {
            whole.completeExceptionally(refused.refusal());
        } else {
            whole.complete(bytes);
        }
    }

    @Override
    public void onError(Throwable error) {
        whole.completeExceptionally(
                error instanceof TimeoutException
                        ? error
                        : Problem.of(400, "The request ended before all of it had arrived")
                                .refusal());
    }
}

package io.redrl.web;

import io.redrl.base.Checks;
import java.time.Duration;

/**
 * Limits of the service.
 *
 * @param bytes most bytes of one request's body
 * @param pixels most pixels of one image
 * @param images most images of one request
 * @param queue most images that wait to be judged, of all requests together
 * @param memory most bytes of bodies in memory, of all requests together
 * @param upload how long a request may take to arrive
 * @param answer how long it may take to be answered after that
 * @param window a batch begins when no further image has come for so long, at the latest after eight times that
 * @param batch most images that are judged together
 */
public record ServeLimits(
        int bytes,
        long pixels,
        int images,
        int queue,
        long memory,
        Duration upload,
        Duration answer,
        Duration window,
        int batch) {
    /** For one machine and a few users. */
    public static final ServeLimits DEFAULTS = new ServeLimits(
            20 << 20,
            16_000_000,
            64,
            256,
            256L << 20,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMillis(3),
            64);

    /** Checks the ranges. */
    public ServeLimits {
        Checks.inRange("bytes of a request", bytes, 1, 1 << 30);
        Checks.require(pixels > 0, "pixels of an image must be positive, got %s", pixels);
        Checks.inRange("images of a request", images, 1, 100_000);
        Checks.inRange("images that wait", queue, 1, 1_000_000);
        Checks.require(
                queue >= images,
                "%s images of one request cannot wait in a queue of %s: the queue must be at least as long",
                images,
                queue);
        Checks.require(
                memory >= bytes,
                "the memory of all requests must hold at least one of %s bytes, got %s bytes",
                bytes,
                memory);
        Checks.require(
                upload.toMillis() > 0 && answer.toMillis() > 0,
                "times must be positive, got %s s and %s s",
                upload.toMillis() / 1e3,
                answer.toMillis() / 1e3);
        Checks.require(
                !window.isNegative() && window.compareTo(Duration.ofSeconds(1)) <= 0,
                "the time in which requests are gathered must be between 0 and 1000 ms, got %s ms",
                window.toMillis());
        Checks.inRange("images of a batch", batch, 1, 64);
    }
}

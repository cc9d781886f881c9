/**
 * The service behind {@code redrl serve}: a page and a REST interface for identification, on Javalin.
 *
 * <p>A request's body is read without a thread waiting for it ({@link io.redrl.web.RequestBody}), split into images
 * ({@link io.redrl.web.Upload}), and judged together with those of other requests ({@link io.redrl.web.IdentifyQueue}). Nothing of it
 * is written to a disk or kept after the answer.
 *
 * <p>May use: {@code base}, {@code image}, {@code identify}, {@code report}; and {@code attribution} and {@code evaluation} for the names
 * of classes. Knows no LibTorch type.
 */
@NullMarked
package io.redrl.web;

import org.jspecify.annotations.NullMarked;

/**
 * Measures attacks, saliency and training against what one would write without them ({@code Plain*}, one file for each attack,
 * {@code PlainRedrlStep}).
 *
 * <p>May use: base, tensor, data, model, attack, saliency, recognition with adversarial for the examples of a training step, and
 * evaluation for what a run ran on.
 */
@NullMarked
package io.redrl.bench;

import org.jspecify.annotations.NullMarked;

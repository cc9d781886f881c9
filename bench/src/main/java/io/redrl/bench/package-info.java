/**
 * Measures attacks, saliency and training against what one would write without them ({@code Plain*}, one file for each attack,
 * {@code PlainRedrlStep}).
 *
 * <p>Also how fast and how good identification is.
 *
 * <p>May use: base, tensor, data, model, attack, adversarial, saliency, identify, recognition for a training step, and evaluation
 * for what a run ran on.
 */
@NullMarked
package io.redrl.bench;

import org.jspecify.annotations.NullMarked;

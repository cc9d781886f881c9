/**
 * Measures the attacks against the plain loops that one would write without them ({@code Plain*}, one file per attack).
 *
 * <p>Also saliency against a loop over single images, and how fast and how good identification is.
 *
 * <p>May use: base, tensor, data, model, attack, adversarial, saliency, identify, and evaluation for what a run ran on.
 */
@NullMarked
package io.redrl.bench;

import org.jspecify.annotations.NullMarked;

/**
 * REDRL: the four losses, training end to end, the baselines (the same code with another input), the recogniser.
 *
 * <p>May use: base, tensor, data, model, training, attack, adversarial.
 */
@NullMarked
package io.redrl.recognition;

import org.jspecify.annotations.NullMarked;

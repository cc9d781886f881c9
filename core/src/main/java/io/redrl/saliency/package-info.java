/**
 * Saliency: which filters (parameter space) and which pixels (input space) of a victim an image, and an attack, speaks to.
 *
 * <p>May use: base, tensor, data, model, attack, adversarial.
 */
@NullMarked
package io.redrl.saliency;

import org.jspecify.annotations.NullMarked;

/**
 * Identification: everything that can be said of an image alone. Which attack, how sure, what it changed and where, what the image
 * was before, what a victim makes of either. Results are plain values.
 *
 * <p>May use: base, tensor, image, data, model, attack, calibration, recognition, saliency, evaluation.
 */
@NullMarked
package io.redrl.identify;

import org.jspecify.annotations.NullMarked;

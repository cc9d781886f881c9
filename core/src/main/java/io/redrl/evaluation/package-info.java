/**
 * Confusion matrices and the paper's tables as plain records, measured on adversarial sets.
 *
 * <p>May use: base, stats, tensor, image, data, model, attack, adversarial, calibration, saliency (its records).
 */
@NullMarked
package io.redrl.evaluation;

import org.jspecify.annotations.NullMarked;

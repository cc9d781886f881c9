/**
 * Confusion matrices and the paper's tables as plain records, measured on adversarial sets.
 *
 * <p>May use: base, tensor, data, model, attack, adversarial, recognition, saliency (its records).
 */
@NullMarked
package io.redrl.evaluation;

import org.jspecify.annotations.NullMarked;

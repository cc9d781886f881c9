/**
 * HTML and figures from plain records; never sees a tensor.
 *
 * <p>May use: base, stats, image, and the records of adversarial, saliency, evaluation and identify. Templates are in {@code
 * src/main/jte}.
 */
@NullMarked
package io.redrl.report;

import org.jspecify.annotations.NullMarked;

/**
 * HTML and figures from plain records; never sees a tensor.
 *
 * <p>May use: base, and the records of adversarial, saliency, evaluation and identify.
 */
@NullMarked
package io.redrl.report;

import org.jspecify.annotations.NullMarked;

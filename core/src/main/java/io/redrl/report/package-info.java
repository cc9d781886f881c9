/**
 * HTML and figures from plain records; never sees a tensor.
 *
 * <p>May use: base, saliency (its records), evaluation.
 */
@NullMarked
package io.redrl.report;

import org.jspecify.annotations.NullMarked;

/**
 * HTML and figures from plain records; never sees a tensor.
 *
 * <p>May use: base, evaluation.
 */
@NullMarked
package io.redrl.report;

import org.jspecify.annotations.NullMarked;

/**
 * Calibrated probabilities and out-of-distribution scores from a recogniser's activations. Uses {@code base}, {@code stats}, {@code image}, {@code tensor}.
 */
@NullMarked
package io.redrl.calibration;

import org.jspecify.annotations.NullMarked;

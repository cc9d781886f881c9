/**
 * Calibration of a recogniser from its activations: probabilities (temperature, vector scaling), out-of-distribution scores with a
 * threshold, and the synthetic outliers that a score is chosen on. Uses {@code base}, {@code stats}, {@code tensor}, {@code image},
 * {@code data}, {@code attack}, {@code adversarial}.
 */
@NullMarked
package io.redrl.calibration;

import org.jspecify.annotations.NullMarked;

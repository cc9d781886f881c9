/**
 * Measures the attacks against the plain loops that one would write without them ({@code Plain*}, one file per attack).
 *
 * <p>May use: base, tensor, data, model, attack, and evaluation for what a run ran on.
 */
@NullMarked
package io.redrl.bench;

import org.jspecify.annotations.NullMarked;

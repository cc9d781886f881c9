/**
 * Benchmarks: whole runs ({@code *Command}) and single steps under JMH ({@code *Benchmark}), against the loops that one would write
 * without this project ({@code Plain*}).
 *
 * <p>May use: base, stats, tensor, image, data, model, attack, adversarial, saliency, identify, recognition for a training step, and
 * evaluation for what a run ran on.
 */
@NullMarked
package io.redrl.bench;

import org.jspecify.annotations.NullMarked;

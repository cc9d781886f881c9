/**
 * Benchmarks: whole runs ({@code *Command}) and single steps under JMH ({@code *Benchmark}), against the loops that one would write
 * without this project ({@code Plain*}). Uses {@code base}, {@code stats}, {@code tensor}, {@code image}, {@code data}, {@code model},
 * {@code attack}, {@code adversarial}, {@code recognition} for a training step, {@code saliency}, {@code identify}, and
 * {@code evaluation} for what a run ran on.
 */
@NullMarked
package io.redrl.bench;

import org.jspecify.annotations.NullMarked;

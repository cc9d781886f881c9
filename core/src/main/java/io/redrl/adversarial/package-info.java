/**
 * Adversarial sets: the plan of what to attack, Parquet shards that are complete or absent, resume, export.
 *
 * <p>May use: base, stats, tensor, image, data, model, attack.
 */
@NullMarked
package io.redrl.adversarial;

import org.jspecify.annotations.NullMarked;

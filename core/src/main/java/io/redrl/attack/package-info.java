/**
 * The attacks, one file each, which reads like its paper; specs are data, success is checked by a new prediction.
 *
 * <p>May use: base, stats, tensor, image, data, model.
 */
@NullMarked
package io.redrl.attack;

import org.jspecify.annotations.NullMarked;

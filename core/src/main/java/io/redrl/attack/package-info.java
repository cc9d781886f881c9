/**
 * The attacks, one file each, which reads like its paper; specs are data, success is re-checked by prediction.
 *
 * <p>May use: base, tensor, data, model.
 */
@NullMarked
package io.redrl.attack;

import org.jspecify.annotations.NullMarked;

/**
 * Scopes, devices, precision, norms and weight files: the only package that knows how native memory works.
 *
 * <p>May use: base, image.
 */
@NullMarked
package io.redrl.tensor;

import org.jspecify.annotations.NullMarked;

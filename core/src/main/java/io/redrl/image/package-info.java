/**
 * Images: bytes and shape, their files, scaling, tiles and corruptions.
 *
 * <p>May use: base.
 */
@NullMarked
package io.redrl.image;

import org.jspecify.annotations.NullMarked;

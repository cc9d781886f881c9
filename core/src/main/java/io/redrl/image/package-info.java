/**
 * Images as bytes and shape, their files, scaling, tiles and corruptions. Uses {@code base}.
 */
@NullMarked
package io.redrl.image;

import org.jspecify.annotations.NullMarked;

/**
 * Data sets: CIFAR-10, Tiny ImageNet and image folders behind one interface, fetching with checksums.
 *
 * <p>May use: base, image.
 */
@NullMarked
package io.redrl.data;

import org.jspecify.annotations.NullMarked;

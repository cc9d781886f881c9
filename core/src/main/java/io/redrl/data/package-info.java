/**
 * Images: CIFAR-10, Tiny ImageNet and image folders behind one interface, fetching with checksums, the 8-bit codec.
 *
 * <p>May use: base, tensor.
 */
@NullMarked
package io.redrl.data;

import org.jspecify.annotations.NullMarked;

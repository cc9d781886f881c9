/**
 * Networks: victims (pixels in [0, 1] to logits, normalisation inside), REDRL's reconstructor, attack classifier and
 * feature extractor, and their weights on disk.
 *
 * <p>May use: base, tensor, image, data.
 */
@NullMarked
package io.redrl.model;

import org.jspecify.annotations.NullMarked;

/**
 * Saliency of attacked images: which filters of a victim (parameter space) and which pixels (input space) an attack activates.
 * Uses {@code base}, {@code stats}, {@code tensor}, {@code image}, {@code data}, {@code model}, {@code attack}.
 */
@NullMarked
package io.redrl.saliency;

import org.jspecify.annotations.NullMarked;

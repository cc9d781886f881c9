/**
 * Features that the attack classifier Ψ may see beside the image: SRM filters, the linear prediction residual, victim features. Uses
 * {@code base}, {@code tensor}, {@code model}, {@code adversarial}.
 */
@NullMarked
package io.redrl.features;

import org.jspecify.annotations.NullMarked;

/**
 * Training of victims: recipes, augmentation, a trainer that goes on where it was stopped, accuracy. Schedules and
 * checkpoints serve the training of recognisers too.
 *
 * <p>May use: base, stats, tensor, image, data, model.
 */
@NullMarked
package io.redrl.training;

import org.jspecify.annotations.NullMarked;

/**
 * What training victims and training the recogniser share: schedules, augmentation, checkpoints; and the victims'
 * own trainer.
 *
 * <p>May use: base, tensor, data, model.
 */
@NullMarked
package io.redrl.training;

import org.jspecify.annotations.NullMarked;

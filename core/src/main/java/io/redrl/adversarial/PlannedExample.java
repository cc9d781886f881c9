package io.redrl.adversarial;

import io.redrl.attack.AttackClass;

/**
 * One row that a plan asks for.
 *
 * @param index the image
 * @param attack what is done to it
 * @param victim against whom; {@link AdversarialPlan#NO_VICTIM} for clean rows
 * @param config the attack's settings as one line of JSON; {@link AdversarialPlan#NO_CONFIG} for clean rows
 */
public record PlannedExample(int index, AttackClass attack, String victim, String config) {}

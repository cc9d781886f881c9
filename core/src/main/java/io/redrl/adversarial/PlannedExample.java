package io.redrl.adversarial;

/**
 * One row that a plan asks for.
 *
 * @param index the image
 * @param attack the id of what is done to it: {@code clean}, or an attack's
 * @param victim against whom; {@link AdversarialPlan#NO_VICTIM} for clean rows
 * @param config the attack's settings as one line of JSON; {@link AdversarialPlan#NO_CONFIG} for clean rows
 */
public record PlannedExample(int index, String attack, String victim, String config) {}

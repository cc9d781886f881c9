package io.redrl.attack;

/**
 * The settings of an attack: data, comparable and printable. Written as JSON with the attack's name under {@code attack};
 * read back (or from YAML) with missing settings taken from {@link AttackCatalog}.
 */
public interface AttackSpec {
    /** Which of the recogniser's classes images made by this attack belong to. */
    AttackClass attackClass();

    /** An attack with these settings. */
    Attack newAttack();

    /**
     * Whether it looks for the smallest perturbation that fools. Such images sit so near the boundary that rounding to
     * 8 bits undoes them, so {@link AttackRunner} gives them a quantisation-aware last step.
     */
    boolean minimalNorm();
}

package io.redrl.evaluation;

/** What Ψ is shown, and how what it is shown was trained. In the order in which tables list them. */
public enum RecogniserKind {
    /** Ψ sees the image alone: the paper's baseline. */
    IMAGE,
    /** Ψ sees the image and G's residual; all four losses: the paper's method. */
    REDRL,
    /** REDRL with this project's changes, {@code redrl+}. */
    PLUS,
    /** The same networks as REDRL, trained by the attack loss alone: a control for what the other losses bring. */
    ATTACK_LOSS_ONLY,
    /** Ψ sees the image and fixed high-pass maps of it, no reconstruction: a control for what G brings. */
    HIGH_PASS,
    /** Ψ sees the image and its true perturbation: the upper reference, which needs the clean image. */
    ORACLE,
    /** Anything else. */
    OTHER,
    /** The paper's ablation A: L_R + L_AC. */
    ABLATION_A,
    /** The paper's ablation B: L_R + L_AC + L_F. */
    ABLATION_B,
    /** The paper's ablation C: L_R + L_AC + L_IC. */
    ABLATION_C,
    /** {@code redrl+} without one of its changes. */
    PLUS_ABLATION;

    /** Whether it is a part of some method taken away, which has tables of its own and no place in the main ones. */
    public boolean ablation() {
        return compareTo(ABLATION_A) >= 0;
    }
}

package io.redrl.evaluation;

/** What Ψ is shown, and how what it is shown was trained. In the order in which tables list them. */
public enum RecogniserKind {
    /** Ψ sees the image alone: the paper's baseline. */
    IMAGE,
    /** Ψ sees the image and G's residual; all four losses: the paper's method. */
    REDRL,
    /** The same networks as REDRL, trained by the attack loss alone: a control for what the other losses bring. */
    ATTACK_LOSS_ONLY,
    /** Ψ sees the image and fixed high-pass maps of it, no reconstruction: a control for what G brings. */
    HIGH_PASS,
    /** Ψ sees the image and its true perturbation: the upper reference, which needs the clean image. */
    ORACLE,
    /** Anything else. */
    OTHER
}

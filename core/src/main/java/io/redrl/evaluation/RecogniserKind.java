package io.redrl.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Role of a recogniser: what Ψ is shown, and how what it is shown was trained. In the order in which tables list them. */
public enum RecogniserKind {
    /** Ψ sees the image alone: the paper's baseline. */
    IMAGE("Ψ on the image alone"),
    /** Ψ sees the image and G's residual; all four losses: the paper's method. */
    REDRL("REDRL"),
    /** REDRL with this project's changes, {@code redrl+}. */
    @JsonProperty("redrl-plus")
    PLUS("redrl+"),
    /** The same networks as REDRL, trained by the attack loss alone: a control for what the other losses bring. */
    ATTACK_LOSS_ONLY("REDRL's networks, L_AC alone"),
    /** Ψ sees the image and fixed high-pass maps of it, no reconstruction: a control for what G brings. */
    HIGH_PASS("Ψ on fixed high-pass maps"),
    /** Ψ sees the image and its true perturbation: the upper reference, which needs the clean image. */
    ORACLE("oracle: Ψ on the true perturbation"),
    /** Anything else. */
    OTHER("other"),
    /** The paper's ablation A: L_R + L_AC. */
    ABLATION_A("A: L_R + L_AC"),
    /** The paper's ablation B: L_R + L_AC + L_F. */
    ABLATION_B("B: A + L_F"),
    /** The paper's ablation C: L_R + L_AC + L_IC. */
    ABLATION_C("C: A + L_IC"),
    /** {@code redrl+} without one of its changes. */
    @JsonProperty("redrl-plus-ablation")
    PLUS_ABLATION("redrl+ without a part");

    private final String title;

    RecogniserKind(String title) {
        this.title = title;
    }

    /** How tables call a recogniser of this kind. */
    public String title() {
        return title;
    }

    /** Whether it is a part of some method taken away, which has tables of its own and no place in the main ones. */
    public boolean ablation() {
        return compareTo(ABLATION_A) >= 0;
    }
}

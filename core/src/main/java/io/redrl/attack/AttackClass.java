package io.redrl.attack;

import io.redrl.base.RedrlException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The A = 6 classes that the recogniser tells apart, in the paper's order. The ordinal is the class index of Ψ.
 */
public enum AttackClass {
    /** No attack. */
    CLEAN("clean", "clean"),
    /** Projected gradient descent, L∞. */
    PGD("pgd", "PGD"),
    /** DeepFool, L2. */
    DEEPFOOL("deepfool", "DeepFool"),
    /** Carlini and Wagner, L2. */
    CW_L2("cw-l2", "CW-L2"),
    /** Carlini and Wagner's objective in an L∞ ball. */
    CW_LINF("cw-linf", "CW-L∞"),
    /** Adversarial patch at a random place. */
    PATCH("patch", "patch");

    private final String id;
    private final String label;

    AttackClass(String id, String label) {
        this.id = id;
        this.label = label;
    }

    /** The name in files and on the command line. */
    public String id() {
        return id;
    }

    /** The name in tables, as the paper writes it. */
    public String label() {
        return label;
    }

    /** The five attacks, without clean. */
    public static List<AttackClass> attacks() {
        return List.of(PGD, DEEPFOOL, CW_L2, CW_LINF, PATCH);
    }

    /** The class with this {@link #id()}. */
    public static AttackClass of(String id) {
        return Arrays.stream(values())
                .filter(c -> c.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new RedrlException("Unknown attack class " + id + "; known: "
                        + Arrays.stream(values()).map(AttackClass::id).collect(Collectors.joining(", "))));
    }
}

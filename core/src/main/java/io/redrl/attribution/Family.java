package io.redrl.attribution;

import java.util.Arrays;
import java.util.List;

/** A family of attacks: those that solve one problem. Their order is that of the network's outputs. */
public enum Family {
    /** Not attacked, whatever else was done to the image. */
    CLEAN("clean", "clean"),
    /** The greatest loss within an L∞ ball. */
    LINF_BUDGET("linf-budget", "L∞ budget"),
    /** The smallest L∞ norm that fools. */
    LINF_MINIMAL("linf-minimal", "L∞ minimal"),
    /** The greatest loss within an L2 ball. */
    L2_BUDGET("l2-budget", "L2 budget"),
    /** The smallest L2 norm that fools. */
    L2_MINIMAL("l2-minimal", "L2 minimal"),
    /** Few changed values: a small L1 norm, or so many pixels. */
    SPARSE("sparse", "sparse"),
    /** The greatest loss within a rectangle of the image. */
    PATCH("patch", "patch"),
    /** The victim's answers alone, by squares of constant colour. */
    QUERY("query", "block query");

    private static final List<Family> ORDER = List.of(values());

    private final String id;
    private final String label;

    Family(String id, String label) {
        this.id = id;
        this.label = label;
    }

    /** Its place among the network's outputs, from 0. */
    public int index() {
        return ORDER.indexOf(this);
    }

    /** The name in files and on the command line. */
    public String id() {
        return id;
    }

    /** The name in tables. */
    public String label() {
        return label;
    }

    /** Whether its attacks use up an L∞ bound ε. */
    public boolean hasBudget() {
        return this == LINF_BUDGET || this == PATCH || this == QUERY;
    }

    /** Its algorithms, in their order. */
    public List<Algorithm> algorithms() {
        return Arrays.stream(Algorithm.values())
                .filter(algorithm -> algorithm.family() == this)
                .toList();
    }
}

package io.redrl.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The four families of the paper's victims. */
public enum VictimFamily {
    /** Residual networks. */
    RESNET,
    /** Residual networks with grouped convolutions. */
    RESNEXT,
    /** Densely connected networks. */
    DENSENET,
    /** Plain stacks of 3×3 convolutions. */
    VGG;

    /** The family that is a part of a victim's name, such as {@code my-resnext20}; empty if none is. */
    public static Optional<VictimFamily> in(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(family -> lower.contains(family.name().toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}

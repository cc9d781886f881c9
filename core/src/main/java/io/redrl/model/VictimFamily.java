package io.redrl.model;

/** The four families of the paper's victims. */
public enum VictimFamily {
    /** Residual networks. */
    RESNET,
    /** Residual networks with grouped convolutions. */
    RESNEXT,
    /** Densely connected networks. */
    DENSENET,
    /** Plain stacks of 3×3 convolutions. */
    VGG
}

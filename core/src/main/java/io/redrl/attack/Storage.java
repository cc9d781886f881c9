package io.redrl.attack;

/** How adversarial images are kept. */
public enum Storage {
    /** Rounded half up to 8 bits, as any image file does. */
    UINT8,
    /** As the attack left them: the paper's own setting. */
    FLOAT32
}

package io.redrl.attack;

/** The number format in which adversarial images are kept. */
public enum Storage {
    /** Rounded half up to 8 bits, as any image file does. */
    UINT8(1),
    /** As the attack left them: the paper's own setting. */
    FLOAT32(Float.BYTES);

    private final int bytes;

    Storage(int bytes) {
        this.bytes = bytes;
    }

    /** The bytes of a value. */
    public int bytes() {
        return bytes;
    }
}

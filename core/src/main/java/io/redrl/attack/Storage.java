package io.redrl.attack;

/** What becomes of adversarial images when they are kept. */
public enum Storage {
    /** Rounded half up to 8 bits, as any image file does. */
    UINT8(1),
    /**
     * Cut to 8 bits by truncation, as the paper's published code does it: {@code floor(255 x)} in float32, which also darkens some values
     * that the attack left alone. Clean images, and those that an attack gave back as they were, stay exact. For a control only: the cut
     * leaves a trace of its own. Rows are stored as {@link #UINT8}.
     */
    TRUNCATED(1),
    /** As the attack left them. */
    FLOAT32(Float.BYTES);

    private final int bytes;

    Storage(int bytes) {
        this.bytes = bytes;
    }

    /** The bytes of a value. */
    public int bytes() {
        return bytes;
    }

    /** Whether values are grey levels of 8 bits. */
    public boolean eightBit() {
        return this != FLOAT32;
    }

    /** The number format in which a row of a set has its pixels: {@link #UINT8} or {@link #FLOAT32}. */
    public Storage format() {
        return eightBit() ? UINT8 : FLOAT32;
    }
}

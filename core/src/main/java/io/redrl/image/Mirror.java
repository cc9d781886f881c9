package io.redrl.image;

/** Images continued beyond their border by their mirror image, the edge pixels doubled. */
public final class Mirror {
    private Mirror() {}

    /** The place inside {@code [0, length)} whose pixel stands at {@code index}, however far outside that is. */
    public static int index(int index, int length) {
        int folded = Math.floorMod(index, 2 * length);
        return folded < length ? folded : 2 * length - 1 - folded;
    }
}

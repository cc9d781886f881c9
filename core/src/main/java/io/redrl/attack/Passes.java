package io.redrl.attack;

import java.util.Locale;

/**
 * Cost of an attack: the passes through the victim that one image takes, unless it is done earlier.
 *
 * @param bound how far the numbers are to be trusted: {@code ""}, {@code "at most "} or {@code "at most about "}
 * @param forward passes forward
 * @param backward passes back to the image
 */
public record Passes(String bound, long forward, long backward) {
    /** Forward passes that take as long as all of these, a backward pass being as long as two. */
    public long forwards() {
        return forward + 2 * backward;
    }

    /** In words, such as "at most 101 forward and 100 backward passes". */
    @Override
    public String toString() {
        if (forward + backward == 0) {
            return "none";
        }
        String text = backward == 0
                ? String.format(Locale.ROOT, "%,d forward", forward)
                : String.format(Locale.ROOT, "%,d forward and %,d backward", forward, backward);
        return bound + text + (forward + backward == 1 ? " pass" : " passes");
    }
}

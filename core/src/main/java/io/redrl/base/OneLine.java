package io.redrl.base;

/** Foreign text for a message: what a damaged file names may be megabytes long and full of control characters. */
public final class OneLine {
    private static final int LONGEST = 200;

    private OneLine() {}

    /** {@code text} on one line, control characters as spaces, and cut with an ellipsis after 200 characters. */
    public static String of(Object text) {
        return of(text, LONGEST);
    }

    /** {@code text} on one line, control characters as spaces, and cut with an ellipsis after {@code longest} characters. */
    public static String of(Object text, int longest) {
        String whole = String.valueOf(text);
        String shown = whole.length() <= longest ? whole : whole.substring(0, longest) + "…";
        return shown.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
    }
}

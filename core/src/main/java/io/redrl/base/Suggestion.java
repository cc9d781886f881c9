package io.redrl.base;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What somebody who mistyped a name may have meant: the nearest of those that are known. */
public final class Suggestion {
    private Suggestion() {}

    /**
     * The known name that is nearest by edit distance (a swap of neighbours counts as one edit), if it is near: no more than a third of the
     * letters differ, or one begins with the other.
     *
     * @param name what was written
     * @param known what may be written; of those equally near the first
     */
    public static Optional<String> of(String name, Collection<String> known) {
        String written = plain(name);
        return known.stream()
                .filter(each -> near(written, plain(each)))
                .min(Comparator.comparingInt(each -> distance(written, plain(each))));
    }

    /** The same as the end of a message: {@code ; did you mean "steps"?}, or nothing. */
    public static String text(String name, Collection<String> known) {
        return of(name, known).map(near -> "; did you mean " + near + "?").orElse("");
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static boolean near(String written, String known) {
        int shorter = Math.min(written.length(), known.length());
        boolean begins = shorter >= 3 && (known.startsWith(written) || written.startsWith(known));
        return begins || distance(written, known) <= Math.max(1, Math.max(written.length(), known.length()) / 3);
    }

    /** Damerau and Levenshtein's, neighbours swapped once at most. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}

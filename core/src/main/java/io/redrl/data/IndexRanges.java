package io.redrl.data;

import io.redrl.base.Checks;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Image indices as people write them: {@code 1000-1099,5,7-9}, both ends included, in the order given. */
public final class IndexRanges {
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(?:\\s*-\\s*(\\d{1,9}))?");
    private static final int MOST = 10_000_000;

    private IndexRanges() {}

    /**
     * The indices that {@code text} lists.
     *
     * @throws io.redrl.base.RedrlException if a part is not an index or a rising range, or an index comes twice
     */
    public static int[] parse(String text) {
        Set<Integer> indices = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part.strip());
            Checks.require(
                    matcher.matches(),
                    "expected indices such as 1000-1099,5,7-9, got '%s' in '%s'",
                    part.strip(),
                    text);
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            Checks.require(first <= last, "the range %s falls: write %d-%d", part.strip(), last, first);
            Checks.require(last - first < MOST - indices.size(), "'%s' lists more than %d indices", text, MOST);
            for (int index = first; index <= last; index++) {
                Checks.require(indices.add(index), "index %d comes twice in '%s'", index, text);
            }
        }
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Like {@link #parse(String)}, and refuses an index that the data set does not have. */
    public static int[] parse(String text, ImageDataset data) {
        int[] indices = parse(text);
        for (int index : indices) {
            Checks.require(
                    index < data.size(),
                    "index %d is outside %s, which has %d images (0 to %d)",
                    index,
                    data.id(),
                    data.size(),
                    data.size() - 1);
        }
        return indices;
    }
}

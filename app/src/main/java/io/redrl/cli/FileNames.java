package io.redrl.cli;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Short names for files: the end of each path, as much of it as tells the file from the others. */
final class FileNames {
    private FileNames() {}

    /**
     * A name for each path.
     *
     * @param paths as they were given; one that comes twice has one name
     * @return the names by path, in the order given
     */
    static Map<String, String> of(Collection<String> paths) {
        Map<String, String> names = new LinkedHashMap<>();
        paths.forEach(path -> names.put(path, path));
        Set<String> open = new HashSet<>(names.keySet());
        for (int parts = 1; !open.isEmpty(); parts++) {
            Map<String, Integer> ends = new HashMap<>();
            for (String path : names.keySet()) {
                ends.merge(end(path, parts), 1, Integer::sum);
            }
            for (String path : List.copyOf(open)) {
                String end = end(path, parts);
                // A whole path cannot get longer, though it may be the end of another.
                if (ends.getOrDefault(end, 0) == 1 || end.equals(path)) {
                    names.put(path, end);
                    open.remove(path);
                }
            }
        }
        return names;
    }

    /** The last {@code parts} parts of a path, or all of it. */
    private static String end(String path, int parts) {
        List<String> all = List.of(path.split("[/\\\\]", -1));
        return parts >= all.size() ? path : String.join("/", all.subList(all.size() - parts, all.size()));
    }
}

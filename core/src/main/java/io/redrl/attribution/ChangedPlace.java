package io.redrl.attribution;

import java.util.ArrayDeque;
import java.util.Optional;

/** The place in an image that the network's map says was changed: the largest connected part of the map above one half. */
final class ChangedPlace {
    /** Pixels on a cell's side. */
    private static final int CELL = 2;

    private ChangedPlace() {}

    /**
     * The rectangle around it.
     *
     * @param map logits of "changed here", row by row
     * @param height rows
     * @return empty if no cell was changed
     */
    static Optional<Attribution.Box> of(double[] map, int height) {
        int width = map.length / height;
        boolean[] seen = new boolean[map.length];
        int most = 0;
        Attribution.Box best = null;
        for (int start = 0; start < map.length; start++) {
            if (seen[start] || map[start] <= 0) {
                continue;
            }
            int[] bounds = {width, height, -1, -1}; // left, top, right, bottom
            int cells = 0;
            ArrayDeque<Integer> open = new ArrayDeque<>();
            open.add(start);
            seen[start] = true;
            while (!open.isEmpty()) {
                int cell = open.remove();
                int x = cell % width;
                int y = cell / width;
                cells++;
                bounds[0] = Math.min(bounds[0], x);
                bounds[1] = Math.min(bounds[1], y);
                bounds[2] = Math.max(bounds[2], x);
                bounds[3] = Math.max(bounds[3], y);
                for (int ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
                    for (int nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
                        int next = ny * width + nx;
                        if (!seen[next] && map[next] > 0) {
                            seen[next] = true;
                            open.add(next);
                        }
                    }
                }
            }
            if (cells > most) {
                most = cells;
                best = new Attribution.Box(
                        CELL * bounds[0],
                        CELL * bounds[1],
                        CELL * (bounds[2] - bounds[0] + 1),
                        CELL * (bounds[3] - bounds[1] + 1));
            }
        }
        return Optional.ofNullable(best);
    }
}

package io.redrl.attribution;

import io.redrl.base.Checks;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import java.util.List;

/**
 * A world: images of one origin, and attacks on them with settings drawn from {@link AttackDraw}.
 *
 * @param name of its folder
 * @param role what it is for
 * @param data a data set as everywhere, or the path of a folder of photographs
 * @param split of the data set
 * @param indices which of its images, such as {@code 0-2999}; empty for all
 * @param photographs whether {@code data} is a folder of photographs of any size, of which pictures are made
 * @param images how many pictures to make
 * @param sides of the pictures, in pixels; one for each group of images attacked together
 * @param processed share of the images that are processed before anybody attacks them, in [0, 1]; photographs always are
 * @param drawn share of drawn pictures, in [0, 1]
 * @param attacks how many attacks every picture meets; 0 for clean pictures alone
 * @param group how many pictures are attacked together, with the same settings
 * @param victims whom to attack
 * @param algorithms to draw from; empty for all
 */
public record WorldSpec(
        String name,
        Role role,
        String data,
        Split split,
        String indices,
        boolean photographs,
        int images,
        List<Integer> sides,
        double processed,
        double drawn,
        int attacks,
        int group,
        List<String> victims,
        List<Algorithm> algorithms) {
    /** What a world is for. */
    public enum Role {
        /** To learn from. */
        FIT,
        /** To calibrate on: probabilities, prediction sets, thresholds. */
        CALIBRATE,
        /** To choose settings by. */
        CHOOSE,
        /** To be looked at once. */
        TEST
    }

    /** Checks ranges. */
    public WorldSpec {
        Checks.require(
                name != null && name.matches("[a-z0-9-]+"), "a world's name has letters, digits and -: %s", name);
        Checks.require(role != null, "world %s needs a role", name);
        Checks.require(data != null, "world %s needs data", name);
        split = split == null ? Split.TRAIN : split;
        indices = indices == null ? "" : indices;
        if (!indices.isEmpty()) {
            IndexRanges.parse(indices);
        }
        Checks.positive("images", images);
        sides = List.copyOf(sides);
        Checks.require(!sides.isEmpty(), "world %s needs sides", name);
        sides.forEach(side -> Checks.inRange("side", side, 32, 1024));
        Checks.inRange("processed", processed, 0, 1);
        Checks.inRange("drawn", drawn, 0, 1);
        Checks.inRange("attacks", attacks, 0, 100);
        Checks.inRange("group", group, 1, 256);
        victims = List.copyOf(victims);
        Checks.require(attacks == 0 || !victims.isEmpty(), "world %s needs victims", name);
        algorithms = algorithms == null || algorithms.isEmpty()
                ? List.of(Algorithm.values()).subList(1, Algorithm.values().length)
                : List.copyOf(algorithms);
    }
}

package io.redrl.attribution;

import io.redrl.features.VictimFeatures;
import io.redrl.image.Image;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What victims make of one image. Holds its arrays as they are: do not modify them.
 *
 * @param own {@code [V][OWN]}: of each victim what {@link VictimFeatures} have of it alone
 * @param leads {@code [V][V]}: how far each one's class leads in the logits of each other one; NaN on the diagonal, and where the two do
 *     not tell the same classes apart
 */
@SuppressWarnings("ArrayRecordComponent")
record SuspectAnswers(float[][] own, float[][] leads) {
    /** Values of each suspect: its own, then the mean and the least of its leads. */
    static final int VALUES = VictimFeatures.OWN + 2;

    /**
     * Asks victims.
     *
     * @param images of one shape, which the victims take
     * @return one for each image, in their order
     */
    static List<SuspectAnswers> of(List<Image> images, List<Classifier> victims) {
        int count = victims.size();
        List<SuspectAnswers> answers = images.stream()
                .map(image -> new SuspectAnswers(new float[count][VictimFeatures.OWN], new float[count][count]))
                .toList();
        answers.forEach(one -> Arrays.stream(one.leads).forEach(row -> Arrays.fill(row, Float.NaN)));
        for (int[] group : groups(victims)) {
            VictimFeatures features = new VictimFeatures(
                    Arrays.stream(group).mapToObj(victims::get).toList());
            float[] values = Scopes.valued(() -> Tensors.toFloats(features.of(Tensors.pixels(images))));
            int width = VictimFeatures.OWN + group.length;
            for (int i = 0; i < answers.size(); i++) {
                SuspectAnswers one = answers.get(i);
                for (int v = 0; v < group.length; v++) {
                    int at = (i * group.length + v) * width;
                    for (int f = 0; f < VictimFeatures.OWN; f++) {
                        one.own[group[v]][f] = finite(values[at + f]);
                    }
                    for (int o = 0; o < group.length; o++) {
                        one.leads[group[v]][group[o]] =
                                o == v ? Float.NaN : finite(values[at + VictimFeatures.OWN + o]);
                    }
                }
            }
        }
        return answers;
    }

    /** A victim may answer what is no number. */
    private static float finite(float value) {
        return Float.isFinite(value) ? value : 0;
    }

    /** The victims by what they tell apart: as many classes and, where names are known, not others. */
    private static Collection<int[]> groups(List<Classifier> victims) {
        Map<Integer, List<Integer>> byNumber = IntStream.range(0, victims.size())
                .boxed()
                .collect(Collectors.groupingBy(v -> victims.get(v).classes(), LinkedHashMap::new, Collectors.toList()));
        List<int[]> groups = new ArrayList<>();
        for (List<Integer> members : byNumber.values()) {
            boolean oneList = members.stream()
                            .map(v -> victims.get(v).classNames())
                            .filter(names -> !names.isEmpty())
                            .distinct()
                            .count()
                    <= 1;
            Map<Object, List<Integer>> byNames = members.stream()
                    .collect(Collectors.groupingBy(
                            v -> oneList ? "" : victims.get(v).classNames(), LinkedHashMap::new, Collectors.toList()));
            byNames.values()
                    .forEach(group -> groups.add(
                            group.stream().mapToInt(Integer::intValue).toArray()));
        }
        return groups;
    }

    /** The values of some of the victims, as if the others had not been asked: {@code [S·VALUES]}. */
    float[] values(int... chosen) {
        float[] values = new float[chosen.length * VALUES];
        for (int s = 0; s < chosen.length; s++) {
            float[] row = leads[chosen[s]];
            float[] comparable = new float[chosen.length];
            int count = 0;
            for (int other : chosen) {
                if (!Float.isNaN(row[other])) {
                    comparable[count++] = row[other];
                }
            }
            System.arraycopy(own[chosen[s]], 0, values, s * VALUES, VictimFeatures.OWN);
            float sum = 0;
            float least = count == 0 ? 0 : Float.POSITIVE_INFINITY;
            for (int o = 0; o < count; o++) {
                sum += comparable[o];
                least = Math.min(least, comparable[o]);
            }
            values[s * VALUES + VictimFeatures.OWN] = sum / Math.max(1, count);
            values[s * VALUES + VictimFeatures.OWN + 1] = least;
        }
        return values;
    }
}

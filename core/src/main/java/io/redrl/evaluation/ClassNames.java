package io.redrl.evaluation;

import io.redrl.attack.AttackClass;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The recogniser's classes as files name them and as tables write them. */
public final class ClassNames {
    private ClassNames() {}

    /** The ids of the six classes, in the paper's order. */
    public static List<String> ids() {
        return Arrays.stream(AttackClass.values()).map(AttackClass::id).toList();
    }

    /** Names without repetition, our six classes first and in their order, then others as they come. */
    public static List<String> inOrder(Stream<String> names) {
        List<String> ids = ids();
        return names.distinct()
                .sorted(Comparator.comparingInt(n -> ids.contains(n) ? ids.indexOf(n) : ids.size()))
                .toList();
    }

    /** How tables write a class: {@code CW-L∞} for {@code cw-linf}; an id that is not ours stays as it is. */
    public static String label(String id) {
        return Arrays.stream(AttackClass.values())
                .filter(c -> c.id().equals(id))
                .map(AttackClass::label)
                .findFirst()
                .orElse(id);
    }
}

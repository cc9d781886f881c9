package io.redrl.evaluation;

import io.redrl.attack.AttackClass;
import java.util.Arrays;
import java.util.List;

/** The recogniser's classes as files name them and as tables write them. */
public final class ClassNames {
    private ClassNames() {}

    /** The ids of the six classes, in the paper's order. */
    public static List<String> ids() {
        return Arrays.stream(AttackClass.values()).map(AttackClass::id).toList();
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

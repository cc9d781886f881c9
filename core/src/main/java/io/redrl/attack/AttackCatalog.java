package io.redrl.attack;

import io.redrl.base.RedrlException;
import java.util.List;
import java.util.stream.Collectors;

/** Every attack by name, with the paper's settings (its Table 2); where the paper lists several, one of them. */
public final class AttackCatalog {
    private static final List<AttackSpec> ALL = List.of(
            PgdSpec.DEFAULTS, DeepFoolSpec.DEFAULTS, CwL2Spec.DEFAULTS, CwLinfSpec.DEFAULTS, PatchSpec.DEFAULTS);

    private AttackCatalog() {}

    /** The default settings of every attack, in the paper's order. */
    public static List<AttackSpec> all() {
        return ALL;
    }

    /** The names of all attacks, separated by commas. */
    public static String ids() {
        return ALL.stream().map(AttackSpec::id).collect(Collectors.joining(", "));
    }

    /**
     * The default settings of the attack called {@code id}.
     *
     * @throws RedrlException if there is none; the message lists those that exist
     */
    public static AttackSpec defaults(String id) {
        return ALL.stream()
                .filter(spec -> spec.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new RedrlException("unknown attack \"" + id + "\"; known: " + ids()));
    }
}

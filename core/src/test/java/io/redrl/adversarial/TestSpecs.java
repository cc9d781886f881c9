package io.redrl.adversarial;

import io.redrl.attack.AttackSpec;
import io.redrl.attack.DeepFoolSpec;
import io.redrl.attack.PatchSpec;
import io.redrl.attack.PgdSpec;

/** Configurations for plans; mostly it is {@link FakeAttacks} that runs. */
final class TestSpecs {
    private TestSpecs() {}

    static AttackSpec pgd(double epsilon) {
        return PgdSpec.DEFAULTS.with("epsilon", epsilon).with("steps", 10);
    }

    static AttackSpec deepFool() {
        return DeepFoolSpec.DEFAULTS;
    }

    static AttackSpec patch(double epsilon) {
        return PatchSpec.DEFAULTS.with("epsilon", epsilon);
    }
}

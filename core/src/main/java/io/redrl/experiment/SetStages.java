package io.redrl.experiment;

import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.AdversarialSetBuilder;
import io.redrl.base.Progress;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import java.nio.file.Path;
import java.util.Map;

/**
 * The stages that make adversarial sets, below {@code sets/}.
 *
 * @param stages of the run
 * @param progress told about everything
 */
record SetStages(Stages stages, Progress progress) {
    /**
     * Makes a set, or opens it.
     *
     * @param name the stage's folder below {@code sets/}
     * @param plan what to make
     * @param data the data set that the plan names
     * @param victims the plan's victims, in its order
     */
    AdversarialSet ensure(String name, AdversarialPlan plan, ImageDataset data, Map<String, Classifier> victims) {
        String madeFrom = Stages.madeFrom(
                plan, victims.values().stream().map(Classifier::checksum).toList());
        Path stage = stages.ensure("sets/" + name, madeFrom, plan.size(), "images", into -> new AdversarialSetBuilder()
                .build(plan, data, victims, into.resolve("set"), progress));
        return AdversarialSet.open(stage.resolve("set"));
    }
}

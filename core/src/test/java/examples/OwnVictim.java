package examples;

import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.AdversarialSetBuilder;
import io.redrl.adversarial.AttackSummary;
import io.redrl.adversarial.PngExport;
import io.redrl.adversarial.ReferenceLabel;
import io.redrl.attack.DeepFoolSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.base.Progress;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A TorchScript file and a folder of PNG files, without labels, become adversarial PNG files. */
final class OwnVictim {
    private OwnVictim() {}

    static List<AttackSummary> pictures(Path model, Path folder, Path out) {
        ImageDataset images = Datasets.open(folder.toString(), Split.TEST);
        List<Integer> all = IntStream.range(0, images.size()).boxed().toList();
        try (Classifier victim = Victims.load(model, images.shape())) {
            AdversarialPlan plan = AdversarialPlan.of(
                            images, List.of(victim.id()), List.of(PgdSpec.DEFAULTS, DeepFoolSpec.DEFAULTS), all, 7)
                    .withReferenceLabel(ReferenceLabel.PREDICTION);
            AdversarialSet set = new AdversarialSetBuilder()
                    .build(plan, images, Map.of(victim.id(), victim), out.resolve("set"), Progress.silent());
            PngExport.write(set, images, out.resolve("png"), PngExport.FACTOR, Progress.silent());
            return set.manifest().attacks();
        }
    }
}

package examples;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackOutcome;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.attack.Storage;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;

/** Makes a victim see the class that it finds least likely, and counts the images for which it does. */
final class TargetedAttack {
    private TargetedAttack() {}

    static long reached(Path model, String data) {
        ImageDataset test = Datasets.open(data, Split.TEST);
        int[] indices = {0, 1, 2, 3};
        long[] ids = {0, 1, 2, 3};
        AttackSpec spec = PgdSpec.DEFAULTS.with("target", "least-likely");
        try (Classifier victim = Victims.load(model, test.shape());
                PointerScope scope = new PointerScope()) {
            AttackBatch batch =
                    new AttackBatch(Tensors.pixels(test.images(indices)), test.labels(indices), ids, new Seed(7));
            AttackOutcome outcome = AttackRunner.run(spec, victim, batch, Storage.UINT8);
            return outcome.outcomes().stream()
                    .filter(example -> example.adversarialPrediction() == example.target())
                    .count();
        }
    }
}

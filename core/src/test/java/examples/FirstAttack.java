package examples;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackOutcome;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.Outcome;
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

/** Loads a victim, attacks eight test images of CIFAR-10, counts those that fool it as 8-bit images. */
final class FirstAttack {
    private FirstAttack() {}

    static long fooled(Path model) {
        ImageDataset images = Datasets.open("cifar10", Split.TEST);
        int[] indices = {0, 1, 2, 3, 4, 5, 6, 7};
        long[] ids = {0, 1, 2, 3, 4, 5, 6, 7};
        try (Classifier victim = Victims.load(model, images.shape());
                PointerScope scope = new PointerScope()) {
            AttackBatch batch =
                    new AttackBatch(Tensors.pixels(images.images(indices)), images.labels(indices), ids, new Seed(7));
            AttackOutcome outcome =
                    AttackRunner.run(new PgdSpec(8 / 255.0, 0.01, 20, false), victim, batch, Storage.UINT8);
            return outcome.outcomes().stream().filter(Outcome::success8bit).count();
        }
    }
}

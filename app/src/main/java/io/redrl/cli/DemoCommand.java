package io.redrl.cli;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.PatchSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.attack.SquareSpec;
import io.redrl.attack.Storage;
import io.redrl.attack.Target;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.identify.Identifier;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl demo}: the main job on real data, at a scale that a laptop pays for in minutes. */
@Command(
        name = "demo",
        description = "The main job in minutes: get CIFAR-10, train a small victim, attack it with all five attacks,"
                + " train the recogniser and what it is compared with, measure, and write a report. The same command"
                + " goes on where it was stopped.")
final class DemoCommand implements Runnable {
    private static final List<AttackSpec> ATTACKS = List.of(
            new PgdSpec(8 / 255.0, 0.01, 30, true),
            new SquareSpec(8 / 255.0, 300, 0.8, Target.NONE),
            PatchSpec.DEFAULTS);

    private final RedrlCommand redrl;

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            description = "Where results go, into the folder demo; default: runs in the clone.")
    private Optional<Path> runs;

    DemoCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        Datasets.fetch("cifar10", Optional.empty(), redrl.progress());
        Path root = ExperimentOutput.repository();
        Path into = runs.orElse(root.resolve("runs"));
        firstVerdict(root.resolve(IdentifyModels.FOLDER), into.resolve("demo-first-verdict"));
        ExperimentOutput.run(redrl, root.resolve("experiments/demo.yaml"), Optional.empty(), into);
    }

    /** What the shipped model says of test images that its victim has just been attacked with. */
    private void firstVerdict(Path folder, Path into) {
        IdentifyModels models = IdentifyModels.in(folder);
        IdentifySettings settings = IdentifySettings.DEFAULTS.with(IdentifySettings.Depth.VERDICT);
        try (Classifier victim = Victims.load(Path.of(models.victim().orElseThrow()));
                Identifier identifier = Identifier.open(models, settings)) {
            IdentifyResult.Builder result =
                    new IdentifyResult.Builder(identifier.judge(), identifier.remarks(), Gate.DEFAULT);
            identifier.identifyAll(attacked(victim, into)).forEach(found -> result.add(found, Map.of()));
            redrl.out().println("First, what the shipped model says of images that have just been attacked, or not:");
            redrl.out().println(result.build().text(redrl.width()));
            redrl.out().println("These images: " + into.toAbsolutePath().normalize());
            redrl.out().println("Now the paper's method, from the start: a victim, adversarial sets, REDRL.");
        }
    }

    /** The first test images, clean and attacked, in files that say which. */
    private static List<Path> attacked(Classifier victim, Path into) {
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        List<Image> clean = List.of(data.image(0), data.image(1));
        Map<String, List<Image>> versions = new LinkedHashMap<>(Map.of("clean", clean));
        for (AttackSpec spec : ATTACKS) {
            versions.put(spec.id(), Scopes.valued(() -> {
                Tensor images = Tensors.pixels(clean);
                AttackBatch batch = new AttackBatch(images, victim.predict(images), new long[] {0, 1}, new Seed(1));
                return Tensors.images(
                        AttackRunner.run(spec, victim, batch, Storage.UINT8).adversarial());
            }));
        }
        List<Path> files = new ArrayList<>();
        versions.forEach((name, images) -> {
            for (int i = 0; i < images.size(); i++) {
                files.add(into.resolve(i + "-" + name + ".png"));
                ImageCodec.writePng(files.get(files.size() - 1), images.get(i));
            }
        });
        return files;
    }
}

package io.redrl.bench;

import io.redrl.attribution.Attribution;
import io.redrl.attribution.AttributionModel;
import io.redrl.base.Checks;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.image.Image;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl-bench adaptive}. */
@Command(
        name = "adaptive",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = "An attacker who knows the model of attribution: PGD that raises the victim's loss and lowers the"
                + " model's logit of 'attacked' together, weighed by each of several weights. How many images fool the victim, how"
                + " many are called clean, and both.",
        footer = {"", "Example: ./redrl-bench adaptive --victim models/identify/victims/vgg8 --out bench"})
final class AdaptiveCommand implements Callable<Integer> {
    private static final double STEP = 0.1; // of epsilon

    @Option(names = "--model", paramLabel = "DIR", description = "Default: ${DEFAULT-VALUE}.")
    private Path model = Path.of("models", "identify", "attribution");

    @Option(
            names = "--victim",
            paramLabel = "V",
            required = true,
            description = "A victim's folder or TorchScript file.")
    private Path victim;

    @Option(names = "--epsilon", paramLabel = "LEVELS", description = "In grey levels; default: ${DEFAULT-VALUE}.")
    private double epsilon = 8;

    @Option(names = "--steps", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int steps = 100;

    @Option(names = "--images", paramLabel = "N", description = "CIFAR-10 test images; default: ${DEFAULT-VALUE}.")
    private int images = 64;

    @Option(
            names = "--weights",
            paramLabel = "W,W",
            split = ",",
            description = "Of the model beside the victim, whose weight is 1; default: 0, 0.1, 1, 10.")
    private List<Double> weights = List.of(0.0, 0.1, 1.0, 10.0);

    @Option(names = "--out", paramLabel = "DIR", description = "Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("runs", "bench");

    @Override
    public Integer call() {
        Checks.positive("images", images);
        Checks.positive("steps", steps);
        ResultTable table = new ResultTable("weight", "images", "fool_the_victim", "called_clean", "both");
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        List<Image> clean = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            clean.add(data.image(i));
        }
        try (AttributionModel judge = AttributionModel.open(model);
                Classifier attacked = Victims.load(victim, data.shape())) {
            for (double weight : weights) {
                Scopes.run(() -> measure(judge, attacked, clean, weight, table));
            }
        }
        table.write(out.resolve("adaptive.csv"));
        System.out.print(table);
        Manifest.write(
                out,
                Map.of("model", model.toString(), "victim", victim.toString(), "epsilon", epsilon, "steps", steps));
        return 0;
    }

    private void measure(
            AttributionModel judge, Classifier attacked, List<Image> clean, double weight, ResultTable table) {
        Tensor before = Tensors.pixels(clean);
        long[] labels = attacked.predict(before);
        List<Image> images8 = Tensors.images(attack(judge, attacked, before, labels, weight));
        long[] after = attacked.predict(Tensors.pixels(images8));
        List<Attribution> verdicts = judge.attribute(images8);
        int fooled = 0;
        int harmless = 0;
        int both = 0;
        for (int i = 0; i < after.length; i++) {
            boolean fools = after[i] != labels[i];
            boolean passes = verdicts.get(i).verdict() == Attribution.Verdict.CLEAN;
            fooled += fools ? 1 : 0;
            harmless += passes ? 1 : 0;
            both += fools && passes ? 1 : 0;
        }
        table.add(weight, after.length, fooled, harmless, both);
    }

    /** PGD; the victim's part is its margin, which stops counting where an image fools. */
    private Tensor attack(AttributionModel judge, Classifier attacked, Tensor before, long[] labels, double weight) {
        double ball = epsilon / 255;
        Tensor own = Tensors.longs(labels).unsqueeze(1);
        Tensor[] x = {before};
        for (int step = 0; step < steps; step++) {
            x[0] = Scopes.scoped(() -> {
                Tensor point = x[0].detach().requires_grad_(true);
                Tensor logits = attacked.logits(point);
                Tensor lead = logits.gather(1, own)
                        .squeeze(1)
                        .sub(logits.scatter(1, own, new Scalar(-1e4)).amax(new long[] {1}, false));
                Tensor loss = torch.clamp_min(lead, new Scalar(-1.0))
                        .sum()
                        .add(judge.attackedLogit(point).sum().mul(new Scalar(weight)));
                Tensor moved =
                        point.detach().sub(Tensors.gradient(loss, point).sign().mul(new Scalar(STEP * ball)));
                return torch.min(torch.max(moved, before.sub(new Scalar(ball))), before.add(new Scalar(ball)))
                        .clamp(Tensors.scalar(0), Tensors.scalar(1));
            });
        }
        return x[0];
    }
}

package io.redrl.attribution;

import io.redrl.base.Checks;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.model.ResidualNetwork;
import io.redrl.model.Weights;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.training.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * Teaches a model of attribution, which itself stays as it is, to ask suspects. In training the attacked victim is among one to three
 * suspects for half of the attacked images. Takes minutes at most; stopped, it begins again.
 */
public final class SuspectTrainer {
    /** The weights. */
    public static final String WEIGHTS = "suspects.safetensors";

    private static final double CLEAN = 0.25; // share of a batch

    private SuspectTrainer() {}

    /**
     * Trains.
     *
     * @param worlds to learn from
     * @param model folder of the trained network
     * @param network its settings
     * @param folder for {@link #WEIGHTS}
     */
    public static void train(
            List<SuspectRows.Asked> worlds,
            Path model,
            AttributionSettings network,
            SuspectSettings settings,
            Path folder,
            Progress progress) {
        List<List<SuspectRows.Row>> rows = new ArrayList<>();
        try (ResidualNetwork blind = AttributionModel.network(network, model)) {
            for (SuspectRows.Asked world : worlds) {
                rows.add(SuspectRows.read(blind, world, progress));
            }
        }
        train(rows, settings, folder, progress);
    }

    /** Trains from rows in memory, world by world. */
    static void train(List<List<SuspectRows.Row>> all, SuspectSettings settings, Path folder, Progress progress) {
        List<Drawer> worlds = all.stream().map(Drawer::of).toList();
        List<Drawer> clean =
                worlds.stream().filter(world -> !world.clean.isEmpty()).toList();
        List<Drawer> attacked =
                worlds.stream().filter(world -> !world.families.isEmpty()).toList();
        Checks.require(
                !clean.isEmpty() && !attacked.isEmpty(),
                "suspects are learnt from clean and attacked images: none there");
        Schedule schedule = new Schedule.WarmUpCosine(settings.rate(), 0.02, 0.05, 0.005);
        try (SuspectHead head = SuspectHead.fresh(settings.seed());
                Adam adam = adam(head, settings);
                Progress.Task task = progress.start("training suspects", settings.steps(), "steps")) {
            Seed seed = new Seed(settings.seed()).child("suspected");
            double loss = 0;
            double right = 0;
            for (int step = 0; step < settings.steps(); step++) {
                progress.checkStopped();
                adam.param_groups().get(0).options().set_lr(schedule.at(step, settings.steps()));
                SplittableRandom random = seed.child(step).random();
                List<SuspectRows.Row> rows = new ArrayList<>();
                List<float[]> values = new ArrayList<>();
                while (rows.size() < settings.batch()) {
                    SuspectRows.Row row = random.nextDouble() < CLEAN
                            ? clean.get(random.nextInt(clean.size())).clean(random)
                            : attacked.get(random.nextInt(attacked.size())).attacked(random);
                    rows.add(row);
                    values.add(row.answers().values(row.drawn(random.nextBoolean(), random)));
                }
                double[] result = Scopes.valued(() -> {
                    Tensor outputs = outputs(head, rows, values);
                    List<AttributionBatch.Label> labels =
                            rows.stream().map(row -> row.known().label()).toList();
                    Tensor total = AttributionOutputs.names(outputs, labels);
                    adam.zero_grad();
                    total.backward();
                    adam.step();
                    return new double[] {total.item_double(), AttributionOutputs.rightFamilies(outputs, labels)};
                });
                loss = step == 0 ? result[0] : 0.98 * loss + 0.02 * result[0];
                right = step == 0 ? result[1] : 0.98 * right + 0.02 * result[1];
                task.note(String.format(Locale.ROOT, "loss %.3f, families %.1f %%", loss, 100 * right));
                task.advance(1);
            }
            Weights.save(head.network(), folder.resolve(WEIGHTS));
        }
    }

    private static Tensor outputs(SuspectHead head, List<SuspectRows.Row> rows, List<float[]> values) {
        float[] blind = new float[rows.size() * AttributionOutputs.NAMES];
        for (int i = 0; i < rows.size(); i++) {
            double[] own = rows.get(i).known().evidence().outputs();
            for (int j = 0; j < AttributionOutputs.NAMES; j++) {
                blind[i * AttributionOutputs.NAMES + j] = (float) own[j];
            }
        }
        List<double[]> embeddings =
                rows.stream().map(row -> row.known().evidence().embedding()).toList();
        return Tensors.floats(blind, rows.size(), AttributionOutputs.NAMES).add(head.corrections(embeddings, values));
    }

    private static Adam adam(SuspectHead head, SuspectSettings settings) {
        return Scopes.valued(() -> {
            TensorVector all = new TensorVector();
            Weights.parameters(head.network()).values().forEach(all::push_back);
            AdamOptions options = new AdamOptions();
            options.weight_decay().put(settings.weightDecay());
            return Scopes.owned(new Adam(all, options));
        });
    }

    /**
     * A drawer of a world's images: every family that is there counts the same.
     *
     * @param clean those that nobody attacked
     * @param families the others, family by family
     */
    private record Drawer(List<SuspectRows.Row> clean, List<List<SuspectRows.Row>> families) {
        static Drawer of(List<SuspectRows.Row> rows) {
            return new Drawer(
                    rows.stream().filter(SuspectRows.Row::clean).toList(),
                    Arrays.stream(Family.values())
                            .filter(family -> family != Family.CLEAN)
                            .map(family -> rows.stream()
                                    .filter(row ->
                                            row.known().label().algorithm().family() == family)
                                    .toList())
                            .filter(members -> !members.isEmpty())
                            .toList());
        }

        SuspectRows.Row clean(SplittableRandom random) {
            return clean.get(random.nextInt(clean.size()));
        }

        SuspectRows.Row attacked(SplittableRandom random) {
            List<SuspectRows.Row> family = families.get(random.nextInt(families.size()));
            return family.get(random.nextInt(family.size()));
        }
    }
}

package io.redrl.attribution;

import io.redrl.base.Checksums;
import io.redrl.base.Fingerprint;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.model.ResidualNetwork;
import io.redrl.model.Weights;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.training.Checkpoint;
import io.redrl.training.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * Trains the network that attributes attacks, from worlds in memory, with checkpoints: stopped or killed it goes on where it was.
 */
public final class AttributionTrainer {
    private static final String CHECKPOINT = "checkpoint.pt";
    private static final int CHECKPOINT_EVERY = 250;
    private static final double OWN_STATISTICS = 0.7; // share of the steps

    /** The weights that are kept: running means over training. */
    public static final String WEIGHTS = "attribution.safetensors";

    private AttributionTrainer() {}

    private record State(int step, Fingerprint fingerprint) {}

    /**
     * Trains.
     *
     * @param worlds folders of worlds to learn from
     * @param settings of network and training
     * @param start a model of the same width and depth whose weights to begin with; empty for fresh ones
     * @param folder for {@link #WEIGHTS} and the checkpoint
     * @throws io.redrl.base.RedrlException if the folder holds a training of other settings, worlds or start
     */
    public static void train(
            List<Path> worlds, AttributionSettings settings, Optional<Path> start, Path folder, Progress progress) {
        List<List<Traces.Picture>> pictures = worlds.stream().map(Traces::read).toList();
        AttributionBatch.Drawer drawer = new AttributionBatch.Drawer(pictures, settings);
        Fingerprint fingerprint = Fingerprint.of(Map.of(
                "settings",
                settings,
                "worlds",
                worlds.stream().map(WorldMaker::fingerprint).toList(),
                "start",
                start.map(model -> Checksums.of(model.resolve(WEIGHTS))).orElse("")));
        Path checkpoint = folder.resolve(CHECKPOINT);
        Precision precision = settings.precision() == Precision.AUTO ? Precision.fastest() : settings.precision();
        Schedule schedule = new Schedule.WarmUpCosine(settings.rate(), 0.02, 0.05, 0.005);
        try (ResidualNetwork network = AttributionOutputs.network(settings);
                ResidualNetwork means = AttributionOutputs.network(settings);
                Adam adam = adam(network, settings.weightDecay())) {
            Map<String, ResidualNetwork> modules = new TreeMap<>(Map.of("network", network, "averaged", means));
            int done = 0;
            if (Files.isRegularFile(checkpoint)) {
                State state =
                        Json.parse(Checkpoint.load(checkpoint, modules, adam), State.class, checkpoint.toString());
                fingerprint.requireSame(state.fingerprint(), folder);
                done = state.step();
                progress.say("Going on after step " + done);
            } else if (start.isPresent()) {
                Weights.load(network, start.get().resolve(WEIGHTS));
                Weights.load(means, start.get().resolve(WEIGHTS));
            }
            try (Batches batches = new Batches(drawer, done, settings.steps());
                    Progress.Task task = progress.start("training attribution", settings.steps(), "steps")) {
                task.advance(done);
                double loss = 0;
                double right = 0;
                while (done < settings.steps()) {
                    // a batch's own mean and deviation tell of the other versions in it, which no image brings along
                    // later
                    network.train(done < OWN_STATISTICS * settings.steps());
                    double rate = schedule.at(done, settings.steps());
                    for (long g = 0; g < adam.param_groups().size(); g++) {
                        adam.param_groups().get(g).options().set_lr(rate);
                    }
                    AttributionBatch batch = batches.next();
                    boolean[] turns = turns(settings.seed(), done);
                    double[] result = Scopes.valued(() -> {
                        AttributionOutputs.Losses losses = AttributionOutputs.losses(network, batch, turns, precision);
                        adam.zero_grad();
                        losses.total().backward();
                        adam.step();
                        return new double[] {losses.total().item_double(), losses.families()};
                    });
                    double keep = Math.min(settings.averaging(), (1.0 + done) / (10.0 + done));
                    average(network, means, keep);
                    loss = done == 0 ? result[0] : 0.98 * loss + 0.02 * result[0];
                    right = done == 0 ? result[1] : 0.98 * right + 0.02 * result[1];
                    done++;
                    task.note(String.format(Locale.ROOT, "loss %.3f, families %.1f %%", loss, 100 * right));
                    task.advance(1);
                    boolean stop = progress.stopRequested();
                    if (stop || done % CHECKPOINT_EVERY == 0 || done == settings.steps()) {
                        Checkpoint.save(checkpoint, modules, adam, Json.line(new State(done, fingerprint)));
                        Weights.save(means, folder.resolve(WEIGHTS));
                    }
                    if (done < settings.steps()) {
                        progress.checkStopped();
                    }
                }
            }
        }
    }

    /** Whether a step's images are mirrored along either axis, and transposed. */
    private static boolean[] turns(long seed, int step) {
        SplittableRandom random = new Seed(seed).child("turns").child(step).random();
        return new boolean[] {random.nextBoolean(), random.nextBoolean(), random.nextBoolean()};
    }

    private static Adam adam(ResidualNetwork network, double weightDecay) {
        return Scopes.valued(() -> {
            TensorVector decayed = new TensorVector();
            TensorVector others = new TensorVector();
            Weights.parameters(network).forEach((name, parameter) -> {
                (parameter.dim() > 1 && !name.startsWith("filters") ? decayed : others).push_back(parameter);
            });
            AdamOptions options = new AdamOptions();
            options.weight_decay().put(weightDecay);
            Adam adam = Scopes.owned(new Adam(decayed, options));
            adam.add_param_group(new OptimizerParamGroup(others, new AdamOptions()));
            return adam;
        });
    }

    private static void average(ResidualNetwork network, ResidualNetwork means, double keep) {
        Scopes.valuedNoGrad(() -> {
            Map<String, Tensor> values = Weights.state(network);
            Weights.state(means).forEach((key, mean) -> {
                Tensor value = Objects.requireNonNull(values.get(key));
                if (mean.is_floating_point()) {
                    mean.lerp_(value.detach(), new Scalar(1 - keep));
                } else {
                    mean.copy_(value);
                }
            });
            return means;
        });
    }

    /** The batches of the steps to come, made by a thread of their own. */
    private static final class Batches implements AutoCloseable {
        private final BlockingQueue<AttributionBatch> ready = new ArrayBlockingQueue<>(4);
        private final Thread maker;

        Batches(AttributionBatch.Drawer drawer, int from, int to) {
            maker = new Thread(
                    () -> {
                        try {
                            for (int step = from; step < to; step++) {
                                ready.put(drawer.at(step));
                            }
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "batches");
            maker.setDaemon(true);
            maker.start();
        }

        AttributionBatch next() {
            try {
                return ready.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new io.redrl.base.StoppedException();
            }
        }

        @Override
        public void close() {
            maker.interrupt();
        }
    }
}

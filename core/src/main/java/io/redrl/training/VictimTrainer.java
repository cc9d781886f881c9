package io.redrl.training;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Fingerprint;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.model.ModelCard;
import io.redrl.model.Network;
import io.redrl.model.NetworkClassifier;
import io.redrl.model.VictimCatalog;
import io.redrl.model.Weights;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/**
 * The trainer of victims, into a model folder: {@code model.safetensors}, {@code model.json}, {@code metrics.jsonl}.
 *
 * <p>A checkpoint after every epoch makes a stopped training go on bit for bit as if it had not stopped (same machine,
 * same number of threads). No test image is looked at before the end.
 */
public final class VictimTrainer {
    private static final String CHECKPOINT = "checkpoint.pt";
    private static final String NETWORK = "network";
    private static final int MEAN_REDUCTION = 1;
    private static final long NO_IGNORED_LABEL = -100;

    private final VictimSpec spec;
    private final Seed seed;
    private final ImageDataset train;
    private final ImageDataset test;
    private final Path folder;
    private final Progress progress;
    private final int images;
    private final Precision precision;

    /** What a checkpoint says beside weights and optimizer state. */
    private record State(JsonNode spec, long seed, String datasetChecksum, List<EpochMetrics> epochs) {
        State {
            epochs = List.copyOf(epochs);
        }
    }

    private VictimTrainer(
            VictimSpec spec, Seed seed, ImageDataset train, ImageDataset test, Path folder, Progress progress) {
        this.spec = spec;
        this.seed = seed;
        this.train = train;
        this.test = test;
        this.folder = folder;
        this.progress = progress;
        this.images = spec.trainImages() == 0 ? train.size() : Math.min(spec.trainImages(), train.size());
        this.precision = spec.precision().resolved();
    }

    /**
     * Trains, or goes on training, or returns what is there if it is finished.
     *
     * @param spec what to train
     * @param seed where initial weights, order and augmentation come from
     * @param train images to learn from
     * @param test images to measure the accuracy on, once, at the end
     * @param folder the model folder; made if need be
     * @param progress told about epochs; asked between steps whether to stop
     * @return the finished model's card
     * @throws RedrlException if the folder holds another model, training diverges, or the disk is full
     */
    public static ModelCard train(
            VictimSpec spec, Seed seed, ImageDataset train, ImageDataset test, Path folder, Progress progress) {
        Checks.require(
                train.classNames().equals(test.classNames()) && train.shape().equals(test.shape()),
                "%s and %s differ in their classes or image size",
                train.id(),
                test.id());
        return new VictimTrainer(spec, seed, train, test, folder, progress).run();
    }

    private ModelCard run() {
        Path cardFile = folder.resolve(ModelCard.FILE);
        if (Files.exists(cardFile)) {
            ModelCard card = Json.read(cardFile, ModelCard.class);
            requireSame(new State(card.spec(), card.seed(), card.datasetChecksum(), List.of()), cardFile);
            return card;
        }
        Network network =
                VictimCatalog.named(spec.model()).network(train.classNames().size(), seed.child("weights"));
        try {
            network.channelsLast();
            ImageBatches batches = new ImageBatches(
                    train,
                    images,
                    new Augmentation(spec.recipe().flips(), spec.recipe().cropPadding()),
                    seed);
            ImageBatches.Normalisation normalisation = batches.normalisation();
            List<EpochMetrics> epochs = learn(network, batches, normalisation);
            return finish(network, normalisation, epochs);
        } finally {
            network.close();
        }
    }

    private List<EpochMetrics> learn(Network network, ImageBatches batches, ImageBatches.Normalisation normalisation) {
        Path checkpoint = folder.resolve(CHECKPOINT);
        Map<String, Module> modules = Map.of(NETWORK, network);
        List<EpochMetrics> epochs = new ArrayList<>();
        try (Optimizer optimizer = optimizer(network)) {
            if (Files.exists(checkpoint)) {
                State state =
                        Json.parse(Checkpoint.load(checkpoint, modules, optimizer), State.class, checkpoint.toString());
                requireSame(state, checkpoint);
                epochs.addAll(state.epochs());
                progress.say("Going on with " + spec.model() + " after epoch " + epochs.size());
            }
            network.train(true);
            for (int epoch = epochs.size(); epoch < spec.epochs(); epoch++) {
                double before =
                        epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1).seconds();
                epochs.add(epoch(epoch, before, network, optimizer, batches, normalisation));
                Checkpoint.save(checkpoint, modules, optimizer, Json.line(state(epochs)));
                AtomicFiles.writeString(
                        folder.resolve("metrics.jsonl"),
                        epochs.stream().map(m -> Json.line(m) + "\n").collect(Collectors.joining()));
            }
        }
        return epochs;
    }

    private Optimizer optimizer(Network network) {
        return Scopes.valued(() -> {
            SGDOptions options = new SGDOptions(spec.recipe().schedule().at(0, spec.epochs()));
            options.momentum().put(spec.recipe().momentum());
            options.weight_decay().put(spec.recipe().weightDecay());
            options.nesterov().put(spec.recipe().momentum() > 0);
            return Scopes.owned(new SGD(network.parameters(), options));
        });
    }

    private EpochMetrics epoch(
            int epoch,
            double secondsBefore,
            Network network,
            Optimizer optimizer,
            ImageBatches batches,
            ImageBatches.Normalisation normalisation) {
        int[] order = batches.order(epoch);
        // A last, smaller batch would weigh its images more; another epoch draws others.
        int steps = Math.max(1, images / spec.batch());
        int batch = Math.min(images, spec.batch());
        double loss = 0;
        long right = 0;
        double rate = 0;
        long start = System.nanoTime();
        try (Progress.Task task = progress.start(
                String.format(Locale.ROOT, "%s epoch %d/%d", spec.model(), epoch + 1, spec.epochs()),
                (long) steps * batch,
                "images")) {
            for (int step = 0; step < steps; step++) {
                progress.checkStopped();
                int[] indices = Arrays.copyOfRange(order, step * batch, (step + 1) * batch);
                rate = spec.recipe().schedule().at(epoch + step / (double) steps, spec.epochs());
                Step done = step(network, optimizer, rate, indices, epoch, batches, normalisation);
                loss += done.loss();
                right += done.right();
                task.advance(batch);
                task.note(String.format(Locale.ROOT, "loss %.3f", loss / (step + 1)));
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double seen = (double) steps * batch;
        return new EpochMetrics(epoch + 1, rate, loss / steps, right / seen, seen / seconds, secondsBefore + seconds);
    }

    private record Step(double loss, long right) {}

    private Step step(
            Network network,
            Optimizer optimizer,
            double rate,
            int[] indices,
            int epoch,
            ImageBatches batches,
            ImageBatches.Normalisation normalisation) {
        return Scopes.valued(() -> {
            long[] labels = train.labels(indices);
            Tensor x = normalisation.apply(batches.images(indices, epoch));
            optimizer.param_groups().get(0).options().set_lr(rate);
            optimizer.zero_grad();
            Tensor logits = precision.run(() -> network.forward(x)).to(ScalarType.Float);
            Tensor loss = torch.cross_entropy_loss(
                    logits,
                    Tensors.longs(labels),
                    new TensorOptional(),
                    MEAN_REDUCTION,
                    NO_IGNORED_LABEL,
                    spec.recipe().labelSmoothing());
            double value = loss.item_double();
            if (!Double.isFinite(value)) {
                throw new RedrlException("Training " + spec.model() + " diverged in epoch " + (epoch + 1)
                        + ": the loss is " + value + ". Lower the learning rate (now " + rate + ").");
            }
            loss.backward();
            optimizer.step();
            long[] predicted = Tensors.argmax(logits);
            long right = 0;
            for (int i = 0; i < labels.length; i++) {
                right += labels[i] == predicted[i] ? 1 : 0;
            }
            return new Step(value, right);
        });
    }

    private ModelCard finish(Network network, ImageBatches.Normalisation normalisation, List<EpochMetrics> epochs) {
        Path weights = folder.resolve(ModelCard.WEIGHTS);
        Weights.save(network, weights);
        String checksum = Checksums.of(weights);
        ModelCard untested = card(network, normalisation, epochs, checksum, 0);
        // Measured on the file as it will be loaded: folded, in 32 bits.
        Network loaded =
                VictimCatalog.named(spec.model()).network(train.classNames().size(), seed);
        double accuracy;
        try (NetworkClassifier victim =
                new NetworkClassifier(spec.model(), loaded(loaded, weights), untested, checksum)) {
            accuracy = Accuracy.of(victim, test, progress).value();
        }
        ModelCard card = card(network, normalisation, epochs, checksum, accuracy);
        Json.write(folder.resolve(ModelCard.FILE), card);
        try {
            Files.deleteIfExists(folder.resolve(CHECKPOINT));
        } catch (IOException e) {
            throw new RedrlException("Could not delete " + folder.resolve(CHECKPOINT) + ": " + e, e);
        }
        return card;
    }

    private static Network loaded(Network network, Path weights) {
        Weights.load(network, weights);
        return network;
    }

    private ModelCard card(
            Network network,
            ImageBatches.Normalisation normalisation,
            List<EpochMetrics> epochs,
            String checksum,
            double accuracy) {
        return new ModelCard(
                spec.model(),
                train.id(),
                train.checksum(),
                train.classNames(),
                train.shape(),
                normalisation.mean(),
                normalisation.std(),
                specJson(),
                seed.value(),
                test.id(),
                test.size(),
                accuracy,
                epochs.size(),
                epochs.get(epochs.size() - 1).seconds() / 60,
                Weights.parameterCount(network),
                checksum,
                Map.of(
                        "java", System.getProperty("java.version", "?"),
                        "libtorch", libtorch(),
                        "platform", System.getProperty("os.arch", "?"),
                        "training-precision", precision.name().toLowerCase(Locale.ROOT),
                        "threads", Integer.toString(torch.get_num_threads())));
    }

    private static String libtorch() {
        try {
            return String.valueOf(Loader.getVersion("org.bytedeco", "pytorch"));
        } catch (IOException e) {
            return "unknown";
        }
    }

    private JsonNode specJson() {
        return Json.parse(Json.line(spec), JsonNode.class, "spec");
    }

    private State state(List<EpochMetrics> epochs) {
        return new State(specJson(), seed.value(), train.checksum(), epochs);
    }

    private void requireSame(State found, Path file) {
        Fingerprint.of(state(found.epochs())).requireSame(Fingerprint.of(found), file);
    }
}

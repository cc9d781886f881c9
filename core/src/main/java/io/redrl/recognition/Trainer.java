package io.redrl.recognition;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Fingerprint;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.data.ImageDataset;
import io.redrl.features.VictimFeatureTable;
import io.redrl.image.ImageShape;
import io.redrl.image.Preview;
import io.redrl.model.Classifier;
import io.redrl.model.FeatureExtractor;
import io.redrl.model.Victims;
import io.redrl.model.Weights;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.training.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trains a recogniser end to end (Souri et al., §4.2): L = L_AC + λ_R L_R + λ_F L_F + λ_IC L_IC, by Adam, into a folder.
 *
 * <p>The folder gets {@code recogniser.json} (last: it says that the rest is complete), {@code psi.safetensors}, {@code
 * g.safetensors} where there is a G, {@code metrics.jsonl}, {@code previews/}, and while training a checkpoint. Called again
 * after a stop or a kill it goes on from the checkpoint and ends with the same weights as without (on one machine with
 * the same number of threads); called again after it finished it does nothing.
 */
public final class Trainer {
    private static final String CHECKPOINT = "checkpoint.pt";
    private static final int PREVIEW_COLUMNS = 12;
    private static final double PREVIEW_GAIN = 8;
    private static final String METRICS = "metrics.jsonl";

    private final RecogniserSpec spec;
    private final TrainingImages images;
    private final TrainingStep step;
    private final Path folder;
    private final TrainingLog log;
    private final Progress progress;

    private Trainer(
            RecogniserSpec spec,
            TrainingImages images,
            TrainingStep step,
            Path folder,
            TrainingLog log,
            Progress progress) {
        this.spec = spec;
        this.images = images;
        this.step = step;
        this.folder = folder;
        this.log = log;
        this.progress = progress;
    }

    /** What a checkpoint says beside the weights. */
    private record State(int step, Fingerprint fingerprint) {}

    /** Trains with a checkpoint and a picture every 100 steps. */
    public static RecogniserCard train(
            RecogniserSpec spec,
            List<AdversarialExample> rows,
            ImageDataset clean,
            @Nullable Classifier phi,
            @Nullable FeatureExtractor f,
            Path folder,
            Progress progress) {
        return train(spec, rows, null, clean, phi, f, null, folder, TrainingLog.standard(), progress);
    }

    /**
     * Trains, or goes on training, or finds that it is done.
     *
     * @param spec what to train
     * @param rows an adversarial set, with its clean rows
     * @param more what the spec's exposure shows beside the rows; null unless it has one
     * @param clean the images that the rows' indices name
     * @param phi the victim Φ; null unless L_IC has a weight
     * @param f the feature extractor F; null unless L_F has a weight
     * @param victimFeatures of the rows, and after these of {@link ExposureExamples#all}; null unless the spec names victims
     * @param folder for the results; made if missing
     * @param log how often to write checkpoints and previews
     * @param progress told about every step
     * @return what was trained, also in {@code recogniser.json}
     * @throws RedrlException if a network is missing, or data do not fit together
     */
    public static RecogniserCard train(
            RecogniserSpec spec,
            List<AdversarialExample> rows,
            @Nullable ExposureExamples more,
            ImageDataset clean,
            @Nullable Classifier phi,
            @Nullable FeatureExtractor f,
            @Nullable VictimFeatureTable victimFeatures,
            Path folder,
            TrainingLog log,
            Progress progress) {
        boolean reconstructs = spec.input().reconstructs();
        Classifier victim =
                reconstructs && spec.losses().imageClassification() > 0 ? needed(phi, "victim", spec) : null;
        FeatureExtractor extractor =
                reconstructs && spec.losses().features() > 0 ? needed(f, "feature extractor", spec) : null;
        if (victim != null) {
            Victims.requireFits(victim, clean);
        }
        VictimFeatureTable features =
                spec.victimFeatures().isEmpty() ? null : needed(victimFeatures, "table of victim features", spec);
        ExposureExamples shown = spec.training().exposure().isEmpty() ? null : more;
        Checks.require(
                shown != null || spec.training().exposure().isEmpty(),
                "%s is to be exposed to more than its rows, but there is no more",
                spec.name());
        TrainingImages images = new TrainingImages(spec, rows, shown, clean, features);
        RecogniserCard card = card(spec, images, clean, victim, extractor);
        Path done = folder.resolve(Recogniser.CARD);
        if (Files.isRegularFile(done)) {
            RecogniserCard finished = Json.read(done, RecogniserCard.class);
            if (fingerprint(finished).equals(fingerprint(card))) {
                images.close();
                return finished;
            }
            delete(done);
        }
        try (TrainingStep step = TrainingStep.of(spec, images, victim, extractor, progress)) {
            if (features != null) {
                for (int i = 0; i < features.victims().size(); i++) {
                    Victims.copy(
                            features.paths().get(i),
                            folder.resolve(Recogniser.VICTIMS),
                            features.victims().get(i));
                }
            }
            return new Trainer(spec, images, step, folder, log, progress).run(card);
        }
    }

    private static <T> T needed(@Nullable T network, String what, RecogniserSpec spec) {
        if (network == null) {
            throw new RedrlException(
                    spec.name() + " needs a " + what + ": name one, or set the weight of its loss to 0");
        }
        return network;
    }

    private static RecogniserCard card(
            RecogniserSpec spec,
            TrainingImages images,
            ImageDataset clean,
            @Nullable Classifier victim,
            @Nullable FeatureExtractor extractor) {
        ImageShape shape = images.shape();
        return new RecogniserCard(
                spec,
                Arrays.stream(AttackClass.values()).map(AttackClass::id).toList(),
                shape.height(),
                shape.width(),
                spec.training().totalSteps(images.size()),
                images.size(),
                clean.id(),
                clean.checksum(),
                images.checksum(),
                victim == null ? "" : victim.id(),
                victim == null ? "" : victim.checksum(),
                extractor == null ? "" : extractor.checksum(),
                1,
                0,
                0);
    }

    /** The part of a card that is known before training. */
    private static Fingerprint fingerprint(RecogniserCard card) {
        return Fingerprint.of(card.withOutcome(1, 0, 0));
    }

    private RecogniserCard run(RecogniserCard card) {
        long started = System.nanoTime();
        Fingerprint fingerprint = fingerprint(card);
        int total = card.steps();
        int done = resumed(fingerprint);
        MetricsLog metrics = new MetricsLog(folder.resolve(METRICS), done);
        int batch = spec.training().batch();
        try (Progress.Task task = progress.start("training " + spec.name(), (long) total * batch, "images")) {
            task.advance((long) done * batch);
            while (done < total) {
                metrics.add(step.run(done));
                done++;
                task.note(String.format(
                        Locale.ROOT, "loss %.3f, accuracy %.0f %%", metrics.loss(), 100 * metrics.accuracy()));
                task.advance(batch);
                boolean stop = progress.stopRequested();
                if (stop || done % log.checkpointEvery() == 0 || done == total) {
                    metrics.flush();
                    save(done, fingerprint);
                }
                if (log.previewEvery() > 0 && done % log.previewEvery() == 0) {
                    preview(folder.resolve(String.format(Locale.ROOT, "previews/step-%06d.png", done)));
                }
                if (done < total) {
                    progress.checkStopped();
                }
            }
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        step.optimizer()
                .kept()
                .modules()
                .forEach((name, module) -> Weights.save(module, folder.resolve(name + ".safetensors")));
        RecogniserCard finished = card.withOutcome(step.featureUnit(), metrics.accuracy(), seconds);
        Json.write(folder.resolve(Recogniser.CARD), finished);
        delete(folder.resolve(CHECKPOINT));
        return finished;
    }

    /**
     * Writes a picture of the first examples: the adversarial images, what G makes of them, and the residual ×8 around
     * grey. Nothing is written for inputs without G.
     */
    private void preview(Path file) {
        Networks networks = step.networks();
        if (!networks.reconstructs()) {
            return;
        }
        int[] rows = images.firstRows(PREVIEW_COLUMNS / AttackClass.values().length);
        Preview.write(file, Scopes.valuedNoGrad(() -> {
            Tensor adversarial = images.adversarial(rows, new boolean[rows.length], new boolean[rows.length]);
            Tensor reconstructed = networks.reconstruct(adversarial, Precision.FP32);
            Tensor residual = PsiInput.residual(adversarial, reconstructed)
                    .mul(new Scalar(PREVIEW_GAIN))
                    .add(new Scalar(0.5));
            return List.of(Tensors.images(adversarial), Tensors.images(reconstructed), Tensors.images(residual));
        }));
    }

    private void save(int done, Fingerprint fingerprint) {
        Checkpoint.save(
                folder.resolve(CHECKPOINT),
                step.optimizer().modules(),
                step.optimizer().adam(),
                Json.line(new State(done, fingerprint)));
    }

    /** The step to go on from: 0 without a checkpoint of the same making. */
    private int resumed(Fingerprint fingerprint) {
        Path checkpoint = folder.resolve(CHECKPOINT);
        if (!Files.isRegularFile(checkpoint)) {
            return 0;
        }
        State state = Json.parse(
                Checkpoint.load(
                        checkpoint, step.optimizer().modules(), step.optimizer().adam()),
                State.class,
                checkpoint.toString());
        fingerprint.requireSame(state.fingerprint(), checkpoint);
        progress.say("Going on with " + spec.name() + " after step " + state.step());
        return state.step();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new RedrlException("Could not delete " + file + ": " + e, e);
        }
    }
}

package io.redrl.recognition;

import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.OneLine;
import io.redrl.calibration.Activations;
import io.redrl.calibration.Calibration;
import io.redrl.calibration.OodScore;
import io.redrl.calibration.Prediction;
import io.redrl.features.VictimFeatures;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.Network;
import io.redrl.model.Victims;
import io.redrl.model.Weights;
import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A trained recogniser: which attack made an image. Evaluation mode, float32, no gradients. Closing it frees its native
 * memory.
 */
public final class Recogniser implements AutoCloseable {
    static final String CARD = "recogniser.json";

    /** The folder with copies of the victims whose features Ψ sees. */
    static final String VICTIMS = "victims";

    private final RecogniserCard card;
    private final Calibration calibration;
    private final OodScore oodScore;
    private final Networks networks;
    private final List<Classifier> victims = new ArrayList<>();
    private @Nullable VictimFeatures victimFeatures;

    private Recogniser(RecogniserCard card, Calibration calibration, OodScore oodScore) {
        this.card = card;
        this.calibration = calibration;
        this.oodScore = oodScore;
        this.networks = new Networks(card.spec());
    }

    /**
     * Loads what {@link Trainer} wrote.
     *
     * @param folder with {@code recogniser.json}, {@code psi.safetensors} and, for inputs that reconstruct, {@code
     *     g.safetensors}; {@code calibration.json} and {@code ood.safetensors} are used if they are there,
     *     or in the run that trained it in {@code calibration/NAME}
     * @throws io.redrl.base.RedrlException if a file is missing or does not fit
     */
    public static Recogniser load(Path folder) {
        return load(folder, calibration(folder));
    }

    /** Beside the weights, or else where a run has it: {@code calibration/NAME} for {@code recognisers/NAME}. */
    private static Path calibration(Path folder) {
        Path own = folder.toAbsolutePath().normalize();
        return Files.isRegularFile(own.resolve(Calibration.FILE))
                ? own
                : own.resolve("../../calibration").normalize().resolve(own.getFileName());
    }

    /**
     * Loads what {@link Trainer} wrote, with a calibration from elsewhere.
     *
     * @param folder as for {@link #load(Path)}
     * @param calibrated with {@code calibration.json} and {@code ood.safetensors}, if they are there
     * @throws io.redrl.base.RedrlException if a file is missing or does not fit
     */
    public static Recogniser load(Path folder, Path calibrated) {
        RecogniserCard card = Json.read(folder.resolve(CARD), RecogniserCard.class);
        Checks.require(
                card.classes()
                        .equals(Arrays.stream(AttackClass.values())
                                .map(AttackClass::id)
                                .toList()),
                "%s tells the classes %s apart, which are not those of this version",
                folder,
                OneLine.of(card.classes()));
        Weights.requireRoom(weights(folder, "psi"), card.spec().classifier().weights());
        if (card.spec().input().reconstructs()) {
            Weights.requireRoom(
                    weights(folder, Networks.RECONSTRUCTOR),
                    card.spec().reconstructor().weights());
        }
        Path fitted = calibrated.resolve(Calibration.FILE);
        Calibration calibration = Files.isRegularFile(fitted) ? Json.read(fitted, Calibration.class) : Calibration.NONE;
        OodScore oodScore = OodScore.load(calibrated, calibration);
        Recogniser recogniser = new Recogniser(card, calibration, oodScore);
        try {
            recogniser.networks.modules().forEach((name, module) -> {
                Weights.load(module, weights(folder, name));
                module.eval();
                if (module instanceof Network network) { // the same numbers but for their last digits, faster
                    network.freeze();
                    network.channelsLast();
                    network.fold();
                }
            });
            oodScore.requireFits(recogniser.networks.classifier().featureCount(), calibrated.resolve(OodScore.FILE));
            for (String victim : card.spec().victimFeatures()) {
                recogniser.victims.add(Victims.load(
                        Victims.copied(folder.resolve(VICTIMS), victim),
                        new ImageShape(3, card.height(), card.width())));
            }
            if (!recogniser.victims.isEmpty()) {
                recogniser.victimFeatures = new VictimFeatures(recogniser.victims);
            }
        } catch (RuntimeException e) {
            recogniser.close();
            throw e;
        }
        return recogniser;
    }

    private static Path weights(Path folder, String network) {
        return folder.resolve(network + ".safetensors");
    }

    /** Its settings. */
    public RecogniserSpec spec() {
        return card.spec();
    }

    /** What it was made from. */
    public RecogniserCard card() {
        return card;
    }

    /** Whether it has a reconstructor G. */
    public boolean hasReconstructor() {
        return networks.reconstructs();
    }

    /**
     * Ψ's logits.
     *
     * @param adversarial {@code [N,3,H,W]} float32 in [0, 1]
     * @param clean the same images before the attack, needed by the oracle only
     * @return {@code [N,6]} float32 in the order of {@link AttackClass}; caller's scope
     * @throws io.redrl.base.RedrlException if this is the oracle and {@code clean} is missing
     */
    public Tensor logits(Tensor adversarial, @Nullable Tensor clean) {
        checkImages(adversarial);
        return Scopes.scopedNoGrad(() -> {
            Tensor reconstructed = hasReconstructor() ? networks.reconstruct(adversarial, Precision.FP32) : null;
            return networks.logits(
                    new PsiInput(adversarial, clean, reconstructed, victimInput(adversarial)), Precision.FP32);
        });
    }

    /** What turns its logits into probabilities and into "unknown". */
    public Calibration calibration() {
        return calibration;
    }

    /**
     * What it says of images alone.
     *
     * @param images {@code [N,3,H,W]} float32 in [0, 1]
     * @return one judgement per image, in their order
     * @throws io.redrl.base.RedrlException if this is the oracle, which needs the clean images, or if its weights are
     *     altered so that its numbers overflow
     */
    public List<Prediction> judge(Tensor images) {
        return judge(trace(images, null));
    }

    /** What it says of images that it has {@linkplain #trace traced}. */
    public List<Prediction> judge(Activations trace) {
        double[] scores = oodScore.of(trace);
        List<Prediction> judgements = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            List<Double> probabilities = Arrays.stream(calibration.probabilities(trace.logits()[i]))
                    .boxed()
                    .toList();
            judgements.add(new Prediction(probabilities, scores[i], scores[i] > calibration.threshold()));
        }
        return judgements;
    }

    /**
     * What Ψ makes of images, as plain values.
     *
     * @param images {@code [N,3,H,W]} float32 in [0, 1]
     * @param clean the same images before the attack, needed by the oracle only
     * @throws io.redrl.base.RedrlException if this is the oracle and {@code clean} is missing, or if weights are altered so that
     *     numbers overflow
     */
    public Activations trace(Tensor images, @Nullable Tensor clean) {
        checkImages(images);
        return Scopes.valuedNoGrad(() -> {
            Tensor reconstructed = hasReconstructor() ? networks.reconstruct(images, Precision.FP32) : null;
            Tensor features = networks.activations(
                    new PsiInput(images, clean, reconstructed, victimInput(images)), Precision.FP32);
            Tensor logits = networks.classifier().head(features);
            Checks.require(
                    logits.isfinite().all().item_bool(),
                    "recogniser %s gives no finite numbers for these images: its weights or settings are altered",
                    spec().name());
            return new Activations(
                    rows(features), rows(logits), networks.classifier().stageStarts());
        });
    }

    private Networks.@Nullable VictimInput victimInput(Tensor images) {
        if (victimFeatures == null) {
            return null;
        }
        Tensor all = ComputeDevice.place(torch.ones(images.size(0), victims.size()));
        return new Networks.VictimInput(victimFeatures.of(images), all);
    }

    private static double[][] rows(Tensor matrix) {
        double[] flat = Tensors.toDoubles(matrix);
        int columns = (int) matrix.size(1);
        double[][] rows = new double[(int) matrix.size(0)][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
        }
        return rows;
    }

    /** Softmax of {@link #logits}: {@code [N,6]} float32, rows summing to 1; caller's scope. */
    public Tensor probabilities(Tensor adversarial, @Nullable Tensor clean) {
        return Scopes.scopedNoGrad(() -> logits(adversarial, clean).softmax(1));
    }

    /**
     * What the images were before the attack, as far as G can tell.
     *
     * @param adversarial {@code [N,3,H,W]} float32 in [0, 1]
     * @return {@code [N,3,H,W]} float32, clamped to [0, 1]; caller's scope
     * @throws io.redrl.base.RedrlException if this recogniser has no reconstructor
     */
    public Tensor reconstruct(Tensor adversarial) {
        Checks.require(hasReconstructor(), "%s has no reconstructor: its input is %s", spec().name(), spec().input());
        checkImages(adversarial);
        return Scopes.scopedNoGrad(
                () -> networks.reconstruct(adversarial, Precision.FP32).clamp(Tensors.scalar(0), Tensors.scalar(1)));
    }

    /**
     * A victim's verdict on an image as G repairs it: a stand-in for a label that nobody knows.
     *
     * @param image of the victim's shape
     * @throws io.redrl.base.RedrlException if this recogniser has no reconstructor
     */
    public int repairedPrediction(Classifier victim, Image image) {
        return Scopes.valued(() -> (int) victim.predict(reconstruct(Tensors.pixels(List.of(image))))[0]);
    }

    private static void checkImages(Tensor images) {
        Checks.shape("images", Tensors.shape(images), -1, 3, -1, -1);
    }

    @Override
    public void close() {
        networks.modules().values().forEach(Module::close);
        victims.forEach(Classifier::close);
        oodScore.close();
    }
}

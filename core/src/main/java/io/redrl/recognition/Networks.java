package io.redrl.recognition;

import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.features.LinearPredictionResidual;
import io.redrl.features.SrmFilters;
import io.redrl.features.VictimFeatures;
import io.redrl.model.AttackClassifier;
import io.redrl.model.Reconstructor;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** G (where the input asks for one) and Ψ, and how images become Ψ's input: the same in training and in use. */
final class Networks implements AutoCloseable {
    /** G's name in checkpoints and files. */
    static final String RECONSTRUCTOR = "g";

    /** Maps of what filters leave are cut to this, after scaling, so that edges of objects do not outshout perturbations. */
    private static final double LIMIT = 1;

    private static final double FINE_GAIN = 4;

    private final RecogniserSpec spec;
    private final AttackClassifier classifier;
    private final @Nullable Reconstructor reconstructor;

    Networks(RecogniserSpec spec) {
        this.spec = spec;
        Seed seed = spec.seedValue().child("weights");
        int classes = AttackClass.values().length;
        classifier = new AttackClassifier(
                spec.classifier(),
                spec.input().channels(),
                classes,
                spec.victimFeatures().isEmpty() ? 0 : VictimFeatures.OWN,
                seed.child("classifier"));
        reconstructor = spec.input().reconstructs()
                ? new Reconstructor(spec.reconstructor(), seed.child("reconstructor"))
                : null;
    }

    AttackClassifier classifier() {
        return classifier;
    }

    @Nullable
    Reconstructor reconstructor() {
        return reconstructor;
    }

    /** By the names of their files: {@code psi}, {@code g}. */
    Map<String, Module> modules() {
        Map<String, Module> modules = new LinkedHashMap<>();
        modules.put("psi", classifier);
        if (reconstructor != null) {
            modules.put(RECONSTRUCTOR, reconstructor);
        }
        return modules;
    }

    /**
     * G(I_adv), not clamped, {@code [N,3,H,W]} float32 with a graph, in the caller's scope.
     *
     * @throws IllegalStateException if this recogniser has no G
     */
    Tensor reconstruct(Tensor adversarial, Precision precision) {
        if (reconstructor == null) {
            throw new IllegalStateException(spec.name() + " has no reconstructor");
        }
        return reconstructor.forward(adversarial, precision);
    }

    /**
     * Ψ's logits.
     *
     * @param adversarial {@code [N,3,H,W]} float32 in [0, 1]
     * @param clean the same images before the attack; null unless the input needs them
     * @param reconstructed what {@link #reconstruct} gave; null unless the input reconstructs
     * @param said what victims say of the images, and who of them may be heard; null without evidence
     * @return {@code [N,6]} float32 with a graph, in the caller's scope
     */
    Tensor logits(
            Tensor adversarial,
            @Nullable Tensor clean,
            @Nullable Tensor reconstructed,
            @Nullable Said said,
            Precision precision) {
        return Scopes.scoped(() -> classifier.forward(
                input(adversarial, clean, reconstructed),
                said == null ? null : said.values(),
                said == null ? null : said.visible(),
                precision));
    }

    /**
     * Evidence of victims.
     *
     * @param values {@code [N,V,…]}, as {@link VictimFeatures#of} gives it
     * @param visible {@code [N,V]} float32, 1 or 0
     */
    record Said(Tensor values, Tensor visible) {}

    /**
     * What Ψ sees on its way to the logits: {@link AttackClassifier#features}, with the arguments of {@link #logits}.
     *
     * @return {@code [N,F]} float32 with a graph, in the caller's scope
     */
    Tensor features(
            Tensor adversarial,
            @Nullable Tensor clean,
            @Nullable Tensor reconstructed,
            @Nullable Said said,
            Precision precision) {
        return Scopes.scoped(() -> classifier.features(
                input(adversarial, clean, reconstructed),
                said == null ? null : said.values(),
                said == null ? null : said.visible(),
                precision));
    }

    /** {@code [N,channels,H,W]}: the maps of the spec's input, then the image from −1 to 1. */
    Tensor input(Tensor adversarial, @Nullable Tensor clean, @Nullable Tensor reconstructed) {
        Tensor image = adversarial.sub(new Scalar(0.5)).mul(new Scalar(2.0));
        Scalar scale = new Scalar(spec.residualScale());
        return switch (spec.input()) {
            case IMAGE -> image;
            case PERTURBATION_AND_IMAGE -> joined(adversarial.sub(given(clean)).mul(scale), image);
            case RESIDUAL_AND_IMAGE ->
                joined(residual(adversarial, given(reconstructed)).mul(scale), image);
            case SRM_AND_IMAGE -> joined(highPass(adversarial, scale), image);
            case RESIDUAL_SRM_AND_IMAGE ->
                joined(
                        residual(adversarial, given(reconstructed)).mul(scale),
                        joined(highPass(adversarial, scale), image));
            case LINEAR_PREDICTION_RESIDUAL_AND_IMAGE ->
                joined(predictionError(adversarial, scale), joined(highPass(adversarial, scale), image));
        };
    }

    private static Tensor highPass(Tensor images, Scalar scale) {
        return cut(SrmFilters.maps(images).mul(scale));
    }

    /** At two gains: where guesses are good, a quarter of a grey level counts; where they are not, whole ones do. */
    private static Tensor predictionError(Tensor images, Scalar scale) {
        Tensor errors = LinearPredictionResidual.of(images).residuals(images).mul(scale);
        return joined(cut(errors.mul(new Scalar(FINE_GAIN))), cut(errors));
    }

    private static Tensor cut(Tensor maps) {
        return maps.clamp(Tensors.scalar(-LIMIT), Tensors.scalar(LIMIT));
    }

    /** I_r = I_adv − clamp(G(I_adv), 0, 1), as the authors' code has it; float32. */
    static Tensor residual(Tensor adversarial, Tensor reconstructed) {
        return Scopes.scoped(() -> adversarial.sub(reconstructed.clamp(Tensors.scalar(0), Tensors.scalar(1))));
    }

    private static Tensor joined(Tensor maps, Tensor image) {
        return torch.cat(new TensorVector(maps, image), 1);
    }

    private Tensor given(@Nullable Tensor tensor) {
        Checks.require(
                tensor != null,
                "%s needs the clean image beside the adversarial one: it is an oracle, and cannot judge an image alone",
                spec.name());
        return Objects.requireNonNull(tensor);
    }

    @Override
    public void close() {
        modules().values().forEach(Module::close);
    }
}

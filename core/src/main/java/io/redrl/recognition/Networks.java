package io.redrl.recognition;

import io.redrl.attack.AttackClass;
import io.redrl.base.Seed;
import io.redrl.features.VictimFeatures;
import io.redrl.model.AttackClassifier;
import io.redrl.model.Reconstructor;
import io.redrl.tensor.LibTorch;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The networks of REDRL that learn: the attack classifier Ψ and, where its input asks for one, the reconstructor G. */
final class Networks implements AutoCloseable {
    /** G's name in checkpoints and files. */
    static final String RECONSTRUCTOR = "g";

    private final RecogniserSpec spec;
    private final AttackClassifier classifier;
    private final @Nullable Reconstructor reconstructor;

    /** Networks with initial weights from the spec's seed. */
    Networks(RecogniserSpec spec) {
        LibTorch.load();
        this.spec = spec;
        Seed seed = spec.seedValue().child("weights");
        classifier = new AttackClassifier(
                spec.classifier(),
                spec.input().channels(),
                AttackClass.values().length,
                spec.victimFeatures().isEmpty() ? 0 : VictimFeatures.OWN,
                seed.child("classifier"));
        reconstructor = spec.input().reconstructs()
                ? new Reconstructor(spec.reconstructor(), seed.child("reconstructor"))
                : null;
    }

    /** Ψ. */
    AttackClassifier classifier() {
        return classifier;
    }

    /** Whether there is a G. */
    boolean reconstructs() {
        return reconstructor != null;
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
     * I_g = G(I_adv), not clamped, {@code [N,3,H,W]} float32 with a graph, in the caller's scope.
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
     * Victim features of some images, and which of them Ψ may look at.
     *
     * @param values {@code [N,V,…]} float32, as {@link VictimFeatures#of} gives them
     * @param visible {@code [N,V]} float32, 1 or 0
     */
    record VictimInput(Tensor values, Tensor visible) {}

    /** Ψ's logits: {@code [N,6]} float32 with a graph, in the caller's scope. */
    Tensor logits(PsiInput input, Precision precision) {
        VictimInput victims = input.victims();
        return Scopes.scoped(() -> classifier.forward(
                input.maps(spec),
                victims == null ? null : victims.values(),
                victims == null ? null : victims.visible(),
                precision));
    }

    /** Ψ's activations, see {@link AttackClassifier#features}: {@code [N,F]} float32 with a graph, in the caller's scope. */
    Tensor activations(PsiInput input, Precision precision) {
        VictimInput victims = input.victims();
        return Scopes.scoped(() -> classifier.features(
                input.maps(spec),
                victims == null ? null : victims.values(),
                victims == null ? null : victims.visible(),
                precision));
    }

    @Override
    public void close() {
        modules().values().forEach(Module::close);
    }
}

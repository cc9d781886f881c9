package io.redrl.testing;

import io.redrl.attack.AttackClass;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.calibration.Calibration;
import io.redrl.evaluation.ClassNames;
import io.redrl.model.AttackClassifier;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.InitialState;
import io.redrl.model.Reconstructor;
import io.redrl.model.ReconstructorSpec;
import io.redrl.model.Weights;
import io.redrl.recognition.RecogniserCard;
import io.redrl.recognition.RecogniserInput;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.tensor.Scopes;
import java.nio.file.Path;
import java.util.Objects;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Recognisers without training, whose last layer is set so that they always say the same; and a victim. */
public final class RiggedModels {
    private RiggedModels() {}

    /**
     * Writes a recogniser of 32×32 images.
     *
     * @param says what it says of every image
     * @param lead of that class in the logits, over all others, which are equal
     * @param threshold of its calibration: an image is unknown if 1 − its probability is above
     */
    public static Path recogniser(Path folder, RecogniserInput input, AttackClass says, double lead, double threshold) {
        RecogniserSpec spec = RecogniserSpec.compact()
                .withInput(String.valueOf(folder.getFileName()), input)
                .withNetworks(
                        new ReconstructorSpec(6, 1, InitialState.NEAR_IDENTITY),
                        new AttackClassifierSpec(
                                4,
                                1,
                                AttackClassifierSpec.Stem.SMALL,
                                0,
                                8,
                                AttackClassifierSpec.Pooling.MEAN_AND_MAX));
        try (AttackClassifier psi = new AttackClassifier(spec.classifier(), input.channels(), 6, 0, new Seed(1))) {
            Scopes.run(() -> {
                try (NoGradGuard guard = new NoGradGuard()) {
                    layer(psi, "fc2.weight").zero_();
                    layer(psi, "fc2.bias").zero_();
                    layer(psi, "fc2.bias")
                            .select(0, ClassNames.ids().indexOf(says.id()))
                            .fill_(new Scalar(lead));
                }
            });
            Weights.save(psi, folder.resolve("psi.safetensors"));
        }
        if (input.reconstructs()) {
            try (Reconstructor g = new Reconstructor(spec.reconstructor(), new Seed(2))) {
                // Everything a little brighter: else nothing would change once rounded.
                Scopes.run(() -> {
                    try (NoGradGuard guard = new NoGradGuard()) {
                        layer(g, "last.bias").fill_(new Scalar(0.03));
                    }
                });
                Weights.save(g, folder.resolve("g.safetensors"));
            }
        }
        Json.write(folder.resolve(Calibration.FILE), new Calibration(1, threshold));
        Json.write(
                folder.resolve("recogniser.json"),
                new RecogniserCard(spec, ClassNames.ids(), 32, 32, 0, 0, "none", "", "", "", "", "", 1, 0, 0));
        return folder;
    }

    private static Tensor layer(Module network, String name) {
        return Objects.requireNonNull(Weights.parameters(network).get(name), name);
    }
}

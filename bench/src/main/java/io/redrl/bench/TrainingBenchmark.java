package io.redrl.bench;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.StoredImage;
import io.redrl.attack.AttackClass;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.model.FeatureExtractor;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.TrainingStep;
import io.redrl.tensor.LibTorch;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Training step of REDRL in one thread, as trainings run in lanes ({@code -t 2} takes two side by side): by default the published
 * sizes, G of 23 blocks of 64 channels, Ψ a ResNet18 on 64×64, F three blocks of VGG16, Φ a ResNet50. Random weights.
 */
public class TrainingBenchmark extends StepBenchmark {
    /** Clean images of a training. */
    private static final int IMAGES = 48;

    private static final int LEVELS = 8;

    /** Which step. */
    @Param
    public Side side = Side.PLAIN;

    /** Sizes of G and Ψ: {@code paper}, or {@code compact} for those for a CPU. */
    @Param("paper")
    public String sizes = "";

    /** Φ's architecture. */
    @Param("resnet50")
    public String phi = "";

    /** Images in a step. */
    @Param("24")
    public int batch;

    private final List<AutoCloseable> open = new ArrayList<>();
    private IntFunction<Object> training;
    private int number;

    /** Makes the networks and asks the frozen ones about the clean images. */
    @Setup
    public void open() throws IOException {
        LibTorch.load();
        torch.set_num_threads(1);
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        RecogniserSpec preset = sizes.equals("paper") ? RecogniserSpec.paper() : RecogniserSpec.compact();
        RecogniserSpec spec = preset.withTraining(preset.training()
                .withPaired(false)
                .withSteps(1_000_000, batch)
                .withPrecision(side == Side.BFLOAT16 ? Precision.BF16 : Precision.FP32));
        Subject subject = closing(Subject.random(phi, new Seed(7), data));
        Path weights = Files.createTempFile("features", ".safetensors");
        PlainRedrlStep.writeFeatures(weights, new Seed(7).child("features"));
        FeatureExtractor features = closing(FeatureExtractor.load(weights));
        TrainingStep ours = closing(TrainingStep.of(spec, rows(data, IMAGES), data, subject.ours(), features));
        if (side == Side.PLAIN) {
            PlainRedrlStep plain = closing(new PlainRedrlStep(spec, subject.plain(), weights, 1e-4));
            training = step -> Scopes.valued(() -> plain.run(ours.batch(step)));
        } else {
            training = ours::run;
        }
        Files.delete(weights);
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(0, resource);
        return resource;
    }

    /** Every image in all six classes, attacked by noise: a step costs the same whatever the pixels are. */
    static List<AdversarialExample> rows(ImageDataset data, int images) {
        List<AdversarialExample> rows = new ArrayList<>();
        for (int index = 0; index < images; index++) {
            for (AttackClass attack : AttackClass.values()) {
                boolean clean = attack == AttackClass.CLEAN;
                byte[] pixels = data.pixels(index);
                SplittableRandom random =
                        new Seed(1).child(attack.id()).child(index).random();
                for (int i = 0; i < pixels.length && !clean; i++) {
                    int level = (pixels[i] & 0xff) + random.nextInt(-LEVELS, LEVELS + 1);
                    pixels[i] = (byte) Math.max(0, Math.min(255, level));
                }
                rows.add(new AdversarialExample(
                        index,
                        data.label(index),
                        attack.id(),
                        clean ? "none" : "noise",
                        "{}",
                        new Outcome(-1, -1, -1, !clean, !clean, LEVELS / 255.0, 1),
                        StoredImage.of(data.shape().height(), data.shape().width(), Storage.UINT8, pixels)));
            }
        }
        return rows;
    }

    /** Takes the next step. */
    @Benchmark
    public Object step() {
        return training.apply(number++);
    }

    /** Frees the networks. */
    @TearDown
    public void close() {
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) { // none of them has any, but the interface says so
                throw new IllegalStateException("could not be closed", e);
            }
        }
    }
}

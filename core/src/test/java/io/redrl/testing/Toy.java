package io.redrl.testing;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.StoredImage;
import io.redrl.attack.AttackClass;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.Classifier;
import io.redrl.model.InitialState;
import io.redrl.model.ReconstructorSpec;
import io.redrl.recognition.RecogniserInput;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.TrainingSettings;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tools.jackson.databind.JsonNode;

/** A problem small enough for unit tests: smooth images, and five "attacks" that each leave another faint pattern. */
public final class Toy {
    public static final int SIZE = 12;
    public static final int IMAGES = 24;

    private Toy() {}

    /** Slow waves of random colour and direction; labels alternate. */
    public static MadeImages images(int size) {
        return new MadeImages("toy/train", size, ImageShape.square(SIZE), List.of("even", "odd"), index -> {
            SplittableRandom random = new Seed(11).child(index).random();
            byte[] pixels = new byte[3 * SIZE * SIZE];
            for (int c = 0; c < 3; c++) {
                double a = random.nextDouble(0.3);
                double b = random.nextDouble(0.3);
                double base = random.nextDouble(80, 170);
                for (int i = 0; i < SIZE * SIZE; i++) {
                    pixels[c * SIZE * SIZE + i] =
                            (byte) Math.round(base + 40 * Math.sin(a * Math.floorDiv(i, SIZE) + b * (i % SIZE)));
                }
            }
            return pixels;
        });
    }

    /** Every image in all six classes. */
    public static List<AdversarialExample> rows(ImageDataset images, String storage) {
        List<AdversarialExample> rows = new ArrayList<>();
        for (int index = 0; index < images.size(); index++) {
            for (AttackClass attack : AttackClass.values()) {
                rows.add(row(images, index, attack, storage));
            }
        }
        return rows;
    }

    public static AdversarialExample row(ImageDataset images, int index, AttackClass attack, String storage) {
        byte[] pixels = images.pixels(index);
        int kind = List.of(AttackClass.values()).indexOf(attack);
        for (int i = 0; i < pixels.length; i++) {
            int y = Math.floorDiv(i, SIZE) % SIZE;
            int x = i % SIZE;
            int sign =
                    switch (kind) {
                        case 1 -> x % 2 == 0 ? 1 : -1;
                        case 2 -> y % 2 == 0 ? 1 : -1;
                        case 3 -> (x + y) % 2 == 0 ? 1 : -1;
                        case 4 -> x % 4 < 2 ? 1 : -1;
                        case 5 -> x < 4 && y < 4 ? (x + y) % 2 * 4 - 2 : 0;
                        default -> 0;
                    };
            pixels[i] = (byte) ((pixels[i] & 0xff) + 6 * sign);
        }
        boolean clean = kind == 0;
        return new AdversarialExample(
                index,
                images.label(index),
                attack.id(),
                clean ? "none" : "toy",
                "{}",
                new Outcome(-1, -1, -1, !clean, !clean, 6 / 255.0, 1),
                StoredImage.of(
                        SIZE,
                        SIZE,
                        Storage.valueOf(storage.toUpperCase(Locale.ROOT)),
                        storage.equals("uint8") ? pixels : floats(pixels)));
    }

    private static byte[] floats(byte[] levels) {
        ByteBuffer buffer = ByteBuffer.allocate(levels.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (byte level : levels) {
            buffer.putFloat((level & 0xff) / 255f);
        }
        return buffer.array();
    }

    /** Networks for seconds of training. */
    public static RecogniserSpec spec(RecogniserInput input) {
        return RecogniserSpec.compact()
                .withInput("toy", input)
                .withNetworks(
                        new ReconstructorSpec(6, 1, InitialState.NEAR_IDENTITY),
                        new AttackClassifierSpec(
                                6, 1, AttackClassifierSpec.Stem.SMALL, 0, 16, AttackClassifierSpec.Pooling.MEAN))
                .withTraining(TrainingSettings.compact().withSteps(12, 24).withPrecision(Precision.FP32));
    }

    /** The same with some settings of its training changed, as JSON. */
    public static RecogniserSpec trained(RecogniserSpec spec, String settings) {
        return spec.withTraining(Json.overlay(
                spec.training(), Json.parse(settings, JsonNode.class, "test"), TrainingSettings.class, "test"));
    }

    /** A linear victim over all pixels, whose weight records gradients if anything lets them through. */
    public static final class LinearVictim implements Classifier {
        public final Tensor weight = Scopes.valued(() -> Scopes.owned(Tensors.normal(new Seed(5), 2, 3 * SIZE * SIZE)));

        @Override
        public String id() {
            return "linear";
        }

        @Override
        public int classes() {
            return 2;
        }

        @Override
        public ImageShape input() {
            return ImageShape.square(SIZE);
        }

        @Override
        public Tensor logits(Tensor images) {
            return Scopes.scoped(() -> torch.linear(images.flatten(1, -1), weight));
        }

        @Override
        public String checksum() {
            return "linear";
        }

        @Override
        public void close() {
            weight.close();
        }
    }

    /** A weights file with the first three blocks of a VGG of this width, under torchvision's names. */
    public static Path vgg(Path file, int width, int[] convolutionsPerBlock, boolean batchNorm) {
        Scopes.run(() -> {
            Map<String, Tensor> tensors = new TreeMap<>();
            int place = 0;
            int in = 3;
            for (int block = 0; block < convolutionsPerBlock.length; block++) {
                for (int i = 0; i < convolutionsPerBlock[block]; i++) {
                    int out = width << block;
                    Seed seed = new Seed(place);
                    String conv = "features." + place;
                    tensors.put(conv + ".weight", Tensors.normal(seed, out, in, 3, 3));
                    tensors.put(conv + ".bias", Tensors.normal(seed.child("bias"), out));
                    if (batchNorm) {
                        String norm = "features." + (place + 1);
                        tensors.put(norm + ".weight", Tensors.uniform(seed.child("w"), out));
                        tensors.put(norm + ".bias", Tensors.normal(seed.child("b"), out));
                        tensors.put(norm + ".running_mean", Tensors.normal(seed.child("m"), out));
                        tensors.put(norm + ".running_var", Tensors.uniform(seed.child("v"), out));
                    }
                    place += batchNorm ? 3 : 2;
                    in = out;
                }
                place++;
            }
            tensors.put("classifier.0.weight", Tensors.normal(new Seed(1), 4, 4));
            Safetensors.write(file, tensors, Map.of());
        });
        return file;
    }
}

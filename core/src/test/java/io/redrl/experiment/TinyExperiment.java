package io.redrl.experiment;

import io.redrl.base.AtomicFiles;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** An experiment with every stage of the real one, on two classes of drawn images, in seconds. */
final class TinyExperiment {
    private static final String YAML = """
            name: tiny
            seed: 3
            data: DATA
            victims:
              - name: vgg8
                train: {model: vgg8, recipe: one-cycle, epochs: 2, batch: 8, precision: fp32}
            phi: vgg8
            features:
              name: vgg16-quarter
              train: {model: vgg16-quarter, epochs: 1, batch: 8, precision: fp32}
            attacks:
              - {attack: pgd, epsilon: 8/255, steps: 2}
              - {attack: deepfool, steps: 30}
              - {attack: cw-l2, c: 1000, steps: 40}
              - {attack: cw-linf, epsilon: 8/255, steps: 2}
              - {attack: patch, epsilon: 16/255, height: 4, width: 4, steps: 2}
              - {attack: patch, epsilon: 16/255, height: 8, width: 8, steps: 2}
            train: {split: train, indices: 0-7, sampling: one-per-attack, storage: uint8, reference-label: prediction}
            test: {split: test, indices: 0-3, sampling: all, storage: uint8, reference-label: prediction}
            recognisers:
              preset: compact
              common:
                reconstructor: {channels: 4, blocks: 1}
                classifier: {width: 4}
                training: {steps: 4, batch: 12, precision: fp32}
              variants:
                - {name: image-only, input: image}
                - {name: redrl, input: residual-and-image}
                - name: attack-loss-only
                  input: residual-and-image
                  losses: {reconstruction: 0, features: 0, image-classification: 0}
                - {name: oracle, input: perturbation-and-image}
            saliency: {statistics: 0-5, images: 4, signed: false, maps: 1, filters: 3, boost: 100, permutations: 20, megabytes: 64}
            exemplars: 2
            """;

    /** What {@link #write}'s file may have at its end. */
    static final String ROBUSTNESS = """
            robustness:
              validation: {split: train, indices: 8-15, sampling: one-per-attack, storage: uint8, reference-label: prediction}
              false-positive-rate: 0.1
              images: 0-2
              recognisers: [redrl, image-only]
              victims:
                - name: resnet20
                  train: {model: resnet20, recipe: one-cycle, epochs: 1, batch: 8, precision: fp32}
                - {name: elsewhere, file: no/such/file.pt}
              attacks:
                - {attack: pgd, epsilon: 12/255, steps: 2}
                - {attack: patch, epsilon: 16/255, height: 6, width: 6, steps: 2}
              unknown:
                - {attack: mi-fgsm, steps: 2}
                - {attack: square, steps: 3}
              clean-corruptions:
                - {attack: noise, epsilon: 8/255}
                - {attack: jpeg, quality: 75}
              corruptions: [png, jpeg-75, shift]
            """;

    private TinyExperiment() {}

    /** Writes images and the experiment's file below {@code folder}; returns the file. */
    static Path write(Path folder) {
        SplittableRandom random = new SplittableRandom(5);
        for (String split : new String[] {"train", "test"}) {
            for (String label : new String[] {"blue", "red"}) {
                for (int i = 0; i < 16; i++) {
                    Path file = folder.resolve("images/" + split + "/" + label + "/" + i + ".png");
                    ImageCodec.writePng(file, new Image(ImageShape.square(32), image(label, random)));
                }
            }
        }
        return yaml(folder, YAML.replace("DATA", folder.resolve("images").toString()));
    }

    static Path yaml(Path folder, String text) {
        Path file = folder.resolve("tiny.yaml");
        AtomicFiles.writeString(file, text);
        return file;
    }

    /** Noise, brighter in the class's own colour. */
    private static byte[] image(String label, SplittableRandom random) {
        byte[] pixels = new byte[3 * 32 * 32];
        int bright = label.equals("red") ? 0 : 2;
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (random.nextInt(120) + (i / 1024 == bright ? 60 : 0));
        }
        return pixels;
    }
}

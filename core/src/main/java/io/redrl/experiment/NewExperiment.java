package io.redrl.experiment;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.image.ImageShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A first experiment on somebody's own images and victims: a file with comments, small enough to run at once. */
public final class NewExperiment {
    private static final int TRAIN = 768;
    private static final int TEST = 256;

    private NewExperiment() {}

    /**
     * The file's text.
     *
     * @param name of the experiment
     * @param data as {@link Datasets#open} takes it; it is opened
     * @param victims files or folders, absolute; with none the experiment trains one
     * @param input the size of the victims, to which the images are scaled; empty for that of the images
     * @throws io.redrl.base.RedrlException if the data set is not there or has no training images
     */
    public static String text(String name, String data, List<Path> victims, Optional<ImageShape> input) {
        ImageDataset train = Datasets.open(data, Split.TRAIN, input);
        ImageDataset test = Datasets.open(data, Split.TEST, input);
        Checks.require(
                test.size() >= 2, "an experiment needs two test images at least, got %d in %s", test.size(), data);
        String place = Files.exists(Path.of(data))
                ? Path.of(data).toAbsolutePath().normalize().toString()
                : data;
        StringBuilder networks = new StringBuilder();
        Set<String> names = new HashSet<>();
        String size = input.map(shape -> ", input-size: " + shape.height() + "x" + shape.width())
                .orElse("");
        for (Path victim : victims) {
            String file = String.valueOf(victim.getFileName());
            String plain = file.replaceFirst("\\.[A-Za-z]{1,5}$", "").replaceAll("[^A-Za-z0-9._-]", "-");
            String own = plain.matches("[A-Za-z0-9].*") ? plain : "victim-" + plain;
            for (int i = 2; !names.add(own); i++) {
                own = plain + "-" + i;
            }
            networks.append(String.format(
                    Locale.ROOT, "  - {name: %s, file: %s%s}%n", own, Json.line(victim.toString()), size));
        }
        if (victims.isEmpty()) {
            networks.append("  - name: vgg8\n    train: {model: vgg8, recipe: one-cycle, epochs: 3}\n");
        }
        int patch = Math.max(1, Math.min(test.shape().height(), test.shape().width()) / 4);
        return TEXT.replace("NAME", name)
                .replace("DATA", Json.line(place))
                .replace("VICTIMS", networks.toString().stripTrailing())
                .replace("TRAIN-LAST", Integer.toString(Math.min(TRAIN, train.size()) - 1))
                .replace("TEST-LAST", Integer.toString(Math.min(TEST, test.size()) - 1))
                .replace("STATISTICS-LAST", Integer.toString(Math.min(2000, test.size()) - 1))
                .replace("PATCH", Integer.toString(patch));
    }

    private static final String TEXT = """
            # ./redrl run --check FILE says what is wrong with this file, --dry-run 8 what a run costs on this machine.
            # Every key: docs/experiments.md. What is commented out is the default.
            name: NAME                # results go to runs/NAME
            seed: 1                   # everything random comes from it
            data: DATA

            # What is attacked. A victim of your own: {name: mine, file: mine.pt}; one to be trained: {name: vgg8, train: {model: vgg8}}.
            victims:
            VICTIMS
            # phi: the first victim   # which victim's verdicts count in the loss L_IC
            # features: a small VGG that is trained first, for the loss L_F

            # Every configuration of every attack; redrl attack list has all of them with their settings.
            attacks:
              - {attack: pgd, epsilon: 8/255, step-size: 0.01, steps: 50}
              - {attack: deepfool, steps: 50}
              - {attack: cw-l2, c: 100, steps: 200, learning-rate: 0.01}
              - {attack: cw-linf, epsilon: 8/255, c: 5, steps: 50, learning-rate: 0.005}
              - {attack: patch, epsilon: 16/255, height: PATCH, width: PATCH, steps: 50}

            # Images to learn from and to test on. one-per-attack: each image meets each attack once; all: in every configuration
            # and on every victim. prediction: attacks move the victim's own verdict, so that labels do not matter.
            train: {split: train, indices: 0-TRAIN-LAST, sampling: one-per-attack, storage: uint8, reference-label: prediction}
            test: {split: test, indices: 0-TEST-LAST, sampling: one-per-attack, storage: uint8, reference-label: prediction}

            # What is trained on the sets to name the attack, side by side. compact is for CPUs, paper as published.
            recognisers:
              preset: compact
              common:
                training: {steps: 600, batch: 48, paired: true}
              variants:
                - {name: redrl, input: residual-and-image}
                - {name: high-pass, input: srm-and-image}
                - {name: image-only, input: image}

            # Which filters and pixels the attacks activate, against statistics over these test images.
            saliency: {statistics: 0-STATISTICS-LAST}
            # exemplars: 4            # test images in the report
            """;
}

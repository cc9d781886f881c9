package io.redrl.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The numbers that the paper prints (Souri, Khorramshahi, Lau, Goldblum and Chellappa, "Identification of
 * Attack-Specific Signatures in Adversarial Examples", ICASSP 2024), in per cent, to stand beside ours.
 */
public final class PaperNumbers {
    /** How the paper is cited beside its numbers. */
    public static final String SOURCE =
            "Souri, Khorramshahi, Lau, Goldblum, Chellappa: Identification of Attack-Specific Signatures in"
                    + " Adversarial Examples, ICASSP 2024";

    /** CIFAR-10's id. */
    public static final String CIFAR10 = "cifar10";

    /** Tiny ImageNet's id. */
    public static final String TINY_IMAGENET = "tiny-imagenet";

    /** The paper's training images by data set: all of them. */
    public static final Map<String, Integer> TRAIN_IMAGES = Map.of(CIFAR10, 50_000, TINY_IMAGENET, 100_000);

    /** The paper's epochs of recogniser training. */
    public static final int EPOCHS = 100;

    private static final List<String> TABLE_3_CLASSES =
            List.of("clean", "pgd", "deepfool", "cw-l2", "cw-linf", "patch");
    private static final List<String> TABLE_4_CLASSES =
            List.of("clean", "deepfool", "pgd", "cw-l2", "cw-linf", "patch");

    private PaperNumbers() {}

    /**
     * A victim of Table 1.
     *
     * @param dataset what it was trained on
     * @param network its architecture
     * @param accuracy on clean test images
     */
    public record Victim(String dataset, String network, double accuracy) {}

    /**
     * A column of Table 3: the accuracy of naming the attack.
     *
     * @param dataset the data set
     * @param kind what Ψ sees
     * @param perClass accuracies in the order clean, PGD, DeepFool, CW-L2, CW-L∞, patch
     * @param total the printed total, which is not the mean of the classes
     */
    public record Recognition(String dataset, RecogniserKind kind, List<Double> perClass, double total) {
        /** The mean of the class accuracies, worked out from the printed ones. */
        public double macro() {
            return perClass.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        }

        /** The accuracy of a class, by its id. */
        public Optional<Double> accuracy(String attack) {
            int place = TABLE_3_CLASSES.indexOf(attack);
            return place < 0 ? Optional.empty() : Optional.of(perClass.get(place));
        }
    }

    /**
     * A cell pair of Table 4.
     *
     * @param dataset the data set
     * @param victim Φ
     * @param attack the class of the images
     * @param before accuracy on I
     * @param after accuracy on G(I)
     */
    public record Repair(String dataset, String victim, String attack, double before, double after) {}

    /**
     * A column of Table 5: the total accuracy with some of the losses.
     *
     * @param dataset the data set
     * @param losses the losses used
     * @param total the printed total
     */
    public record Ablation(String dataset, String losses, double total) {}

    /** Table 1. */
    public static final List<Victim> TABLE_1 = List.of(
            new Victim(CIFAR10, "ResNet50", 94.02),
            new Victim(CIFAR10, "ResNeXt50", 94.76),
            new Victim(CIFAR10, "DenseNet121", 94.48),
            new Victim(CIFAR10, "VGG19", 95.73),
            new Victim(TINY_IMAGENET, "ResNet50", 65.18),
            new Victim(TINY_IMAGENET, "ResNeXt50", 68.05),
            new Victim(TINY_IMAGENET, "DenseNet121", 65.03),
            new Victim(TINY_IMAGENET, "VGG19", 64.89));

    /** Table 3. */
    public static final List<Recognition> TABLE_3 = List.of(
            column(CIFAR10, RecogniserKind.IMAGE, 57.5, 12.0, 73.5, 56.2, 73.4, 33.4, 58.4),
            column(CIFAR10, RecogniserKind.ORACLE, 94.2, 100.0, 99.9, 99.9, 98.6, 71.6, 99.9),
            column(CIFAR10, RecogniserKind.REDRL, 94.2, 100.0, 99.9, 97.4, 96.6, 74.1, 99.9),
            column(TINY_IMAGENET, RecogniserKind.IMAGE, 59.4, 62.5, 88.7, 53.2, 28.0, 24.2, 73.8),
            column(TINY_IMAGENET, RecogniserKind.ORACLE, 95.7, 99.9, 99.7, 64.0, 96.4, 92.7, 99.9),
            column(TINY_IMAGENET, RecogniserKind.REDRL, 85.5, 99.7, 99.9, 75.3, 66.3, 57.7, 99.6));

    /** Table 4. */
    public static final List<Repair> TABLE_4 = java.util.stream.Stream.of(
                    row(CIFAR10, "ResNet50", 94.0, 94.0, 7.4, 87.6, 2.1, 90.9, 0.1, 88.2, 13.5, 85.0, 79.0, 93.3),
                    row(CIFAR10, "ResNeXt50", 94.7, 94.7, 8.0, 87.0, 2.41, 91.3, 0.0, 85.5, 12.2, 85.3, 80.3, 94.0),
                    row(CIFAR10, "DenseNet121", 94.4, 94.4, 7.9, 86.3, 2.1, 90.6, 0.6, 80.9, 13.0, 84.1, 78.6, 93.7),
                    row(CIFAR10, "VGG19", 95.7, 95.7, 8.4, 87.1, 2.0, 93.1, 0.2, 84.3, 5.4, 86.2, 75.8, 94.9),
                    row(TINY_IMAGENET, "ResNet50", 65.1, 65.1, 11.5, 51.3, 0.3, 37.8, 0.1, 39.5, 2.7, 40.9, 48.5, 61.0),
                    row(
                            TINY_IMAGENET,
                            "ResNeXt50",
                            68.0,
                            68.0,
                            11.2,
                            53.9,
                            0.4,
                            36.6,
                            0.1,
                            36.5,
                            3.1,
                            43.5,
                            51.6,
                            63.8),
                    row(
                            TINY_IMAGENET,
                            "DenseNet121",
                            65.0,
                            64.9,
                            11.8,
                            53.2,
                            0.1,
                            27.3,
                            0.1,
                            31.6,
                            3.2,
                            39.0,
                            48.8,
                            60.4),
                    row(TINY_IMAGENET, "VGG19", 64.8, 64.8, 11.1, 45.9, 0.2, 26.1, 0.0, 31.5, 1.6, 34.1, 45.7, 59.5))
            .flatMap(List::stream)
            .toList();

    /** Table 5. */
    public static final List<Ablation> TABLE_5 = List.of(
            new Ablation(CIFAR10, "L_R + L_AC", 90.59),
            new Ablation(CIFAR10, "L_R + L_AC + L_F", 92.58),
            new Ablation(CIFAR10, "L_R + L_AC + L_IC", 93.51),
            new Ablation(CIFAR10, "all four", 94.28),
            new Ablation(TINY_IMAGENET, "L_R + L_AC", 81.9),
            new Ablation(TINY_IMAGENET, "L_R + L_AC + L_F", 82.7),
            new Ablation(TINY_IMAGENET, "L_R + L_AC + L_IC", 83.72),
            new Ablation(TINY_IMAGENET, "all four", 85.57));

    /** How the paper writes a data set's name; another data set keeps its id. */
    public static String title(String dataset) {
        return Map.of(CIFAR10, "CIFAR-10", TINY_IMAGENET, "Tiny ImageNet").getOrDefault(dataset, dataset);
    }

    /**
     * The victim of Table 1 that is of the same family as one of ours, such as ResNet50 for {@code resnet20}; none for another
     * data set or family.
     */
    public static Optional<Victim> victim(String dataset, String ours) {
        return TABLE_1.stream()
                .filter(v -> v.dataset().equals(dataset))
                .filter(v -> ours.toLowerCase(Locale.ROOT)
                        .startsWith(v.network().replaceFirst("[0-9]+$", "").toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** The total of Table 5 for a data set and a kind of recogniser, if the paper has one. */
    public static Optional<Ablation> ablation(String dataset, RecogniserKind kind) {
        String losses =
                switch (kind) {
                    case ABLATION_A -> "L_R + L_AC";
                    case ABLATION_B -> "L_R + L_AC + L_F";
                    case ABLATION_C -> "L_R + L_AC + L_IC";
                    case REDRL -> "all four";
                    default -> "";
                };
        return TABLE_5.stream()
                .filter(a -> a.dataset().equals(dataset) && a.losses().equals(losses))
                .findFirst();
    }

    /** The column of Table 3 for a data set and an input, if the paper has one. */
    public static Optional<Recognition> recognition(String dataset, RecogniserKind kind) {
        return TABLE_3.stream()
                .filter(c -> c.dataset().equals(dataset) && c.kind() == kind)
                .findFirst();
    }

    /** The rows of Table 4 for a data set; empty if the paper has none. */
    public static List<Repair> repair(String dataset) {
        return TABLE_4.stream().filter(r -> r.dataset().equals(dataset)).toList();
    }

    private static Recognition column(String dataset, RecogniserKind kind, double total, Double... perClass) {
        return new Recognition(dataset, kind, List.of(perClass), total);
    }

    private static List<Repair> row(String dataset, String victim, double... pairs) {
        return java.util.stream.IntStream.range(0, TABLE_4_CLASSES.size())
                .mapToObj(i -> new Repair(dataset, victim, TABLE_4_CLASSES.get(i), pairs[2 * i], pairs[2 * i + 1]))
                .toList();
    }
}

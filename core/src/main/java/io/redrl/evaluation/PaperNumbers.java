package io.redrl.evaluation;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.redrl.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Numbers that the paper prints (Souri, Khorramshahi, Lau, Goldblum and Chellappa, "Identification of Attack-Specific
 * Signatures in Adversarial Examples", ICASSP 2024), in per cent, to stand beside ours. They are in {@code paper.yaml}.
 *
 * @param source how the paper is cited
 * @param epochs of recogniser training
 * @param saliency by attack, the depth of the victims at which its saliency lies
 * @param datasets tables by the data set's id
 */
public record PaperNumbers(String source, int epochs, Map<String, Depth> saliency, Map<String, Dataset> datasets) {
    /** The paper. */
    public static final PaperNumbers PAPER = read();

    /** Copies the maps. */
    public PaperNumbers {
        saliency = kept(saliency);
        datasets = kept(datasets);
    }

    /** Thirds of a network's convolutions. */
    public enum Depth {
        /** The first third. */
        EARLY,
        /** The middle third. */
        MIDDLE,
        /** The last third. */
        LATE,
        /** No third in particular. */
        ALL
    }

    /**
     * Tables of one data set.
     *
     * @param title how the paper writes its name
     * @param trainImages all of its training images, which the paper uses; 0 if the paper does not have this data set
     * @param victims Table 1: accuracy on clean test images by network
     * @param recognition Table 3: columns by what Ψ sees
     * @param repair Table 4: accuracy of the victim on I and on G(I), by network and class of I
     * @param losses Table 5: printed total by which losses there are
     */
    public record Dataset(
            String title,
            int trainImages,
            Map<String, Double> victims,
            Map<RecogniserKind, Recognition> recognition,
            Map<String, Map<String, Repair>> repair,
            Map<RecogniserKind, Double> losses) {
        /** Copies the maps. */
        public Dataset {
            victims = kept(victims);
            recognition = kept(recognition);
            repair = kept(repair);
            losses = kept(losses);
        }

        /** The network of Table 1 that is of the same family as one of ours, such as ResNet50 for {@code resnet20}. */
        public Optional<Map.Entry<String, Double>> victim(String ours) {
            return victims.entrySet().stream()
                    .filter(v -> ours.toLowerCase(Locale.ROOT)
                            .startsWith(v.getKey().replaceFirst("[0-9]+$", "").toLowerCase(Locale.ROOT)))
                    .findFirst();
        }

        /** The column of Table 3 for what Ψ sees, if the paper has one. */
        public Optional<Recognition> recognition(RecogniserKind kind) {
            return Optional.ofNullable(recognition.get(kind));
        }
    }

    /**
     * A column of Table 3: the accuracy of naming the attack.
     *
     * @param total the printed total, which is not the mean of the classes
     * @param classes by class id
     */
    public record Recognition(double total, Map<String, Double> classes) {
        /** Copies the map. */
        public Recognition {
            classes = kept(classes);
        }

        /** The mean of the class accuracies, worked out from the printed ones. */
        public double macro() {
            return classes.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow();
        }
    }

    /**
     * A cell of Table 4, {@code [before, after]} in the file.
     *
     * @param before accuracy on I
     * @param after accuracy on G(I)
     */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    public record Repair(double before, double after) {}

    /** The tables of a data set; empty ones under its id if the paper has none. */
    public static Dataset of(String dataset) {
        return PAPER.datasets().getOrDefault(dataset, new Dataset(dataset, 0, Map.of(), Map.of(), Map.of(), Map.of()));
    }

    private static <K, V> Map<K, V> kept(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    private static PaperNumbers read() {
        String name = "paper.yaml";
        try (InputStream in = Objects.requireNonNull(PaperNumbers.class.getResourceAsStream(name), name)) {
            return Json.parseYaml(new String(in.readAllBytes(), StandardCharsets.UTF_8), PaperNumbers.class, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

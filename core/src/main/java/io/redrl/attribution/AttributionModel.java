package io.redrl.attribution;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.calibration.Activations;
import io.redrl.calibration.OodMethod;
import io.redrl.calibration.OodScore;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.LargeImagePolicy;
import io.redrl.image.Tiling;
import io.redrl.model.Classifier;
import io.redrl.model.ResidualNetwork;
import io.redrl.model.Weights;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A trained network that attributes attacks to images of any size, with its calibration: {@code try (AttributionModel model =
 * AttributionModel.open(folder)) { model.attribute(images); }}. Not safe for several threads at once. Closing it frees its native memory.
 */
public final class AttributionModel implements AutoCloseable {
    /** Settings, calibration and results of a model, in its folder. */
    public static final String CARD = "attribution.json";

    /** Smaller images are continued by their mirror image. */
    public static final int LEAST_SIDE = 32;

    /** Larger images are read in tiles. */
    private static final int MOST_PIXELS = 320 * 320;

    /** The tiles of those. */
    public static final ImageShape TILE = new ImageShape(3, 96, 96);

    private static final int TILES = 30;

    private static final int PIXELS_AT_ONCE = 64 * 64 * 64;

    private final ResidualNetwork network;
    private final AttributionCard card;
    private final OodScore ood;
    private final @Nullable SuspectHead head;

    private AttributionModel(ResidualNetwork network, AttributionCard card, OodScore ood, @Nullable SuspectHead head) {
        this.network = network;
        this.card = card;
        this.ood = ood;
        this.head = head;
    }

    /**
     * Opens a model.
     *
     * @param folder with {@link #CARD}, {@link AttributionTrainer#WEIGHTS}, {@link OodScore#FILE} and, of a model that asks suspects,
     *     {@link SuspectTrainer#WEIGHTS}
     * @throws RedrlException if one is missing or does not fit the others
     */
    public static AttributionModel open(Path folder) {
        AttributionCard card = readCard(folder);
        ResidualNetwork network = network(card.settings(), folder);
        return new AttributionModel(
                network,
                card,
                OodScore.load(folder, OodMethod.NEIGHBOURS, 1),
                card.suspects().isPresent() ? SuspectHead.open(folder.resolve(SuspectTrainer.WEIGHTS)) : null);
    }

    /**
     * The card in a model's folder.
     *
     * @throws RedrlException if there is none that this version can read
     */
    static AttributionCard readCard(Path folder) {
        Path file = folder.resolve(CARD);
        if (!Files.isRegularFile(file)) {
            boolean old = Files.isRegularFile(folder.resolve("recogniser.json"));
            throw new RedrlException(folder + " is no model of attribution"
                    + (old ? ", but a recogniser of an earlier kind" : "") + ": it needs " + CARD + ", "
                    + AttributionTrainer.WEIGHTS + " and " + OodScore.FILE);
        }
        try {
            return Json.read(file, AttributionCard.class);
        } catch (RedrlException e) {
            throw new RedrlException(
                    folder + " holds a model that is damaged or of another version of redrl: " + e.getMessage(), e);
        }
    }

    static ResidualNetwork network(AttributionSettings settings, Path folder) {
        ResidualNetwork network = AttributionOutputs.network(settings);
        try {
            Weights.load(network, folder.resolve(AttributionTrainer.WEIGHTS));
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
        network.train(false);
        network.fold();
        return network;
    }

    /** How many tiles of an image are read at most: 1 if it is read as a whole. */
    public static int tiles(ImageShape shape) {
        return Math.min(TILES, tilesInAll(shape));
    }

    /** How many tiles would cover an image: 1 if it is read as a whole. */
    public static int tilesInAll(ImageShape shape) {
        if (shape.height() * (long) shape.width() <= MOST_PIXELS) {
            return 1;
        }
        int rows = (shape.height() + TILE.height() - 1) / TILE.height();
        int columns = (shape.width() + TILE.width() - 1) / TILE.width();
        return rows * columns;
    }

    /** What it was made of and what it is worth. */
    public AttributionCard card() {
        return card;
    }

    /**
     * Attributes images with the card's prior.
     *
     * @param images of three channels and any size
     * @return one for each, in their order
     */
    public List<Attribution> attribute(List<Image> images) {
        return attribute(images, Optional.empty(), Suspects.none());
    }

    /**
     * Attributes images.
     *
     * @param prior the share of attacked ones among the images that the user expects to meet, in (0, 1)
     */
    public List<Attribution> attribute(List<Image> images, double prior) {
        return attribute(images, Optional.of(prior), Suspects.none());
    }

    /**
     * Attributes images, suspecting victims. Images that none of them takes, that are read in tiles or continued by their mirror image are
     * judged alone, as all are by a model that has not learnt to ask: {@link Attribution#suspects} says who was asked.
     *
     * @param prior the share of attacked ones among the images that the user expects to meet, in (0, 1); empty for the card's own
     */
    public List<Attribution> attribute(List<Image> images, Optional<Double> prior, Suspects suspects) {
        List<Evidence> blind = evidence(network, images);
        double[] scores = ood.of(activations(blind));
        List<Evidence> evidence = head == null || suspects.isEmpty() ? blind : asked(head, suspects, images, blind);
        List<Attribution> results = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            AttributionCalibration calibration = evidence.get(i).suspects().isEmpty()
                    ? card.calibration()
                    : card.suspects().orElseThrow().calibration();
            results.add(calibration.judge(evidence.get(i), scores[i], prior));
        }
        return results;
    }

    /** Whether suspects are asked about images of a shape: those are read as a whole and as they are. */
    public static boolean asksAbout(ImageShape shape) {
        return tiles(shape) == 1 && shape.height() >= LEAST_SIDE && shape.width() >= LEAST_SIDE;
    }

    private static List<Evidence> asked(SuspectHead head, Suspects suspects, List<Image> images, List<Evidence> blind) {
        List<Evidence> results = new ArrayList<>(blind);
        Map<ImageShape, List<Integer>> byShape = new LinkedHashMap<>();
        for (int i = 0; i < images.size(); i++) {
            if (asksAbout(images.get(i).shape())) {
                byShape.computeIfAbsent(images.get(i).shape(), key -> new ArrayList<>())
                        .add(i);
            }
        }
        byShape.forEach((shape, places) -> {
            List<Classifier> there = suspects.at(shape);
            int[] all = IntStream.range(0, there.size()).toArray();
            List<String> names = there.stream().map(Classifier::id).toList();
            int most = Math.max(1, PIXELS_AT_ONCE / (shape.height() * shape.width()));
            for (int from = 0; from < places.size() && !there.isEmpty(); from += most) {
                List<Integer> part = places.subList(from, Math.min(places.size(), from + most));
                List<float[]> values = SuspectAnswers.of(
                                part.stream().map(images::get).toList(), there)
                        .stream()
                        .map(answers -> answers.values(all))
                        .toList();
                List<Evidence> found = head.corrected(
                        part.stream().map(blind::get).toList(), values, Collections.nCopies(part.size(), names));
                for (int i = 0; i < part.size(); i++) {
                    results.set(part.get(i), found.get(i));
                }
            }
        });
        return results;
    }

    /**
     * The network's logit of "attacked", through which gradients pass: what an attacker who knows the model would lower.
     *
     * @param images {@code [N,3,H,W]} float32 in [0, 1], of 32 pixels a side and more
     * @return {@code [N]}, in the caller's scope
     */
    public Tensor attackedLogit(Tensor images) {
        Tensor families = network.run(images, Precision.FP32).outputs().narrow(1, 0, AttributionOutputs.FAMILIES);
        Tensor attacked = families.narrow(1, 1, AttributionOutputs.FAMILIES - 1L);
        return attacked.logsumexp(new long[] {1}, false).sub(families.select(1, Family.CLEAN.index()));
    }

    static Activations activations(List<Evidence> evidence) {
        return new Activations(
                evidence.stream().map(Evidence::embedding).toArray(double[][]::new),
                evidence.stream().map(Evidence::families).toArray(double[][]::new),
                List.of(0));
    }

    /** What a network reads from images: those of one size together. */
    static List<Evidence> evidence(ResidualNetwork network, List<Image> images) {
        Map<ImageShape, List<Integer>> whole = new LinkedHashMap<>();
        Evidence[] results = new Evidence[images.size()];
        List<Image> read = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            Image image = images.get(i);
            Checks.require(image.shape().channels() == 3, "images need 3 channels, got %s", image.shape());
            ImageShape shape = image.shape();
            if (shape.height() < LEAST_SIDE || shape.width() < LEAST_SIDE) {
                shape = new ImageShape(3, Math.max(LEAST_SIDE, shape.height()), Math.max(LEAST_SIDE, shape.width()));
                image = Tiling.of(image, shape, LargeImagePolicy.TILES, 1)
                        .tiles()
                        .get(0)
                        .image();
            }
            read.add(image);
            if (shape.height() * (long) shape.width() > MOST_PIXELS) {
                results[i] = ofTiles(network, image);
            } else {
                whole.computeIfAbsent(shape, key -> new ArrayList<>()).add(i);
            }
        }
        whole.forEach((shape, places) -> {
            int most = Math.max(1, PIXELS_AT_ONCE / (shape.height() * shape.width()));
            for (int from = 0; from < places.size(); from += most) {
                List<Integer> part = places.subList(from, Math.min(places.size(), from + most));
                List<Evidence> found =
                        ofWhole(network, part.stream().map(read::get).toList());
                for (int i = 0; i < part.size(); i++) {
                    results[part.get(i)] = found.get(i);
                }
            }
        });
        return List.of(results);
    }

    private static List<Evidence> ofWhole(ResidualNetwork network, List<Image> images) {
        return Scopes.valuedNoGrad(() -> {
            ResidualNetwork.Result result = network.run(Tensors.pixels(images), Precision.FP32);
            double[][] outputs = rows(result.outputs());
            double[][] embeddings = rows(result.embedding());
            double[][] maps = rows(result.map().flatten(1, -1));
            int height = (int) result.map().size(2);
            List<Evidence> found = new ArrayList<>();
            for (int i = 0; i < outputs.length; i++) {
                Image image = images.get(i);
                found.add(new Evidence(
                        outputs[i], embeddings[i], ChangedPlace.of(maps[i], height), Evidence.side(image), List.of()));
            }
            return found;
        });
    }

    private static Evidence ofTiles(ResidualNetwork network, Image image) {
        ImageShape tile =
                new ImageShape(3, Math.min(TILE.height(), image.height()), Math.min(TILE.width(), image.width()));
        List<Image> tiles = Tiling.of(image, tile, LargeImagePolicy.TILES, TILES).tiles().stream()
                .map(Tiling.Tile::image)
                .toList();
        return Scopes.valuedNoGrad(() -> {
            ResidualNetwork.Result result = network.runTogether(Tensors.pixels(tiles), Precision.FP32);
            return new Evidence(
                    rows(result.outputs())[0],
                    rows(result.embedding())[0],
                    Optional.empty(),
                    Evidence.side(image),
                    List.of());
        });
    }

    private static double[][] rows(Tensor matrix) {
        double[] values = Tensors.toDoubles(matrix);
        int width = (int) matrix.size(1);
        double[][] rows = new double[(int) matrix.size(0)][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
        }
        return rows;
    }

    @Override
    public void close() {
        if (head != null) {
            head.close();
        }
        ood.close();
        network.close();
    }
}

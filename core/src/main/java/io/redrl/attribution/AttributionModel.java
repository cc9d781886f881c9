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
import io.redrl.model.ResidualNetwork;
import io.redrl.model.Weights;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained network that attributes attacks to images of any size, with its calibration: {@code try (AttributionModel model =
 * AttributionModel.open(folder)) { model.attribute(images); }}. Not safe for several threads at once. Closing it frees its native memory.
 */
public final class AttributionModel implements AutoCloseable {
    /** Settings, calibration and results of a model, in its folder. */
    public static final String CARD = "attribution.json";

    /** Smaller images are continued by their mirror image. */
    static final int LEAST_SIDE = 32;

    /** Larger images are read in tiles. */
    private static final int MOST_PIXELS = 320 * 320;

    private static final ImageShape TILE = new ImageShape(3, 96, 96);
    private static final int TILES = 30;

    private static final int PIXELS_AT_ONCE = 64 * 64 * 64;

    private final ResidualNetwork network;
    private final AttributionCard card;
    private final OodScore ood;

    private AttributionModel(ResidualNetwork network, AttributionCard card, OodScore ood) {
        this.network = network;
        this.card = card;
        this.ood = ood;
    }

    /**
     * Opens a model.
     *
     * @param folder with {@link #CARD}, {@link AttributionTrainer#WEIGHTS} and {@link OodScore#FILE}
     * @throws RedrlException if one is missing or does not fit the others
     */
    public static AttributionModel open(Path folder) {
        Path file = folder.resolve(CARD);
        if (!Files.isRegularFile(file)) {
            throw new RedrlException(folder + " is no model of attribution: it needs " + CARD + ", "
                    + AttributionTrainer.WEIGHTS + " and " + OodScore.FILE);
        }
        AttributionCard card = Json.read(file, AttributionCard.class);
        ResidualNetwork network = network(card.settings(), folder);
        return new AttributionModel(network, card, OodScore.load(folder, OodMethod.NEIGHBOURS, 1));
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
        return attribute(images, card.calibration().prior());
    }

    /**
     * Attributes images.
     *
     * @param prior the share of attacked ones among the images that the user expects to meet, in (0, 1)
     */
    public List<Attribution> attribute(List<Image> images, double prior) {
        List<Evidence> evidence = evidence(network, images);
        double[] scores = ood.of(activations(evidence));
        List<Attribution> results = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            results.add(card.calibration().judge(evidence.get(i), scores[i], prior));
        }
        return results;
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
                        outputs[i], embeddings[i], ChangedPlace.of(maps[i], height), Evidence.side(image)));
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
                    rows(result.outputs())[0], rows(result.embedding())[0], Optional.empty(), Evidence.side(image));
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
        ood.close();
        network.close();
    }
}

package io.redrl.model;

import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A trained network as a victim: evaluation mode, batch norm folded into convolutions, weights in channels-last order,
 * normalisation inside, no parameter records gradients.
 */
public final class NetworkClassifier implements Classifier {
    private final String id;
    private final Network network;
    private final ModelCard card;
    private final String checksum;
    private final Tensor mean;
    private final Tensor std;
    /** Of the weights; float32 but in tests. */
    private final ScalarType type;
    /** Names of convolutions by where their weights lie. */
    private final Map<Long, String> convolutions;
    /** The same network in bfloat16, made when first asked for. */
    private @Nullable Network lowPrecision;

    /**
     * Freezes a network.
     *
     * @param id a short name, part of file names and tables
     * @param network trained; this object owns it from now on
     * @param card its architecture, classes, input and normalisation
     * @param checksum of its weights
     */
    public NetworkClassifier(String id, Network network, ModelCard card, String checksum) {
        this.id = id;
        this.network = network;
        this.card = card;
        this.checksum = checksum;
        freeze(network);
        mean = channels(card.mean());
        std = channels(card.std());
        type = Scopes.valued(() -> network.parameters().get(0).scalar_type());
        convolutions = Scopes.valued(() -> Weights.parameters(network).entrySet().stream()
                .filter(parameter -> parameter.getValue().dim() == 4)
                .collect(Collectors.toUnmodifiableMap(
                        parameter -> parameter.getValue().data_ptr().address(),
                        parameter -> parameter.getKey().replaceFirst("\\.weight$", ""))));
    }

    /**
     * Opens a model folder: {@code model.json} and {@code model.safetensors}.
     *
     * @return the victim, named after the folder; the caller closes it
     * @throws RedrlException if a file is missing, damaged, altered since training, or of another architecture
     */
    public static NetworkClassifier open(Path folder) {
        Path weights = folder.resolve(ModelCard.WEIGHTS);
        Path cardFile = folder.resolve(ModelCard.FILE);
        if (!Files.isRegularFile(weights) || !Files.isRegularFile(cardFile)) {
            throw new RedrlException(folder + " is not a model folder: it needs " + ModelCard.FILE + " and "
                    + ModelCard.WEIGHTS + ". Train a victim into it, or name another.");
        }
        ModelCard card = Json.read(cardFile, ModelCard.class);
        String checksum = Checksums.of(weights);
        if (!checksum.equals(card.weightsChecksum())) {
            throw new RedrlException(weights + " is not the file that " + cardFile
                    + " describes: its SHA-256 differs. Fetch or train the model again.");
        }
        Network network = network(card, cardFile, weights);
        try {
            Weights.load(network, weights);
        } catch (RedrlException e) {
            network.close();
            throw e;
        }
        return new NetworkClassifier(
                String.valueOf(folder.toAbsolutePath().normalize().getFileName()), network, card, checksum);
    }

    /**
     * Opens a model folder for images of another size than its card's: its networks pool over the whole image.
     *
     * @see #open(Path)
     */
    public static NetworkClassifier open(Path folder, ImageShape input) {
        NetworkClassifier own = open(folder);
        return own.card.input().equals(input)
                ? own
                : new NetworkClassifier(own.id, own.network, own.card.withInput(input), own.checksum);
    }

    private static Network network(ModelCard card, Path cardFile, Path weights) {
        VictimCatalog.Architecture architecture;
        try {
            architecture = VictimCatalog.named(card.architecture());
        } catch (RedrlException e) {
            throw new RedrlException(cardFile + ": " + e.getMessage(), e);
        }
        // Half of them at least are not in the last layer, whose size depends on the classes.
        Weights.requireRoom(weights, architecture.parameters() / 2);
        return architecture.constructor().apply(card.classes()); // loading overwrites all
    }

    private static Tensor channels(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return Scopes.valued(() -> Scopes.owned(Tensors.floats(floats, 1, floats.length, 1, 1)));
    }

    /** Where it came from. */
    public ModelCard card() {
        return card;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int classes() {
        return card.classes();
    }

    @Override
    public List<String> classNames() {
        return card.classNames();
    }

    @Override
    public ImageShape input() {
        return card.input();
    }

    @Override
    public Tensor logits(Tensor images) {
        Victims.requireImages(this, images);
        return Scopes.scoped(() -> network.forward(images.sub(mean).div(std).contiguous(MemoryFormat.ChannelsLast)));
    }

    @Override
    public boolean hasLowPrecision() {
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Weights and activations are bfloat16, about twice as fast on processors with instructions for it and much slower
     * on others; pixels are normalised in float32 before.
     */
    @Override
    public Tensor lowPrecisionLogits(Tensor images) {
        Victims.requireImages(this, images);
        Network halves = lowPrecision();
        return Scopes.scoped(() -> halves.forward(
                        images.sub(mean).div(std).to(ScalarType.BFloat16).contiguous(MemoryFormat.ChannelsLast))
                .to(ScalarType.Float));
    }

    /**
     * Runs the network and tells what its convolutions took and gave, in full precision. Everything stays in the caller's
     * scope: open one for it.
     *
     * @param images {@code [N,C,H,W]} in [0, 1]; if they record gradients, so do logits and outputs
     */
    public Trace traced(Tensor images) {
        Victims.requireImages(this, images);
        Tensor x = images.sub(mean).div(std).to(type).contiguous(MemoryFormat.ChannelsLast);
        try (ConvolutionTape tape = ConvolutionTape.start()) {
            Tensor logits = network.forward(x);
            return new Trace(
                    logits, tape.entries().stream().map(this::described).toList());
        }
    }

    /**
     * A network's run on some images.
     *
     * @param logits {@code [N,K]}
     * @param convolutions in the order in which they ran
     */
    public record Trace(Tensor logits, List<Convolution> convolutions) {}

    private Convolution described(ConvolutionTape.Entry entry) {
        Tensor weight = entry.conv().weight();
        return new Convolution(
                Objects.requireNonNull(convolutions.get(weight.data_ptr().address())),
                weight,
                entry.conv().options().stride().get(0),
                weight.size(2) / 2,
                entry.conv().options().groups().get(),
                entry.scale(),
                entry.input(),
                entry.output());
    }

    private synchronized Network lowPrecision() {
        if (lowPrecision == null) {
            Network copy = VictimCatalog.named(card.architecture()).network(card.classes(), new Seed(0));
            Scopes.run(() -> Weights.load(copy, Weights.state(network), id));
            freeze(copy);
            copy.halve();
            lowPrecision = copy;
        }
        return lowPrecision;
    }

    private static void freeze(Network network) {
        network.eval();
        network.freeze();
        network.channelsLast();
        network.fold();
    }

    @Override
    public String checksum() {
        return checksum;
    }

    @Override
    public void close() {
        network.close();
        if (lowPrecision != null) {
            lowPrecision.close();
        }
        mean.close();
        std.close();
    }
}

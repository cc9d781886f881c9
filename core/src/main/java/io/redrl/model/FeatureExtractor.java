package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The frozen feature extractor F: the first three blocks of a VGG, up to the ReLU after the third convolution of the
 * third block (Souri et al., §4.1; in the authors' code VGG16 with batch norm, {@code features[:23]}).
 *
 * <p>The network is built from the names and shapes in the weights file: {@code features.N.weight} with four dimensions
 * is a 3×3 convolution, with one dimension a batch norm (folded into the convolution before it), and a gap of one place
 * more before the next convolution is a 2×2 max pooling. So torchvision's VGG16 and VGG19, with and without batch norm,
 * and any VGG trained here, fit as they are.
 */
public final class FeatureExtractor implements AutoCloseable {
    private static final int LAST_BLOCK = 3;
    private static final int CONVOLUTIONS_IN_LAST_BLOCK = 3;
    private static final double EPSILON = 1e-5;
    private static final Pattern LAYER = Pattern.compile("features\\.(\\d{1,4})\\.weight");
    private static final float[] IMAGENET_MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] IMAGENET_STD = {0.229f, 0.224f, 0.225f};

    private final String checksum;
    private final Tensor mean;
    private final Tensor std;
    private final List<Layer> layers;

    private record Layer(Tensor weight, Tensor bias, boolean poolBefore) {}

    private FeatureExtractor(String checksum, float[] mean, float[] std, List<Layer> layers) {
        this.checksum = checksum;
        this.mean = Scopes.valued(() -> Scopes.owned(Tensors.floats(mean, 1, 3, 1, 1)));
        this.std = Scopes.valued(() -> Scopes.owned(Tensors.floats(std, 1, 3, 1, 1)));
        this.layers = List.copyOf(layers);
        layers.forEach(layer -> {
            Scopes.owned(layer.weight());
            Scopes.owned(layer.bias());
        });
    }

    /**
     * Loads F.
     *
     * @param weights a safetensors file with the weights of an ImageNet-trained VGG under torchvision's names (its input
     *     is normalised with ImageNet's mean and standard deviation), or the folder of a VGG victim trained here (its
     *     own normalisation)
     * @throws RedrlException if the file is missing or holds no VGG
     */
    public static FeatureExtractor load(Path weights) {
        if (!Files.isDirectory(weights)) {
            return load(weights, IMAGENET_MEAN, IMAGENET_STD);
        }
        ModelCard card = Json.read(weights.resolve(ModelCard.FILE), ModelCard.class);
        return load(weights.resolve(ModelCard.WEIGHTS), floats(card.mean()), floats(card.std()));
    }

    private static float[] floats(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return floats;
    }

    private static FeatureExtractor load(Path file, float[] mean, float[] std) {
        return Scopes.valuedNoGrad(() -> {
            List<Layer> layers = layers(Safetensors.read(file), file);
            return new FeatureExtractor(Checksums.of(file), mean, std, layers);
        });
    }

    /** SHA-256 of the weights file. */
    public String checksum() {
        return checksum;
    }

    /** The number of feature maps. */
    public long channels() {
        return layers.get(layers.size() - 1).weight().size(0);
    }

    /**
     * The features of images. The weights are frozen; gradients flow to the input.
     *
     * @param images {@code [N,3,H,W]} float32, H and W at least 4; in [0, 1] or, for reconstructions, near it
     * @param precision of every convolution but the first
     * @return {@code [N,channels,H/4,W/4]} float32 or bfloat16, not negative; caller's scope
     */
    public Tensor features(Tensor images, Precision precision) {
        return Scopes.scoped(() -> {
            Tensor normalised = images.sub(mean).div(std).contiguous(MemoryFormat.ChannelsLast);
            Tensor first = convolve(normalised, layers.get(0));
            return precision.run(() -> {
                Tensor h = first;
                for (Layer layer : layers.subList(1, layers.size())) {
                    h = convolve(layer.poolBefore() ? pooled(h) : h, layer);
                }
                return h;
            });
        });
    }

    private static Tensor convolve(Tensor x, Layer layer) {
        Tensor z = torch.conv2d(
                x,
                layer.weight(),
                new TensorOptional(layer.bias()),
                new long[] {1, 1},
                new long[] {1, 1},
                new long[] {1, 1},
                1);
        // What relu_ returns refers to z's own handle and would not outlive it.
        torch.relu_(z);
        return z;
    }

    private static Tensor pooled(Tensor x) {
        return torch.max_pool2d(x, new long[] {2, 2}, new long[] {2, 2}, new long[] {0, 0}, new long[] {1, 1}, false);
    }

    private static List<Layer> layers(Map<String, Tensor> tensors, Path file) {
        NavigableSet<Integer> convolutions = new TreeSet<>();
        tensors.forEach((name, tensor) -> {
            Matcher matcher = LAYER.matcher(name);
            if (matcher.matches() && tensor.dim() == 4) {
                convolutions.add(Integer.valueOf(matcher.group(1)));
            }
        });
        List<Layer> layers = new ArrayList<>();
        int block = 1;
        int inBlock = 0;
        int next = 0; // where the next convolution stands if no pooling comes first
        long channels = 3;
        for (int index : convolutions) {
            boolean pool = index == next + 1;
            Checks.require(
                    pool || index == next,
                    "%s holds no VGG: features.%d is a convolution where features.%d was expected",
                    file,
                    index,
                    next);
            if (pool) {
                block++;
                inBlock = 0;
            }
            if (block > LAST_BLOCK || (block == LAST_BLOCK && inBlock == CONVOLUTIONS_IN_LAST_BLOCK)) {
                break;
            }
            Layer layer = layer(tensors, index, channels, pool, file);
            layers.add(layer);
            inBlock++;
            channels = layer.weight().size(0);
            next = index + (hasBatchNorm(tensors, index) ? 3 : 2);
        }
        Checks.require(
                block >= LAST_BLOCK,
                "%s holds no VGG with three blocks: expected tensors features.0.weight and so on under torchvision's"
                        + " names, found %d blocks",
                file,
                layers.isEmpty() ? 0 : block);
        return layers;
    }

    private static boolean hasBatchNorm(Map<String, Tensor> tensors, int convolution) {
        return tensors.containsKey("features." + (convolution + 1) + ".running_var");
    }

    /** A convolution; a batch norm behind it becomes part of its weights: w γ / √(v + ε), (b − m) γ / √(v + ε) + β. */
    private static Layer layer(Map<String, Tensor> tensors, int index, long inputs, boolean poolBefore, Path file) {
        Tensor weight = tensor(tensors, index, "weight", file, -1, inputs, 3, 3);
        long outputs = weight.size(0);
        Checks.require(outputs > 0, "%s holds no VGG: features.%d has no filters", file, index);
        Tensor bias = tensors.containsKey("features." + index + ".bias")
                ? tensor(tensors, index, "bias", file, outputs)
                : Tensors.floats(new float[(int) outputs], outputs);
        if (hasBatchNorm(tensors, index)) {
            int norm = index + 1;
            Tensor scale = tensor(tensors, norm, "weight", file, outputs)
                    .div(tensor(tensors, norm, "running_var", file, outputs)
                            .add(new Scalar(EPSILON))
                            .sqrt());
            bias = bias.sub(tensor(tensors, norm, "running_mean", file, outputs))
                    .mul(scale)
                    .add(tensor(tensors, norm, "bias", file, outputs));
            weight = weight.mul(scale.reshape(-1, 1, 1, 1));
        }
        Checks.require(
                weight.isfinite().all().item_bool() && bias.isfinite().all().item_bool(),
                "%s holds values that no training gives in features.%d: the file is altered",
                file,
                index);
        return new Layer(weight.contiguous(MemoryFormat.ChannelsLast), bias.clone(), poolBefore);
    }

    /** In float32, of the expected shape (-1: any size). */
    private static Tensor tensor(Map<String, Tensor> tensors, int index, String part, Path file, long... shape) {
        String name = "features." + index + "." + part;
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new RedrlException(file + " holds no whole VGG: " + name + " is missing");
        }
        Checks.shape(file + ": " + name, Tensors.shape(tensor), shape);
        return tensor.to(ScalarType.Float);
    }

    @Override
    public void close() {
        mean.close();
        std.close();
        for (Layer layer : layers) {
            layer.weight().close();
            layer.bias().close();
        }
    }
}

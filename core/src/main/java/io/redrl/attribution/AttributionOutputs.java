package io.redrl.attribution;

import io.redrl.base.Seed;
import io.redrl.image.Image;
import io.redrl.model.ResidualNetwork;
import io.redrl.tensor.LibTorch;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The outputs of the network, in their order: logits of {@link Family families}, of {@link Algorithm algorithms} within each family, log2
 * of L∞ and of the root mean square of the change in grey levels, logits of {@link Traces.Steps}; and the losses that teach them.
 */
final class AttributionOutputs {
    static final int FAMILIES = Family.values().length;
    static final int ALGORITHMS = Algorithm.values().length;
    static final int SIZES = 2;
    static final int STEPS = Traces.Steps.values().length;

    /** How many there are. */
    static final int COUNT = FAMILIES + ALGORITHMS + SIZES + STEPS;

    /** Those of families and algorithms, which come first. */
    static final int NAMES = FAMILIES + ALGORITHMS;

    private static final double OF_ALGORITHM = 0.5;
    private static final double OF_SIZES = 0.1;
    private static final double OF_STEPS = 0.05;
    private static final double OF_MAP = 0.3;
    private static final double LEAST_RMS = 1 / 64.0;

    private AttributionOutputs() {}

    /** A fresh network. */
    static ResidualNetwork network(AttributionSettings settings) {
        LibTorch.load();
        return new ResidualNetwork(
                settings.width(), settings.depth(), COUNT, new Seed(settings.seed()).child("network"));
    }

    /**
     * What a batch costs.
     *
     * @param total a scalar with a graph
     * @param families the share of images whose family the network has right
     */
    record Losses(Tensor total, double families) {}

    static Losses losses(ResidualNetwork network, AttributionBatch batch, boolean[] turns, Precision precision) {
        List<Image> all = batch.images();
        List<AttributionBatch.Label> labels = batch.labels();
        Tensor images = turned(Tensors.pixels(all), turns);
        ResidualNetwork.Result result = network.run(images, precision);
        Tensor outputs = result.outputs();
        Tensor total = names(outputs, labels);
        int[] attacked = attacked(labels);
        if (attacked.length > 0) {
            Tensor rows = rows(outputs, attacked);
            float[] sizes = new float[attacked.length * SIZES];
            long[] steps = new long[attacked.length];
            for (int i = 0; i < attacked.length; i++) {
                AttributionBatch.Label label = labels.get(attacked[i]);
                sizes[2 * i] = (float) log2(label.linf());
                sizes[2 * i + 1] = (float) log2OfRms(label.rms());
                steps[i] = label.steps().index();
            }
            Tensor estimated = rows.narrow(1, NAMES, SIZES);
            Tensor stepLogits = rows.narrow(1, NAMES + SIZES, STEPS);
            total = total.add(torch.smooth_l1_loss(estimated, Tensors.floats(sizes, attacked.length, SIZES))
                            .mul(new Scalar(OF_SIZES)))
                    .add(torch.cross_entropy(stepLogits, Tensors.longs(steps)).mul(new Scalar(OF_STEPS)));
        }
        if (batch.located()) {
            total = total.add(torch.binary_cross_entropy_with_logits(result.map(), mask(labels, all.get(0), turns))
                    .mul(new Scalar(OF_MAP)));
        }
        return new Losses(total, rightFamilies(outputs, labels));
    }

    /**
     * What families and algorithms cost.
     *
     * @param outputs {@code [N,NAMES]} or more
     * @return a scalar with a graph
     */
    static Tensor names(Tensor outputs, List<AttributionBatch.Label> labels) {
        Tensor total = torch.cross_entropy(outputs.narrow(1, 0, FAMILIES), Tensors.longs(families(labels)));
        int[] attacked = attacked(labels);
        if (attacked.length == 0) {
            return total;
        }
        float[] outside = new float[attacked.length * ALGORITHMS];
        long[] algorithms = new long[attacked.length];
        for (int i = 0; i < attacked.length; i++) {
            Algorithm truth = labels.get(attacked[i]).algorithm();
            algorithms[i] = truth.index();
            for (Algorithm other : Algorithm.values()) {
                outside[i * ALGORITHMS + other.index()] = other.family() == truth.family() ? 0 : -1e4f;
            }
        }
        Tensor logits = rows(outputs, attacked)
                .narrow(1, FAMILIES, ALGORITHMS)
                .add(Tensors.floats(outside, attacked.length, ALGORITHMS));
        return total.add(torch.cross_entropy(logits, Tensors.longs(algorithms)).mul(new Scalar(OF_ALGORITHM)));
    }

    /** The share of images whose family is the likeliest one. */
    static double rightFamilies(Tensor outputs, List<AttributionBatch.Label> labels) {
        long[] said = Tensors.argmax(outputs.narrow(1, 0, FAMILIES));
        long[] families = families(labels);
        int right = 0;
        for (int i = 0; i < said.length; i++) {
            right += said[i] == families[i] ? 1 : 0;
        }
        return right / (double) said.length;
    }

    private static long[] families(List<AttributionBatch.Label> labels) {
        return labels.stream().mapToLong(l -> l.algorithm().family().index()).toArray();
    }

    private static int[] attacked(List<AttributionBatch.Label> labels) {
        return IntStream.range(0, labels.size())
                .filter(i -> labels.get(i).algorithm() != Algorithm.CLEAN)
                .toArray();
    }

    private static Tensor rows(Tensor outputs, int[] chosen) {
        return outputs.index_select(
                0, Tensors.longs(Arrays.stream(chosen).asLongStream().toArray()));
    }

    static double log2OfRms(double rms) {
        return log2(Math.max(rms, LEAST_RMS));
    }

    static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    private static Tensor mask(List<AttributionBatch.Label> labels, Image first, boolean[] turns) {
        int area = first.height() * first.width();
        float[] changed = new float[labels.size() * area];
        for (int i = 0; i < labels.size(); i++) {
            for (int j = 0; j < area; j++) {
                changed[i * area + j] = labels.get(i).changed()[j] ? 1 : 0;
            }
        }
        Tensor full = turned(Tensors.floats(changed, labels.size(), 1, first.height(), first.width()), turns);
        return torch.max_pool2d(
                full, new long[] {2, 2}, new long[] {2, 2}, new long[] {0, 0}, new long[] {1, 1}, false);
    }

    private static Tensor turned(Tensor images, boolean[] turns) {
        Tensor result = images;
        if (turns[0]) {
            result = result.flip(2);
        }
        if (turns[1]) {
            result = result.flip(3);
        }
        return (turns[2] ? result.transpose(2, 3) : result).contiguous();
    }
}

package io.redrl.model;

import io.redrl.base.Seed;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A network for traces of a grey level in images of any size, after steganalysis (Boroumand, Chen and Fridrich, "Deep Residual
 * Network for Steganalysis of Digital Images", 2019): residuals by learnt filters without response to flat areas, softly cut off at a
 * few grey levels, and the image itself; a ResNet whose first stage is at full resolution, for a pooling would average the trace away;
 * means and deviations of every stage over the image.
 *
 * <p>Beside its outputs it says of each 2×2 pixels whether they were changed, and reads its features there once more, which is how small
 * changed areas count.
 */
public final class ResidualNetwork extends Network {
    /** Length of the embedding. */
    public static final int EMBEDDING = 128;

    private static final int FILTER = 5;
    private static final int FILTERS = 32;
    private static final int COLOURS = 3;
    private static final int TILE = 4;
    private static final int TILES_AT_ONCE = 2;
    private static final int STAGES = 4;

    /** The stage at half the resolution. */
    private static final int HALF = 1;

    /** Grey levels at which the two copies of a residual saturate. */
    private static final double FINE = 1.5;

    private static final double COARSE = 8;

    private final Conv2dImpl filters;
    private final ConvNorm mix;
    private final ResNetStage[] stages = new ResNetStage[STAGES];
    private final Conv2dImpl map;
    private final LinearImpl fc1;
    private final LinearImpl fc2;
    private final int outputs;

    /**
     * Fresh weights.
     *
     * @param width channels at full resolution
     * @param depth residual blocks at full resolution; each of the three stages after them has one, of twice the channels at half the
     *     resolution
     * @param outputs values of the head
     */
    public ResidualNetwork(int width, int depth, int outputs, Seed seed) {
        super("ResidualNetwork");
        this.outputs = outputs;
        filters = convolution("filters", COLOURS, FILTERS, FILTER, 1, 1, false);
        mix = convNorm("mix", "mix_bn", 2 * FILTERS + COLOURS, width, 1, 1, 1, false);
        ResNet.Form form = new ResNet.Form(List.of(depth, 1, 1, 1), width, width, false, 1, 64, 1, false);
        int pooled = 0;
        for (int i = 0; i < STAGES; i++) {
            stages[i] = part("layer" + (i + 1), new ResNetStage(form, i, width << Math.max(0, i - 1)));
            pooled += 2 * stages[i].outputs();
        }
        int half = stages[1].outputs();
        map = convolution("map", half, 1, 1, 1, 1, true);
        fc1 = linear("fc1", pooled + 2 * half, EMBEDDING);
        fc2 = linear("fc2", EMBEDDING, outputs);
        Initialisation.draw(this, seed);
        Scopes.valuedNoGrad(() -> {
            filters.weight().copy_(Tensors.floats(initial(seed), FILTERS, COLOURS, FILTER, FILTER));
            return this;
        });
        channelsLast();
    }

    /**
     * What the network gives for a batch; the tensors have a graph and join the caller's scope.
     *
     * @param outputs {@code [N,outputs]} float32
     * @param map {@code [N,1,H/2,W/2]} float32, logits of "changed here"
     * @param embedding {@code [N,128]} float32, what the outputs are a linear function of
     */
    public record Result(Tensor outputs, Tensor map, Tensor embedding) {}

    /**
     * Runs the network.
     *
     * @param images {@code [N,3,H,W]} float32 in [0, 1], of any size from 32
     * @param precision of the convolutions after the filters
     */
    public Result run(Tensor images, Precision precision) {
        return run(images, precision, false);
    }

    /**
     * Runs the network on the tiles of one image, whose statistics are taken over all of them.
     *
     * @param tiles {@code [T,3,H,W]} float32 in [0, 1]
     * @return outputs and embedding of one image, and a map of each tile
     */
    public Result runTogether(Tensor tiles, Precision precision) {
        return run(tiles, precision, true);
    }

    private Result run(Tensor images, Precision precision, boolean together) {
        Read read = together ? ofTiles(images, precision) : read(images, precision);
        Tensor half = together ? together(read.half) : read.half;
        Tensor attention = (together ? together(read.changed) : read.changed)
                .flatten(1, -1)
                .softmax(1)
                .unsqueeze(1); // [N,1,hw]
        List<Tensor> pooled = new ArrayList<>();
        for (int i = 0; i < STAGES; i++) {
            Tensor means = read.means.get(i);
            Tensor variances = read.variances.get(i);
            Tensor mean = together ? means.mean(new long[] {0}, true, new ScalarTypeOptional()) : means;
            pooled.add(mean);
            pooled.add((together
                            ? variances
                                    .add(means.sub(mean).square())
                                    .mean(new long[] {0}, true, new ScalarTypeOptional())
                            : variances)
                    .add(new Scalar(1e-5))
                    .sqrt());
            if (i == HALF) {
                pooled.add(half.flatten(2, -1).mul(attention).sum(2));
                Tensor tiles = torch.avg_pool2d(
                        half,
                        new long[] {TILE, TILE},
                        new long[] {TILE, TILE},
                        new long[] {0, 0},
                        false,
                        true,
                        new LongOptional());
                pooled.add(tiles.amax(new long[] {2, 3}, false));
            }
        }
        Tensor embedding = torch.relu(fc1.forward(torch.cat(new TensorVector(pooled.toArray(Tensor[]::new)), 1)));
        return new Result(fc2.forward(embedding), read.changed, embedding);
    }

    /**
     * What is read from images before it is put together.
     *
     * @param means of every stage, {@code [N,C]}
     * @param variances the same
     * @param half what the stage at half the resolution gives, {@code [N,C,H/2,W/2]}
     * @param changed {@code [N,1,H/2,W/2]}
     */
    private record Read(List<Tensor> means, List<Tensor> variances, Tensor half, Tensor changed) {}

    private Read read(Tensor images, Precision precision) {
        Tensor[] maps = maps(images, precision);
        List<Tensor> means = new ArrayList<>();
        List<Tensor> variances = new ArrayList<>();
        for (int i = 0; i < STAGES; i++) {
            maps[i] = maps[i].to(ScalarType.Float);
            Tensor flat = maps[i].flatten(2, -1);
            Tensor mean = flat.mean(new long[] {2}, true, new ScalarTypeOptional());
            means.add(mean.squeeze(2));
            variances.add(flat.sub(mean).square().mean(new long[] {2}, false, new ScalarTypeOptional()));
        }
        return new Read(means, variances, maps[HALF], maps[STAGES].to(ScalarType.Float));
    }

    /** Of a few tiles at once, so that what the network has at full resolution is in memory for these alone. */
    private Read ofTiles(Tensor tiles, Precision precision) {
        List<TensorVector> parts = new ArrayList<>();
        for (long from = 0; from < tiles.size(0); from += TILES_AT_ONCE) {
            long first = from;
            long count = Math.min(TILES_AT_ONCE, tiles.size(0) - from);
            parts.add(Scopes.scoped(() -> {
                Read read = read(tiles.narrow(0, first, count), precision);
                List<Tensor> all = new ArrayList<>(read.means);
                all.addAll(read.variances);
                all.add(read.half);
                all.add(read.changed);
                return new TensorVector(all.toArray(Tensor[]::new));
            }));
        }
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; i < parts.get(0).size(); i++) {
            int place = i;
            all.add(torch.cat(
                    new TensorVector(parts.stream().map(part -> part.get(place)).toArray(Tensor[]::new)), 0));
        }
        return new Read(
                all.subList(0, STAGES), all.subList(STAGES, 2 * STAGES), all.get(2 * STAGES), all.get(2 * STAGES + 1));
    }

    /** {@code [T,C,H,W]} one below the other, as {@code [1,C,T·H,W]}. */
    private static Tensor together(Tensor maps) {
        return maps.transpose(0, 1).flatten(1, 2).unsqueeze(0);
    }

    private Tensor[] maps(Tensor images, Precision precision) {
        Tensor levels = images.mul(new Scalar(255.0));
        Tensor padded = torch.replication_pad2d(levels, 2, 2, 2, 2).contiguous(MemoryFormat.ChannelsLast);
        Tensor weight = filters.weight();
        Tensor zeroMean = weight.sub(weight.mean(new long[] {2, 3}, true, new ScalarTypeOptional()));
        Tensor residuals = torch.conv2d(
                padded, zeroMean, new TensorOptional(), new long[] {1, 1}, new long[] {0, 0}, new long[] {1, 1}, 1);
        Tensor cut = torch.cat(
                new TensorVector(
                        residuals.mul(new Scalar(1 / FINE)).tanh_(),
                        residuals.mul(new Scalar(1 / COARSE)).tanh_(),
                        images.sub(new Scalar(0.5)).contiguous(MemoryFormat.ChannelsLast)),
                1);
        return precision.run(() -> maps(cut));
    }

    private Tensor[] maps(Tensor cut) {
        Tensor[] maps = new Tensor[STAGES + 1];
        Tensor h = mix.forwardRelu(cut);
        for (int i = 0; i < STAGES; i++) {
            h = stages[i].forward(h);
            maps[i] = h;
        }
        maps[STAGES] = map.forward(maps[HALF]);
        return maps;
    }

    /** The outputs alone, in float32. */
    @Override
    public Tensor forward(Tensor images) {
        return Scopes.scoped(() -> run(images, Precision.FP32).outputs());
    }

    /** Values of the head. */
    public int outputs() {
        return outputs;
    }

    /**
     * The filters at the start: differences of first to third order, the square kernels of the spatial rich model, on colours and on
     * differences of colours, each with noise so that no two stay the same.
     */
    private static float[] initial(Seed seed) {
        float[][] basic = {
            kernel(1, 5, 0, 0, -1, 1, 0),
            kernel(5, 1, 0, 0, -1, 1, 0),
            kernel(1, 5, 0, 0.5f, -1, 0.5f, 0),
            kernel(5, 1, 0, 0.5f, -1, 0.5f, 0),
            kernel(1, 5, 0, 1 / 3f, -1, 1, -1 / 3f),
            kernel(5, 1, 0, 1 / 3f, -1, 1, -1 / 3f),
            kernel(3, 3, -0.25f, 0.5f, -0.25f, 0.5f, -1, 0.5f, -0.25f, 0.5f, -0.25f),
            kernel(
                    5, 5, -1 / 12f, 2 / 12f, -2 / 12f, 2 / 12f, -1 / 12f, 2 / 12f, -6 / 12f, 8 / 12f, -6 / 12f, 2 / 12f,
                    -2 / 12f, 8 / 12f, -1, 8 / 12f, -2 / 12f, 2 / 12f, -6 / 12f, 8 / 12f, -6 / 12f, 2 / 12f, -1 / 12f,
                    2 / 12f, -2 / 12f, 2 / 12f, -1 / 12f)
        };
        float[][] mixtures = {{0.3f, 0.6f, 0.1f}, {1, -1, 0}, {0, -1, 1}, {0, 1, 0}};
        SplittableRandom random = seed.child("filters").random();
        float[] all = new float[FILTERS * COLOURS * FILTER * FILTER];
        int at = 0;
        for (float[] mixture : mixtures) {
            for (float[] kernel : basic) {
                for (int c = 0; c < COLOURS; c++) {
                    for (float value : kernel) {
                        all[at++] = mixture[c] * value + 0.01f * (float) random.nextGaussian();
                    }
                }
            }
        }
        return all;
    }

    private static float[] kernel(int height, int width, float... values) {
        float[] all = new float[FILTER * FILTER];
        for (int i = 0; i < values.length; i++) {
            int y = (FILTER - height) / 2 + i / width;
            int x = (FILTER - width) / 2 + i % width;
            all[y * FILTER + x] = values[i];
        }
        return all;
    }
}

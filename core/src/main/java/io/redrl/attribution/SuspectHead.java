package io.redrl.attribution;

import io.redrl.base.Seed;
import io.redrl.features.VictimFeatures;
import io.redrl.model.ResidualNetwork;
import io.redrl.model.SuspectNetwork;
import io.redrl.model.Weights;
import io.redrl.tensor.LibTorch;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** What corrects the logits of families and algorithms by what suspects say; nothing where there is none. */
final class SuspectHead implements AutoCloseable {
    private static final int AT_ONCE = 1024;

    private final SuspectNetwork network;

    private SuspectHead(SuspectNetwork network) {
        this.network = network;
    }

    /** A fresh one, which corrects nothing yet. */
    static SuspectHead fresh(long seed) {
        LibTorch.load();
        return new SuspectHead(new SuspectNetwork(
                VictimFeatures.OWN,
                ResidualNetwork.EMBEDDING,
                AttributionOutputs.NAMES,
                new Seed(seed).child("suspects")));
    }

    /** A trained one. */
    static SuspectHead open(Path weights) {
        SuspectHead head = fresh(0);
        try {
            Weights.load(head.network, weights);
        } catch (RuntimeException e) {
            head.close();
            throw e;
        }
        head.network.freeze();
        return head;
    }

    SuspectNetwork network() {
        return network;
    }

    /**
     * Corrections for images.
     *
     * @param embeddings of each image
     * @param values of each image, as {@link SuspectAnswers#values} has them, of any number of suspects
     * @return {@code [N,NAMES]} float32 with a graph; caller's scope
     */
    Tensor corrections(List<double[]> embeddings, List<float[]> values) {
        int n = values.size();
        int width = embeddings.get(0).length;
        int most = Math.max(
                1,
                values.stream()
                        .mapToInt(row -> row.length / SuspectAnswers.VALUES)
                        .max()
                        .orElse(0));
        float[] images = new float[n * width];
        float[] all = new float[n * most * SuspectAnswers.VALUES];
        float[] visible = new float[n * most];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < width; j++) {
                images[i * width + j] = (float) embeddings.get(i)[j];
            }
            float[] row = values.get(i);
            System.arraycopy(row, 0, all, i * most * SuspectAnswers.VALUES, row.length);
            Arrays.fill(visible, i * most, i * most + row.length / SuspectAnswers.VALUES, 1);
        }
        return network.corrections(
                Tensors.floats(images, n, width),
                Tensors.floats(all, n, most, SuspectAnswers.VALUES),
                Tensors.floats(visible, n, most));
    }

    /** Evidence with corrected logits; {@code names} are those of the suspects of each image. */
    List<Evidence> corrected(List<Evidence> evidence, List<float[]> values, List<List<String>> names) {
        List<Evidence> result = new ArrayList<>();
        for (int from = 0; from < evidence.size(); from += AT_ONCE) {
            int to = Math.min(evidence.size(), from + AT_ONCE);
            List<double[]> embeddings =
                    evidence.subList(from, to).stream().map(Evidence::embedding).toList();
            List<float[]> part = values.subList(from, to);
            double[] found = Scopes.valuedNoGrad(() -> Tensors.toDoubles(corrections(embeddings, part)));
            for (int i = from; i < to; i++) {
                int at = (i - from) * AttributionOutputs.NAMES;
                result.add(evidence.get(i)
                        .with(Arrays.copyOfRange(found, at, at + AttributionOutputs.NAMES), names.get(i)));
            }
        }
        return result;
    }

    @Override
    public void close() {
        network.close();
    }
}

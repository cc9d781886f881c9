package io.redrl.attribution;

import io.redrl.model.VictimFamily;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch;

/**
 * A trial of model parsing (Yao et al., "Can Adversarial Examples Be Parsed to Reveal Victim Model Information?", 2023): the attacked victim's
 * family, by linear discriminant analysis of the embeddings. Only measured, and part of no verdict.
 *
 * @param families in the order of the rows
 * @param weights one row a family, of the embedding's length
 * @param offsets one a family
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read here
record ModelParsing(List<VictimFamily> families, double[][] weights, double[] offsets) {
    private static final double RIDGE = 1e-3;

    /** From attacked images whose victim's name tells its family; empty if these are of one family. */
    static Optional<ModelParsing> fit(List<Evidence.Known> known) {
        Map<VictimFamily, List<double[]>> rows = new EnumMap<>(VictimFamily.class);
        for (Evidence.Known one : known) {
            VictimFamily.in(one.label().victim())
                    .ifPresent(family -> rows.computeIfAbsent(family, key -> new ArrayList<>())
                            .add(one.evidence().embedding()));
        }
        return rows.size() < 2 ? Optional.empty() : Optional.of(fit(rows));
    }

    private static ModelParsing fit(Map<VictimFamily, List<double[]>> rows) {
        int length = rows.values().iterator().next().get(0).length;
        int count = rows.values().stream().mapToInt(List::size).sum();
        double[][] means = rows.values().stream().map(ModelParsing::mean).toArray(double[][]::new);
        double[] covariance = new double[length * length];
        int at = 0;
        for (List<double[]> own : rows.values()) {
            double[] mean = means[at++];
            for (double[] row : own) {
                for (int i = 0; i < length; i++) {
                    for (int j = 0; j < length; j++) {
                        covariance[i * length + j] += (row[i] - mean[i]) * (row[j] - mean[j]) / count;
                    }
                }
            }
        }
        double trace = 0;
        for (int i = 0; i < length; i++) {
            trace += covariance[i * length + i];
        }
        for (int i = 0; i < length; i++) {
            covariance[i * length + i] += RIDGE * trace / length + Double.MIN_NORMAL;
        }
        double[] flat = Arrays.stream(means).flatMapToDouble(Arrays::stream).toArray();
        double[] solved = Scopes.valuedNoGrad(() -> Tensors.toDoubles(torch.linalg_solve(
                        Tensors.doubles(covariance, length, length),
                        Tensors.doubles(flat, means.length, length).transpose(0, 1),
                        true)
                .transpose(0, 1)
                .contiguous()));
        double[][] weights = new double[means.length][];
        double[] offsets = new double[means.length];
        int k = 0;
        for (List<double[]> own : rows.values()) {
            weights[k] = Arrays.copyOfRange(solved, k * length, (k + 1) * length);
            offsets[k] = Math.log(own.size() / (double) count) - dot(weights[k], means[k]) / 2;
            k++;
        }
        return new ModelParsing(List.copyOf(rows.keySet()), weights, offsets);
    }

    private static double[] mean(List<double[]> rows) {
        double[] mean = new double[rows.get(0).length];
        for (double[] row : rows) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += row[i] / rows.size();
            }
        }
        return mean;
    }

    /** The likeliest family. */
    VictimFamily of(Evidence evidence) {
        int best = 0;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < offsets.length; k++) {
            double score = dot(weights[k], evidence.embedding()) + offsets[k];
            if (score > greatest) {
                greatest = score;
                best = k;
            }
        }
        return families.get(best);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}

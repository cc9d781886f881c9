package io.redrl.evaluation;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.stats.Proportion;
import io.redrl.stats.Reliability;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What a calibrated recogniser said of one image outside its training data.
 *
 * @param condition where the image is from, such as {@code transform/jpeg-90}
 * @param index the image's index in the data set's split
 * @param attack what was done to it: an attack's id, or {@code clean}
 * @param victim the attacked victim, {@code none} for clean images
 * @param config the attack's settings as JSON
 * @param predicted the class that was named
 * @param probability how sure it was of that class, calibrated, in [0, 1]
 * @param rawPredicted the class that was named without calibration
 * @param rawProbability how sure it was of that, in [0, 1]
 * @param score how strange the image looked
 * @param unknown whether it was called unknown
 */
public record Verdict(
        String condition,
        int index,
        String attack,
        String victim,
        String config,
        String predicted,
        double probability,
        String rawPredicted,
        double rawProbability,
        double score,
        boolean unknown) {

    /** Writes verdicts as JSON lines, complete or not at all. */
    public static void write(Path file, List<Verdict> verdicts) {
        AtomicFiles.write(file, out -> {
            for (Verdict verdict : verdicts) {
                out.write((Json.line(verdict) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** How often they are right when they are so and so sure. */
    static Reliability reliability(List<Verdict> verdicts, boolean calibrated) {
        double[] confidence = new double[verdicts.size()];
        boolean[] right = new boolean[verdicts.size()];
        for (int i = 0; i < right.length; i++) {
            Verdict verdict = verdicts.get(i);
            confidence[i] = calibrated ? verdict.probability() : verdict.rawProbability();
            right[i] = verdict.attack().equals(calibrated ? verdict.predicted() : verdict.rawPredicted());
        }
        return Reliability.of(confidence, right);
    }

    /** The share that was called unknown. */
    static Proportion unknown(List<Verdict> verdicts) {
        return new Proportion((int) verdicts.stream().filter(Verdict::unknown).count(), verdicts.size());
    }

    /** What was, against what was named; all of them of the six classes. */
    static ConfusionMatrix confusion(List<Verdict> verdicts) {
        return ConfusionMatrix.of(
                ClassNames.ids(),
                verdicts.stream().map(Verdict::attack).toList(),
                verdicts.stream().map(Verdict::predicted).toList());
    }
}

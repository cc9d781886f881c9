package io.redrl.evaluation;

import io.redrl.stats.Interval;
import io.redrl.stats.Proportion;
import io.redrl.stats.Reliability;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Made-up results outside the training data, for tests of files and reports. Their numbers mean nothing. */
public final class SampleRobustness {
    private SampleRobustness() {}

    /** Two recognisers, a victim that was kept away, one that was left out. */
    public static RobustnessEvaluation create() {
        return new RobustnessEvaluation(
                List.of(robustness("redrl", 0.6), robustness("redrl-plus", 0.9)),
                List.of(new LeaveOneVictimOut(
                        "redrl-plus.without-vgg8",
                        "vgg8",
                        "redrl-plus",
                        confusion(0.8),
                        confusion(0.9),
                        confusion(0.85))),
                List.of("the victim elsewhere: its file is not there"));
    }

    private static Robustness robustness(String name, double right) {
        Map<String, Double> kinds = new LinkedHashMap<>();
        kinds.put("two halves", 0.81);
        kinds.put("shuffled", 0.7);
        return new Robustness(
                name,
                name,
                new Robustness.Calibrated(
                        1.7,
                        false,
                        new Reliability(List.of(new Reliability.Bin(0.9, new Proportion(70, 100)))),
                        new Reliability(List.of(new Reliability.Bin(0.72, new Proportion(70, 100)))),
                        "Mahalanobis",
                        31.5,
                        3072,
                        List.of(
                                new Robustness.Candidate("1 − max softmax", 0.6, kinds),
                                new Robustness.Candidate("Mahalanobis", 0.755, kinds)),
                        new Proportion(60, 1200)),
                condition(Robustness.Group.CORRUPTION, "as they are", right),
                List.of(
                        condition(Robustness.Group.VICTIM, "resnext20", right - 0.1),
                        condition(Robustness.Group.SETTINGS, "", right - 0.05),
                        new Robustness.Condition(
                                Robustness.Group.SETTINGS,
                                "{\"attack\":\"pgd\",\"epsilon\":0.0235294117647059,\"steps\":40}",
                                "pgd",
                                only("pgd", 40, 100),
                                new Proportion(7, 100),
                                0.12),
                        condition(Robustness.Group.CORRUPTION, "PNG", right),
                        condition(Robustness.Group.CORRUPTION, "JPEG 75", right - 0.4)),
                List.of(
                        new Robustness.UnknownAttack(
                                "apgd",
                                "pgd",
                                200,
                                190,
                                0.55,
                                new Interval(0.5, 0.6),
                                new Proportion(20, 200),
                                Map.of("pgd", 180, "cw-linf", 20)),
                        new Robustness.UnknownAttack(
                                "square",
                                "",
                                150,
                                75,
                                0.95,
                                new Interval(0.93, 0.97),
                                new Proportion(120, 150),
                                Map.of("patch", 150))),
                List.of(new Robustness.CleanCorruption(
                        "{\"attack\":\"jpeg\",\"quality\":75}", 200, 100, 60, Map.of("clean", 110, "deepfool", 90))));
    }

    private static Robustness.Condition condition(Robustness.Group group, String name, double right) {
        return new Robustness.Condition(group, name, "", confusion(right), new Proportion(30, 600), 0.021);
    }

    private static ConfusionMatrix confusion(double right) {
        List<List<Integer>> counts = new ArrayList<>();
        int hits = (int) Math.round(100 * right);
        for (int i = 0; i < 6; i++) {
            List<Integer> row = new ArrayList<>(List.of(0, 0, 0, 0, 0, 0));
            row.set(i, hits);
            row.set((i + 1) % 6, 100 - hits);
            counts.add(row);
        }
        return new ConfusionMatrix(ClassNames.ids(), counts);
    }

    private static ConfusionMatrix only(String attack, int hits, int n) {
        List<String> actual = new ArrayList<>();
        List<String> said = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            actual.add(attack);
            said.add(i < hits ? attack : "clean");
        }
        return ConfusionMatrix.of(ClassNames.ids(), actual, said);
    }
}

package io.redrl.evaluation;

import io.redrl.adversarial.AttackSummary;
import io.redrl.base.Checksums;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.stats.PairedComparison;
import io.redrl.stats.Proportion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A made-up evaluation of realistic size and shape, for tests of files and reports. Its numbers mean nothing. */
public final class SampleEvaluation {
    private static final int PER_CLASS = 320;

    private SampleEvaluation() {}

    /** Five recognisers, one victim, three images under each attack. */
    public static Evaluation create() {
        List<RecognitionResult> results = List.of(
                result("image", RecogniserKind.IMAGE, "Ψ, image alone", "I_adv", 0.65, 0.76, 0.25, 0.69, 0.70, 0.50),
                result(
                        "redrl",
                        RecogniserKind.REDRL,
                        "REDRL",
                        "residual and I_adv",
                        0.74,
                        0.84,
                        0.47,
                        0.80,
                        0.80,
                        0.69),
                result(
                        "attack-loss-only",
                        RecogniserKind.ATTACK_LOSS_ONLY,
                        "attack loss alone",
                        "residual and I_adv; no other loss",
                        0.77,
                        0.64,
                        0.62,
                        0.86,
                        0.82,
                        0.73),
                result(
                        "high-pass",
                        RecogniserKind.HIGH_PASS,
                        "high-pass maps",
                        "I_adv and 18 fixed high-pass maps",
                        0.80,
                        0.88,
                        0.66,
                        0.89,
                        0.85,
                        0.85),
                result(
                        "oracle",
                        RecogniserKind.ORACLE,
                        "oracle",
                        "true δ and I_adv",
                        1.0,
                        0.95,
                        0.88,
                        0.98,
                        0.95,
                        0.99));
        return new Evaluation(
                "sample",
                setup(),
                results,
                List.of(
                        comparison(results, "redrl", "image", 22),
                        comparison(results, "redrl", "attack-loss-only", 34),
                        comparison(results, "redrl", "high-pass", 49),
                        comparison(results, "oracle", "redrl", 5)),
                new RepairTable("redrl", repair()),
                attacks(),
                exemplars(),
                List.of(curve("redrl", 1), curve("oracle", 2)),
                List.of(
                        new StageCost("train victim resnet20", 402, 150_000, "images"),
                        new StageCost("attack training images", 131.5, 3072, "images"),
                        new StageCost("attack test images", 41, 1600, "images"),
                        new StageCost("train REDRL", 240.2, 25_000, "images"),
                        new StageCost("train the oracle", 57, 25_000, "images"),
                        new StageCost("evaluate", 6.4, 9600, "images"),
                        new StageCost("fetch CIFAR-10", 0.3, 0, "files")),
                manifest());
    }

    private static RecognitionResult result(
            String name, RecogniserKind kind, String title, String input, double... right) {
        List<List<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            List<Integer> row = new ArrayList<>();
            int hits = (int) Math.round(right[i] * PER_CLASS);
            int left = PER_CLASS - hits;
            for (int j = 0; j < 6; j++) {
                int near = (j + 6 - i) % 6;
                row.add(j == i ? hits : near == 5 ? 0 : left * (5 - near) / 10);
            }
            row.set(i, 0);
            row.set(i, PER_CLASS - row.stream().mapToInt(Integer::intValue).sum());
            counts.add(row);
        }
        return new RecognitionResult(name, kind, title, input, new ConfusionMatrix(ClassNames.ids(), counts));
    }

    private static PairedComparison comparison(List<RecognitionResult> results, String first, String second, int both) {
        ConfusionMatrix a = find(results, first);
        ConfusionMatrix b = find(results, second);
        List<PairedComparison.Disagreement> classes = new ArrayList<>();
        for (String id : ClassNames.ids()) {
            int more = a.accuracy(id).hits() - b.accuracy(id).hits();
            int extra = Math.min(both, (PER_CLASS - Math.abs(more)) / 2);
            classes.add(new PairedComparison.Disagreement(
                    id, PER_CLASS, extra + Math.max(0, more), extra + Math.max(0, -more)));
        }
        return new PairedComparison(first, second, classes);
    }

    private static ConfusionMatrix find(List<RecognitionResult> results, String name) {
        return results.stream()
                .filter(r -> r.name().equals(name))
                .findFirst()
                .orElseThrow()
                .confusion();
    }

    private static Setup setup() {
        return new Setup(
                "cifar10",
                1024,
                320,
                6144,
                1920,
                "uint8",
                List.of(new Setup.Victim(
                        "resnet20", "ResNet20, trained here for 15 epochs", 272_474, new Proportion(9_083, 10_000))),
                List.of(
                        new Setup.AttackSettings("pgd", List.of(pgd(4), pgd(8), pgd(16))),
                        new Setup.AttackSettings(
                                "deepfool", List.of("{\"attack\":\"deepfool\",\"steps\":50,\"overshoot\":0.02}")),
                        new Setup.AttackSettings(
                                "cw-l2",
                                List.of(
                                        "{\"attack\":\"cw-l2\",\"steps\":1000,\"c\":100,\"learning-rate\":0.01,\"confidence\":0}")),
                        new Setup.AttackSettings(
                                "cw-linf",
                                List.of("{\"attack\":\"cw-linf\",\"epsilon\":0.03137254901960784,\"steps\":100,\"c\":5,"
                                        + "\"learning-rate\":0.005}")),
                        new Setup.AttackSettings(
                                "patch",
                                List.of(
                                        "{\"attack\":\"patch\",\"epsilon\":0.06274509803921569,\"steps\":100,\"patch-size\":8}"))),
                "G: 6 residual blocks of 32 channels. Ψ: a small ResNet of width 32. F: the first three blocks of a VGG16"
                        + " trained on CIFAR-10. Adam, 1e-3, warm-up and cosine, 1,200 steps.");
    }

    private static String pgd(int levels) {
        return "{\"attack\":\"pgd\",\"epsilon\":" + levels / 255.0
                + ",\"step-size\":0.01,\"steps\":100,\"random-start\":false}";
    }

    private static List<RepairTable.Row> repair() {
        int[][] counts = {{291, 290}, {19, 178}, {23, 290}, {31, 284}, {16, 174}, {186, 279}};
        List<RepairTable.Row> rows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rows.add(new RepairTable.Row("resnet20", ClassNames.ids().get(i), PER_CLASS, counts[i][0], counts[i][1]));
        }
        return rows;
    }

    private static List<AttackSummary> attacks() {
        List<AttackSummary> rows = new ArrayList<>();
        rows.add(attack("pgd", AttackSummary.EVERY_CONFIG, 320, 291, 290, 290, 1.21, 1.33, 8 / 255.0, 9.1 / 255));
        for (int levels : new int[] {4, 8, 16}) {
            double epsilon = levels / 255.0;
            rows.add(attack("pgd", pgd(levels), 107, 97, 97, 96, 0.15 * levels, 0.151 * levels, epsilon, epsilon));
        }
        String all = AttackSummary.EVERY_CONFIG;
        rows.add(attack("deepfool", all, 320, 291, 290, 263, 0.19, 0.21, 0.013, 0.015));
        rows.add(attack("cw-l2", all, 320, 291, 291, 285, 0.24, 0.25, 0.02, 0.021));
        rows.add(attack("cw-linf", all, 320, 291, 286, 286, 1.1, 1.2, 8 / 255.0, 8.4 / 255));
        rows.add(attack("patch", all, 320, 291, 121, 120, 0.61, 0.66, 16 / 255.0, 12 / 255.0));
        return rows;
    }

    private static AttackSummary attack(
            String attack,
            String config,
            int images,
            int right,
            int fooledFloat,
            int fooled8bit,
            double medianL2,
            double meanL2,
            double medianLinf,
            double meanLinf) {
        return new AttackSummary(
                "resnet20",
                attack,
                config,
                images,
                right,
                right - fooled8bit,
                fooledFloat,
                fooled8bit,
                new AttackSummary.Distribution(medianL2, meanL2, 2 * medianL2),
                new AttackSummary.Distribution(medianLinf, meanLinf, 2 * medianLinf));
    }

    private static List<Exemplar> exemplars() {
        List<Exemplar> exemplars = new ArrayList<>();
        String[] names = {"airplane", "frog", "ship"};
        for (String attack : ClassNames.ids().subList(1, 6)) {
            for (int i = 0; i < 3; i++) {
                byte[] clean = scene(i);
                byte[] adversarial = attacked(clean, attack, i, 1);
                byte[] reconstruction = attacked(clean, attack, i, 0.25);
                exemplars.add(new Exemplar(
                        1000 + 7 * i,
                        names[i],
                        attack,
                        "resnet20",
                        attack.equals("pgd") ? pgd(8) : "{\"attack\":\"" + attack + "\",\"steps\":100}",
                        names[i],
                        names[(i + 1) % 3],
                        i == 2 ? "bird" : names[i],
                        i == 1 ? "cw-linf" : attack,
                        0.93 - 0.2 * i,
                        8 / 255.0,
                        0.83,
                        new Image(ImageShape.square(32), clean),
                        new Image(ImageShape.square(32), adversarial),
                        new Image(ImageShape.square(32), reconstruction)));
            }
        }
        return exemplars;
    }

    /** A disc before a sky. */
    private static byte[] scene(int kind) {
        byte[] levels = new byte[3 * 32 * 32];
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < 32; y++) {
                for (int x = 0; x < 32; x++) {
                    double radius = Math.hypot(x - 15.5, (y - 17) * 1.4);
                    double level = radius < 10 ? 60 + 40 * ((c + kind) % 3) + 3 * y : 210 - 2.5 * y - 18 * c;
                    levels[(c * 32 + y) * 32 + x] = (byte) Math.max(0, Math.min(255, level));
                }
            }
        }
        return levels;
    }

    private static byte[] attacked(byte[] clean, String attack, int image, double strength) {
        SplittableRandom random = new SplittableRandom(image + 31L * attack.hashCode());
        byte[] levels = clean.clone();
        for (int i = 0; i < levels.length; i++) {
            int y = i / 32 % 32;
            int x = i % 32;
            double size =
                    switch (attack) {
                        case "patch" -> x >= 18 && x < 26 && y >= 6 && y < 14 ? 16 : 0;
                        case "deepfool" -> 2;
                        case "cw-l2" -> 1;
                        default -> 8;
                    };
            double change = attack.equals("deepfool")
                    ? size * Math.sin(0.7 * x + 0.4 * y + image)
                    : random.nextBoolean() ? size : -size;
            levels[i] = (byte) Math.max(0, Math.min(255, Math.round((levels[i] & 0xff) + strength * change)));
        }
        return levels;
    }

    private static TrainingCurve curve(String name, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<TrainingCurve.Series> losses = new ArrayList<>();
        for (String loss : List.of("loss", "attack-loss", "reconstruction-loss", "feature-loss")) {
            List<Double> steps = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (int step = 1; step <= 600; step++) {
                steps.add((double) step);
                values.add((loss.startsWith("rec") ? 90 : 1.8)
                        * (0.3 + Math.exp(-step / 150.0))
                        * (1 + 0.1 * random.nextDouble()));
            }
            losses.add(new TrainingCurve.Series(loss, steps, values));
        }
        List<Double> epochs = List.of(100.0, 200.0, 300.0, 400.0, 500.0, 600.0);
        return new TrainingCurve(
                name,
                losses,
                List.of(
                        new TrainingCurve.Series("train-accuracy", epochs, List.of(0.3, 0.5, 0.61, 0.7, 0.77, 0.81)),
                        new TrainingCurve.Series(
                                "validation-accuracy", epochs, List.of(0.29, 0.47, 0.57, 0.64, 0.68, 0.7))));
    }

    private static RunManifest manifest() {
        String spec = "name: sample\ndata: cifar10\nvictims: [resnet20]\n# <b>& markup stays text</b>\n";
        return new RunManifest(
                spec,
                Checksums.of(spec),
                Map.of("run", 7L, "victim", 11L),
                "cifar10",
                Checksums.of("pixels"),
                Map.of("resnet20", Checksums.of("weights"), "redrl", Checksums.of("more weights")),
                new RunEnvironment(
                        "0123456789abcdef0123456789abcdef01234567",
                        Map.of("LibTorch (JavaCPP presets)", "2.10.0-1.5.13", "Java", "17.0.15"),
                        "cpu",
                        "A processor @ 2.0 GHz",
                        2),
                "2026-01-02T03:04:05Z",
                879.4);
    }
}

package io.redrl.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.attack.AttackClass;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.calibration.Activations;
import io.redrl.calibration.Calibration;
import io.redrl.calibration.OodMethod;
import io.redrl.calibration.OodScore;
import io.redrl.calibration.Prediction;
import io.redrl.model.AttackClassifier;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.InitialState;
import io.redrl.model.ModelCard;
import io.redrl.model.NetworkClassifier;
import io.redrl.model.Reconstructor;
import io.redrl.model.ReconstructorSpec;
import io.redrl.model.Weights;
import io.redrl.recognition.Recogniser;
import io.redrl.recognition.RecogniserCard;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.TestVictims;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderFuzzTest {
    private static final int SIDE = 12;
    private static final long MOST_HEAP = 256L << 20;

    @TempDir
    Path folder;

    @Test
    void everyDamagedRecogniserIsLoadedAndJudgesOrIsRefusedByName() throws InterruptedException, IOException {
        RecogniserSpec spec = recogniser();
        List<String> names =
                List.of("recogniser.json", "psi.safetensors", "g.safetensors", "calibration.json", OodScore.FILE);
        byte[][] whole = new byte[names.size()][];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = Files.readAllBytes(folder.resolve(names.get(i)));
        }
        int[] damaged = {0};
        FuzzRun.of(
                "recognisers",
                750,
                folder.getFileName().toString(),
                MOST_HEAP,
                (i, random) -> {
                    put(names.get(damaged[0]), whole[damaged[0]]);
                    damaged[0] = i % names.size();
                    byte[] one = whole[damaged[0]];
                    byte[] other = whole[damaged[0] == 0 ? 3 : 0];
                    return names.get(damaged[0]).endsWith(".json")
                            ? Mutations.ofJson(one, other, random)
                            : Mutations.ofSafetensors(one, one, random);
                },
                bytes -> {
                    put(names.get(damaged[0]), bytes);
                    try (Recogniser recogniser = Recogniser.load(folder)) {
                        judges(recogniser, spec);
                    }
                });
    }

    /** Images of any size may be asked for by settings that are whole, and take their time: only the usual are judged. */
    private static void judges(Recogniser recogniser, RecogniserSpec whole) {
        if (!recogniser.spec().classifier().equals(whole.classifier())
                || recogniser.spec().input() != whole.input()) {
            return;
        }
        Scopes.run(() -> {
            Tensor images = Tensors.uniform(new Seed(4), 2, 3, SIDE, SIDE);
            try {
                for (Prediction judgement : recogniser.judge(images)) {
                    List<Double> probabilities = judgement.probabilities();
                    assertThat(probabilities)
                            .hasSize(AttackClass.values().length)
                            .allMatch(p -> p >= 0 && p <= 1);
                    assertThat(probabilities.stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-4));
                }
            } catch (RedrlException e) {
                // It was loaded long ago, and knows its name only.
                assertThat(e)
                        .hasMessageContaining("gives no finite numbers")
                        .hasMessageContaining(recogniser.spec().name());
            }
        });
    }

    @Test
    void settingsThatAskForGigabytesAreRefusedBeforeTheNetworksAreMade() throws IOException {
        recogniser();
        Path card = folder.resolve("recogniser.json");
        String whole = Files.readString(card);
        for (String[] greed :
                new String[][] {{"\"channels\" : 4", "\"channels\" : 1024"}, {"\"width\" : 4", "\"width\" : 1024"}}) {
            Files.writeString(card, whole.replace(greed[0], greed[1]).replace("\"blocks\" : 1", "\"blocks\" : 256"));
            assertThat(Files.readString(card)).isNotEqualTo(whole);
            assertThatThrownBy(() -> Recogniser.load(folder))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("too few for the");
        }
    }

    @Test
    void everyVictimWithADamagedCardIsLoadedOrRefusedByName() throws InterruptedException, IOException {
        byte[] card = victim();
        FuzzRun.of(
                "victim cards",
                300,
                folder.getFileName().toString(),
                MOST_HEAP,
                (i, random) -> Mutations.ofJson(card, card, random),
                bytes -> {
                    put(ModelCard.FILE, bytes);
                    opens();
                });
    }

    @Test
    void everyVictimWithDamagedWeightsIsLoadedOrRefusedByName() throws InterruptedException, IOException {
        String card = new String(victim(), StandardCharsets.UTF_8);
        Path file = folder.resolve(ModelCard.WEIGHTS);
        String sum = Checksums.of(file);
        byte[] whole = Files.readAllBytes(file);
        FuzzRun.of(
                "victim weights",
                200,
                folder.getFileName().toString(),
                MOST_HEAP,
                (i, random) -> Mutations.ofSafetensors(whole, whole, random),
                bytes -> {
                    put(ModelCard.WEIGHTS, bytes);
                    // The card vouches for the damage, or the weights would not be looked at.
                    put(ModelCard.FILE, card.replace(sum, Checksums.of(file)).getBytes(StandardCharsets.UTF_8));
                    opens();
                });
    }

    private void opens() {
        try (NetworkClassifier victim = NetworkClassifier.open(folder)) {
            assertThat(victim.classes()).isPositive();
            assertThat(victim.input().channels()).isEqualTo(3);
        }
    }

    @Test
    void everyDamagedCalibrationIsReadOrRefusedByName() throws InterruptedException {
        byte[] whole = Json.pretty(new Calibration(1.25, 0.375)).getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(Calibration.FILE);
        FuzzRun.of(
                "calibrations",
                500,
                Calibration.FILE,
                MOST_HEAP,
                (i, random) -> Mutations.ofJson(whole, whole, random),
                bytes -> {
                    put(Calibration.FILE, bytes);
                    Calibration read = Json.read(file, Calibration.class);
                    assertThat(read.temperature()).isPositive().isFinite();
                    assertThat(read.threshold()).isNotNaN();
                });
    }

    private void put(String name, byte[] bytes) {
        try {
            Files.write(folder.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Untrained, in the folder. */
    private RecogniserSpec recogniser() {
        RecogniserSpec spec = RecogniserSpec.compact()
                .withNetworks(
                        new ReconstructorSpec(4, 1, InitialState.NEAR_IDENTITY),
                        new AttackClassifierSpec(
                                4, 1, AttackClassifierSpec.Stem.SMALL, 0, 8, AttackClassifierSpec.Pooling.MEAN));
        List<String> classes =
                Arrays.stream(AttackClass.values()).map(AttackClass::id).toList();
        put(
                "recogniser.json",
                Json.pretty(new RecogniserCard(
                                spec, classes, SIDE, SIDE, 1, 1, "made", "0", "0", "v", "0", "0", 1, 0.5, 1))
                        .getBytes(StandardCharsets.UTF_8));
        try (Reconstructor g = new Reconstructor(spec.reconstructor(), new Seed(1));
                AttackClassifier psi = new AttackClassifier(
                        spec.classifier(), spec.input().channels(), classes.size(), 0, new Seed(2))) {
            Weights.save(g, folder.resolve("g.safetensors"));
            Weights.save(psi, folder.resolve("psi.safetensors"));
        }
        try (Recogniser recogniser = Recogniser.load(folder)) {
            int[] known = IntStream.range(0, 48).map(i -> i % classes.size()).toArray();
            Activations trace = Scopes.valued(
                    () -> recogniser.trace(Tensors.uniform(new Seed(5), known.length, 3, SIDE, SIDE), null));
            try (OodScore score = OodScore.fit(
                    OodMethod.FISHER, trace, known, IntStream.range(0, 48).toArray(), 1.25)) {
                score.write(folder.resolve(OodScore.FILE));
            }
        }
        Calibration calibration = new Calibration(1.25, 0.375, OodMethod.FISHER);
        put(Calibration.FILE, Json.pretty(calibration).getBytes(StandardCharsets.UTF_8));
        return spec;
    }

    /** Untrained, in the folder; its card. */
    private byte[] victim() throws IOException {
        return Files.readAllBytes(TestVictims.write(folder, "vgg8", 3, 32, 1).resolve(ModelCard.FILE));
    }
}

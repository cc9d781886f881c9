package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import io.redrl.features.VictimFeatureTable;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Preview;
import io.redrl.model.FeatureExtractor;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.MadeImages;
import io.redrl.testing.SpokenProgress;
import io.redrl.testing.Toy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    @TempDir
    Path folder;

    private final MadeImages images = Toy.images(Toy.IMAGES);

    private RecogniserCard train(RecogniserSpec spec, String name, TrainingLog watch, Progress progress) {
        Path vgg = Toy.vgg(folder.resolve("vgg.safetensors"), 2, new int[] {1, 1, 1}, false);
        try (Toy.LinearVictim phi = new Toy.LinearVictim();
                FeatureExtractor f = FeatureExtractor.load(vgg)) {
            return Trainer.train(
                    spec, Toy.rows(images, "uint8"), null, images, phi, f, null, folder.resolve(name), watch, progress);
        }
    }

    private static Progress stoppedAfter(int steps) {
        return new SpokenProgress(told -> told.units("training") == 24L * steps);
    }

    @Test
    void learnsToTellTheToyAttacksApart() {
        RecogniserSpec spec = Toy.spec(RecogniserInput.RESIDUAL_AND_IMAGE)
                .withTraining(Toy.spec(RecogniserInput.IMAGE).training().withSteps(120, 24));
        RecogniserCard card = train(spec, "redrl", new TrainingLog(1000, 60), Progress.silent());
        List<StepMetrics> log = MetricsLog.read(folder.resolve("redrl/metrics.jsonl"));
        assertThat(log).hasSize(120);
        assertThat(log.get(119).loss()).isLessThan(log.get(0).loss());
        assertThat(log.get(0).featureLoss()).isPositive();
        assertThat(log.get(0).imageClassificationLoss()).isPositive();
        assertThat(card.featureUnit()).isGreaterThan(0).isNotEqualTo(1);
        assertThat(folder.resolve("redrl/previews/step-000060.png")).exists();
        try (Recogniser recogniser = Recogniser.load(folder.resolve("redrl"))) {
            assertThat(accuracy(recogniser)).isGreaterThan(0.5);
        }
    }

    /** On images that training did not see. */
    private static double accuracy(Recogniser recogniser) {
        MadeImages all = Toy.images(Toy.IMAGES + 8);
        int right = 0;
        int total = 0;
        for (int index = Toy.IMAGES; index < all.size(); index++) {
            for (AttackClass attack : AttackClass.values()) {
                byte[] pixels = Toy.row(all, index, attack, "uint8").pixels();
                long verdict = Scopes.valued(() ->
                        Tensors.argmax(recogniser.logits(Tensors.pixels(pixels, 1, 3, Toy.SIZE, Toy.SIZE), null)))[0];
                right += List.of(AttackClass.values()).indexOf(attack) == verdict ? 1 : 0;
                total++;
            }
        }
        return (double) right / total;
    }

    @Test
    void goesOnAfterAStopAndEndsWithTheSameBytes() throws Exception {
        RecogniserSpec spec = Toy.spec(RecogniserInput.RESIDUAL_AND_IMAGE);
        TrainingLog watch = new TrainingLog(4, 0);
        train(spec, "whole", watch, Progress.silent());

        assertThatThrownBy(() -> train(spec, "parts", watch, stoppedAfter(7))).isInstanceOf(StoppedException.class);
        Path parts = folder.resolve("parts");
        assertThat(parts.resolve("recogniser.json")).doesNotExist();
        assertThat(MetricsLog.read(parts.resolve("metrics.jsonl"))).hasSize(7);
        // What a kill in the middle of a step leaves behind: lines that no checkpoint knows of, the last one cut.
        Files.writeString(
                parts.resolve("metrics.jsonl"),
                Files.readString(parts.resolve("metrics.jsonl")) + Json.line(new StepMetrics(8, 0, 0, 0, 0, 0, 0, 0, 0))
                        + "\n{\"step\":9,");
        train(spec, "parts", watch, Progress.silent());

        for (String file : new String[] {"psi.safetensors", "g.safetensors", "metrics.jsonl"}) {
            assertThat(Checksums.of(parts.resolve(file)))
                    .as(file)
                    .isEqualTo(Checksums.of(folder.resolve("whole").resolve(file)));
        }
        assertThat(parts.resolve("checkpoint.pt")).doesNotExist();
    }

    @Test
    void averagedWeightsAreKeptAndGoOnAfterAStop() {
        RecogniserSpec plain = Toy.spec(RecogniserInput.RESIDUAL_SRM_AND_IMAGE);
        RecogniserSpec spec = Toy.trained(plain, "{\"averaging\": 0.8}");
        TrainingLog watch = new TrainingLog(4, 0);
        train(plain, "last", watch, Progress.silent());
        train(spec, "whole", watch, Progress.silent());
        assertThatThrownBy(() -> train(spec, "parts", watch, stoppedAfter(7))).isInstanceOf(StoppedException.class);
        train(spec, "parts", watch, Progress.silent());

        String whole = Checksums.of(folder.resolve("whole/psi.safetensors"));
        assertThat(Checksums.of(folder.resolve("parts/psi.safetensors"))).isEqualTo(whole);
        assertThat(Checksums.of(folder.resolve("last/psi.safetensors"))).isNotEqualTo(whole);
    }

    @Test
    void takesTheVictimsAlongThatItAsks() throws Exception {
        Path home = folder.resolve("home");
        Files.createDirectories(home);
        Files.writeString(home.resolve("model.json"), "card");
        Files.writeString(home.resolve("stage.json"), "no part of the model");
        Path table = folder.resolve("evidence.safetensors");
        List<AdversarialExample> rows = Toy.rows(images, "uint8");
        RecogniserSpec spec = Json.overlay(
                Toy.spec(RecogniserInput.IMAGE),
                Json.parse("{\"victim-features\": [\"toy\"]}", tools.jackson.databind.JsonNode.class, "test"),
                RecogniserSpec.class,
                "test");
        assertThatThrownBy(() -> train(spec, "without", TrainingLog.standard(), Progress.silent()))
                .hasMessageContaining("needs a table of victim features");
        try (Toy.LinearVictim victim = new Toy.LinearVictim()) {
            VictimFeatureTable.write(rows, List.of(victim), table, Progress.silent());
        }
        int[] all = IntStream.range(0, rows.size()).toArray();
        try (VictimFeatureTable whole = VictimFeatureTable.open(table, List.of("toy"), List.of(home));
                VictimFeatureTable said = whole.of(all, List.of("toy"))) {
            assertThatThrownBy(() -> whole.of(all, List.of("other"))).hasMessageContaining("known are [toy]");
            Trainer.train(
                    spec,
                    rows,
                    null,
                    images,
                    null,
                    null,
                    said,
                    folder.resolve("with"),
                    TrainingLog.standard(),
                    Progress.silent());
        }
        assertThat(folder.resolve("with/victims/toy/model.json")).hasContent("card");
        assertThat(folder.resolve("with/victims/toy/stage.json")).doesNotExist();
        assertThat(folder.resolve("with/recogniser.json")).exists();
    }

    @Test
    void doesNothingWhenDoneAndTrainsAgainWhenSettingsChange() throws Exception {
        RecogniserSpec spec = Toy.spec(RecogniserInput.IMAGE);
        RecogniserCard first = train(spec, "done", TrainingLog.standard(), Progress.silent());
        var written = Files.getLastModifiedTime(folder.resolve("done/psi.safetensors"));
        assertThat(train(spec, "done", TrainingLog.standard(), Progress.silent()))
                .isEqualTo(first);
        assertThat(Files.getLastModifiedTime(folder.resolve("done/psi.safetensors")))
                .isEqualTo(written);
        assertThat(train(spec.withSeed(2), "done", TrainingLog.standard(), Progress.silent())
                        .spec()
                        .seed())
                .isEqualTo(2);
        assertThat(Files.exists(folder.resolve("done/g.safetensors"))).isFalse();
    }

    @Test
    void refusesACheckpointOfOtherSettings() {
        RecogniserSpec spec = Toy.spec(RecogniserInput.IMAGE);
        assertThatThrownBy(() -> train(spec, "mixed", TrainingLog.standard(), stoppedAfter(1)))
                .isInstanceOf(StoppedException.class);
        assertThatThrownBy(() -> train(spec.withSeed(9), "mixed", TrainingLog.standard(), Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("different: spec.seed (1, asked for 9)");
    }

    @Test
    void savedAndLoadedRecognisersAgreeAndInputsKnowTheirNeeds() {
        for (RecogniserInput input : RecogniserInput.values()) {
            RecogniserSpec spec =
                    Toy.spec(input).withTraining(Toy.spec(input).training().withSteps(2, 12));
            train(spec, input.name(), TrainingLog.standard(), Progress.silent());
            try (Recogniser one = Recogniser.load(folder.resolve(input.name()));
                    Recogniser two = Recogniser.load(folder.resolve(input.name()))) {
                Scopes.run(() -> {
                    Tensor clean = Tensors.pixels(images.images(1, 2));
                    Tensor attacked = Tensors.pixels(
                            Toy.row(images, 1, AttackClass.PGD, "uint8").pixels(), 1, 3, Toy.SIZE, Toy.SIZE);
                    Tensor given = clean.narrow(0, 0, 1);
                    float[] logits = Tensors.toFloats(one.logits(attacked, input.needsClean() ? given : null));
                    assertThat(logits).hasSize(6).containsExactly(Tensors.toFloats(two.logits(attacked, given)));
                    float sum = 0;
                    for (float p : Tensors.toFloats(one.probabilities(attacked, given))) {
                        sum += p;
                    }
                    assertThat(sum).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-5f));
                    assertThat(one.hasReconstructor()).isEqualTo(input.reconstructs());
                    if (one.hasReconstructor()) {
                        for (float value : Tensors.toFloats(one.reconstruct(attacked))) {
                            assertThat(value).isBetween(0f, 1f);
                        }
                    } else {
                        assertThatThrownBy(() -> one.reconstruct(attacked))
                                .hasMessageContaining("has no reconstructor");
                    }
                    if (input.needsClean()) {
                        assertThatThrownBy(() -> one.logits(attacked, null))
                                .isInstanceOf(RedrlException.class)
                                .hasMessageContaining("needs the clean image");
                    }
                });
            }
        }
    }

    @Test
    void saysWhichNetworkIsMissing() {
        RecogniserSpec spec = Toy.spec(RecogniserInput.RESIDUAL_AND_IMAGE);
        assertThatThrownBy(() ->
                        Trainer.train(spec, Toy.rows(images, "uint8"), images, null, null, folder, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("needs a victim");
    }

    @Test
    void aLookIsAPictureOfThreeRows() throws Exception {
        byte[] pixels = new byte[3 * 5 * 5];
        pixels[0] = (byte) 255;
        Image redDot = new Image(ImageShape.square(5), pixels);
        List<Image> row = List.of(redDot, redDot);
        Path file = folder.resolve("look.png");
        Preview.write(file, List.of(row, row, row));
        var image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(2 * 24 + 4);
        assertThat(image.getHeight()).isEqualTo(3 * 24 + 4);
        assertThat(image.getRGB(4, 4) & 0xffffff).isEqualTo(0xff0000);
        assertThat(image.getRGB(8, 4) & 0xffffff).isZero();
    }
}

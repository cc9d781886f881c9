package io.redrl.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.base.StoppedException;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.model.ModelCard;
import io.redrl.model.Victims;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Precision;
import io.redrl.testing.MadeImages;
import io.redrl.testing.SpokenProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VictimTrainerTest {
    private static final ImageDataset TRAIN = MadeImages.colours("colours/train", 96, 8);
    private static final ImageDataset TEST = MadeImages.colours("colours/test", 60, 8);
    private static final Seed SEED = new Seed(11);

    @TempDir
    Path folder;

    private static VictimSpec spec(int epochs, Precision precision) {
        Recipe recipe = new Recipe(new Schedule.OneCycle(0.05, 0.3, 0.1, 0), 0.9, 5e-4, true, 1, 0.1);
        return new VictimSpec("vgg8", recipe, epochs, 16, 0, precision);
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void goesOnBitForBitAfterAStop(Precision precision) throws IOException {
        Path whole = folder.resolve("whole");
        Path stopped = folder.resolve("stopped");
        trained(precision, whole, Progress.silent());

        SpokenProgress progress =
                new SpokenProgress(told -> told.units("") == 15 * 16); // in the middle of the third epoch of 6 steps
        assertThatThrownBy(() -> trained(precision, stopped, progress)).isInstanceOf(StoppedException.class);
        assertThat(stopped).isDirectoryContaining("glob:**checkpoint.pt").isDirectoryNotContaining("glob:**model.*");
        SpokenProgress second = new SpokenProgress();
        trained(precision, stopped, second);

        assertThat(second.lines).contains("Going on with vgg8 after epoch 2");
        assertThat(second.tasks).contains("vgg8 epoch 3/4");
        assertThat(stopped.resolve(ModelCard.WEIGHTS)).hasSameBinaryContentAs(whole.resolve(ModelCard.WEIGHTS));
        assertThat(stopped).isDirectoryNotContaining("glob:**checkpoint.pt");
        assertThat(Files.readAllLines(stopped.resolve("metrics.jsonl"))).hasSize(4);
    }

    /** On one thread: oneDNN's bfloat16 is not to be trusted with several (docs/adr/0008). */
    private static void trained(Precision precision, Path into, Progress progress) {
        Lanes.map(List.of(() -> VictimTrainer.train(spec(4, precision), SEED, TRAIN, TEST, into, progress)));
    }

    @Test
    void learnsAndWritesAModelThatLoadsWithItsAccuracy() throws IOException {
        Path model = folder.resolve("colours");
        ModelCard card = VictimTrainer.train(spec(6, Precision.FP32), SEED, TRAIN, TEST, model, Progress.silent());

        assertThat(card.testAccuracy()).isGreaterThan(0.9);
        assertThat(card.datasetChecksum()).isEqualTo(TRAIN.checksum());
        assertThat(card.epochs()).isEqualTo(6);
        assertThat(card.minutes()).isPositive();
        assertThat(Json.read(model.resolve(ModelCard.FILE), ModelCard.class)).isEqualTo(card);
        assertThat(Json.parse(card.spec().toString(), VictimSpec.class, "card")).isEqualTo(spec(6, Precision.FP32));
        List<EpochMetrics> metrics = Files.readAllLines(model.resolve("metrics.jsonl")).stream()
                .map(line -> Json.parse(line, EpochMetrics.class, "metrics"))
                .toList();
        assertThat(metrics.get(5).trainLoss()).isLessThan(metrics.get(0).trainLoss());
        try (Classifier victim = Victims.load("colours", folder)) {
            assertThat(victim.id()).isEqualTo("colours");
            assertThat(victim.classes()).isEqualTo(3);
            assertThat(Accuracy.of(victim, TEST, Progress.silent()).value()).isEqualTo(card.testAccuracy());
        }
    }

    @Test
    void returnsAFinishedModelAndRefusesToOverwriteAnother() {
        VictimSpec spec = spec(1, Precision.FP32);
        ModelCard card = VictimTrainer.train(spec, SEED, TRAIN, TEST, folder, Progress.silent());
        SpokenProgress idle = new SpokenProgress();
        assertThat(VictimTrainer.train(spec, SEED, TRAIN, TEST, folder, idle)).isEqualTo(card);
        assertThat(idle.tasks).isEmpty();
        assertThatThrownBy(() -> VictimTrainer.train(spec, new Seed(12), TRAIN, TEST, folder, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("was made from something else; different: seed (11, asked for 12)");
    }

    @Test
    void usesTheFirstImagesOnlyWhenAsked() {
        VictimSpec few = new VictimSpec("vgg8", Recipe.paper(), 1, 16, 32, Precision.FP32);
        SpokenProgress progress = new SpokenProgress();
        VictimTrainer.train(few, SEED, TRAIN, TEST, folder, progress);
        assertThat(progress.units("")).isEqualTo(32 + 60); // and all test images
    }

    @Test
    void saysThatTrainingDivergedInsteadOfSavingNonsense() {
        Recipe wild = new Recipe(new Schedule.Constant(1e30), 0.9, 0, false, 0, 0);
        VictimSpec spec = new VictimSpec("vgg8", wild, 3, 16, 0, Precision.FP32);
        assertThatThrownBy(() -> VictimTrainer.train(spec, SEED, TRAIN, TEST, folder, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("diverged")
                .hasMessageContaining("learning rate");
        assertThat(folder.resolve(ModelCard.FILE)).doesNotExist();
    }

    @Test
    void refusesSetsThatDiffer() {
        ImageDataset larger = MadeImages.colours("large", 10, 16);
        assertThatThrownBy(() ->
                        VictimTrainer.train(spec(1, Precision.FP32), SEED, TRAIN, larger, folder, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("differ");
    }

    @Test
    void aStepLeavesNoTensorBehind() {
        List<Long> alive = new ArrayList<>();
        SpokenProgress counting = new SpokenProgress(told -> {
            alive.add(Pointer.totalCount());
            return alive.size() == 12;
        });
        VictimSpec small = new VictimSpec("vgg8", Recipe.oneCycle(), 1, 4, 0, Precision.FP32);
        assertThatThrownBy(() -> VictimTrainer.train(small, SEED, TRAIN, TEST, folder, counting))
                .isInstanceOf(StoppedException.class);
        assertThat(alive).hasSize(12);
        // The optimiser makes its momenta in the first step; the collector may free what others have forgotten.
        assertThat(alive.subList(2, 12)).allMatch(count -> count <= alive.get(1));
    }
}

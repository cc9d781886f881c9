package io.redrl.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.base.StoppedException;
import io.redrl.data.Split;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Precision;
import io.redrl.testing.MadeImages;
import io.redrl.testing.SpokenProgress;
import io.redrl.testing.TestVictims;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Worlds, training and verdicts at the smallest size. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttributionTest {
    private static final AttributionSettings SETTINGS =
            new AttributionSettings(16, 1, 12, 4, 2, 3e-3, 1e-4, 0.9, 64, Precision.FP32, 1);

    private Path folder;
    private Path photographs;
    private Path victim;
    private Path world;

    @BeforeAll
    void makeAWorld(@TempDir Path temporary) {
        folder = temporary;
        photographs = folder.resolve("photographs");
        for (int i = 0; i < 6; i++) {
            ImageCodec.writePng(
                    photographs.resolve(i + ".png"), MadeImages.smooth(new ImageShape(3, 50 + 7 * i, 90 - 5 * i), i));
        }
        victim = TestVictims.write(folder.resolve("vgg8"), "vgg8", 4, 32, 1);
        world = folder.resolve("world");
        WorldMaker.make(spec("photographs", 12, 3), new Seed(5), folder, world, new SpokenProgress());
    }

    private WorldSpec spec(String name, int images, int attacks) {
        return new WorldSpec(
                name,
                WorldSpec.Role.FIT,
                photographs.toString(),
                Split.TRAIN,
                "0-5",
                true,
                images,
                List.of(32, 48),
                1,
                0.2,
                attacks,
                4,
                List.of(victim.toString()),
                List.of(Algorithm.FGSM, Algorithm.PGD, Algorithm.SQUARE, Algorithm.PATCH_FREE));
    }

    @Test
    void aWorldHoldsChangedVersionsOnlyAndWhatMadeThem() {
        List<Traces.Picture> pictures = Traces.read(world);
        assertThat(pictures).hasSize(12);
        for (Traces.Picture picture : pictures) {
            for (Traces.Version version : picture.versions()) {
                AttributionBatch.Label label = AttributionBatch.label(version, picture.clean(), version.image());
                assertThat(label.linf()).isPositive();
                assertThat(version.victim()).isEqualTo("vgg8");
                assertThat(version.algorithm()).isIn(spec("a", 1, 1).algorithms());
                if (version.algorithm() == Algorithm.PATCH_FREE) {
                    assertThat(changed(label.changed())).isLessThan(label.changed().length * 2 / 3);
                }
            }
        }
        assertThat(pictures.stream().mapToInt(p -> p.versions().size()).sum()).isGreaterThan(24);
    }

    private static long changed(boolean[] cells) {
        long count = 0;
        for (boolean cell : cells) {
            count += cell ? 1 : 0;
        }
        return count;
    }

    @Test
    void aWorldThatWasStoppedGoesOnToTheSameBytes() throws IOException {
        WorldSpec spec = spec("photographs", 12, 3);
        Path begun = folder.resolve("begun");
        assertThatThrownBy(() -> WorldMaker.make(
                        spec, new Seed(5), folder, begun, new SpokenProgress(told -> told.units("world") >= 1)))
                .isInstanceOf(StoppedException.class);
        assertThat(WorldMaker.shards(begun)).hasSize(1);
        WorldMaker.make(spec, new Seed(5), folder, begun, new SpokenProgress());
        List<Path> shards = WorldMaker.shards(world);
        assertThat(shards).hasSize(3);
        for (Path shard : shards) {
            assertThat(Files.mismatch(shard, begun.resolve(shard.getFileName())))
                    .isEqualTo(-1);
        }
        assertThatThrownBy(() -> WorldMaker.make(spec, new Seed(6), folder, begun, new SpokenProgress()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("begun");
    }

    @Test
    void batchesDependOnTheirStepAlone() {
        AttributionBatch.Drawer drawer = new AttributionBatch.Drawer(List.of(Traces.read(world)), SETTINGS);
        AttributionBatch third = drawer.at(3);
        drawer.at(4);
        assertThat(drawer.at(3).images()).isEqualTo(third.images());
        assertThat(third.images()).hasSameSizeAs(third.labels());
        assertThat(third.images())
                .extracting(Image::shape)
                .containsOnly(third.images().get(0).shape());
    }

    /** Trained, stopped and trained on, calibrated: the same verdicts on images of any size, which add up. */
    @Test
    void aTrainedModelJudgesImagesOfAnySize() throws IOException {
        Path straight = folder.resolve("straight");
        AttributionTrainer.train(List.of(world), SETTINGS, Optional.empty(), straight, new SpokenProgress());
        Path resumed = folder.resolve("resumed");
        assertThatThrownBy(() -> AttributionTrainer.train(
                        List.of(world),
                        SETTINGS,
                        Optional.empty(),
                        resumed,
                        new SpokenProgress(told -> told.units("training") >= 5)))
                .isInstanceOf(StoppedException.class);
        AttributionTrainer.train(List.of(world), SETTINGS, Optional.empty(), resumed, new SpokenProgress());
        assertThat(Files.mismatch(
                        straight.resolve(AttributionTrainer.WEIGHTS), resumed.resolve(AttributionTrainer.WEIGHTS)))
                .isEqualTo(-1);

        assertThatThrownBy(() -> AttributionTrainer.train(
                        List.of(world), SETTINGS, Optional.of(straight), resumed, new SpokenProgress()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("resumed");

        String table = AttributionCalibrator.calibrate(
                straight, SETTINGS, List.of(world), List.of(world), List.of(world), new SpokenProgress());
        assertThat(table).contains("| world PNG |", "| world JPEG_75 |");
        try (AttributionModel model = AttributionModel.open(straight)) {
            List<Image> images = new ArrayList<>();
            for (int[] shape : new int[][] {{20, 30}, {32, 32}, {33, 47}, {64, 64}, {400, 330}, {32, 32}}) {
                images.add(MadeImages.smooth(new ImageShape(3, shape[0], shape[1]), shape[0]));
            }
            List<Attribution> found = model.attribute(images);
            assertThat(found).hasSameSizeAs(images);
            for (Attribution one : found) {
                assertThat(sum(one.families())).isCloseTo(1, within(1e-9));
                assertThat(sum(one.algorithms())).isCloseTo(1, within(1e-9));
                assertThat(one.paperClasses().values().stream()
                                .mapToDouble(p -> p)
                                .sum())
                        .isCloseTo(1, within(1e-9));
                assertThat(one.familySet()).isNotEmpty();
                assertThat(one.algorithm().family()).isEqualTo(one.family());
            }
            assertThat(found.get(1)).isEqualTo(found.get(5));
            assertThat(model.attribute(images.subList(3, 4)).get(0).attacked())
                    .isCloseTo(found.get(3).attacked(), within(1e-5));
            double even = model.attribute(images.subList(3, 4), 0.5).get(0).attacked();
            double rare = model.attribute(images.subList(3, 4), 0.01).get(0).attacked();
            assertThat(rare).isCloseTo(even * 0.01 / (even * 0.01 + (1 - even) * 0.99), within(1e-9));
        }
    }

    private static double sum(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    @Test
    void aFolderWithoutAModelIsNamed() {
        assertThatThrownBy(() -> AttributionModel.open(folder.resolve("nothing")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("nothing is no model of attribution: it needs attribution.json");
    }

    @Test
    void picturesHaveTheSideThatWasAskedForAndDependOnTheirSeedAlone() {
        for (int i = 0; i < 40; i++) {
            Image photograph = MadeImages.smooth(new ImageShape(3, 70, 100), i);
            Image made = History.of(photograph, 48, new Seed(i).random());
            assertThat(made.shape()).isEqualTo(ImageShape.square(48));
            assertThat(History.of(photograph, 48, new Seed(i).random())).isEqualTo(made);
            Image drawn = DrawnPicture.of(40, new Seed(i).random());
            assertThat(drawn).isEqualTo(DrawnPicture.of(40, new Seed(i).random()));
            assertThat(Arrays.hashCode(drawn.pixels())).isNotEqualTo(Arrays.hashCode(made.pixels()));
        }
    }
}

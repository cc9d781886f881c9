package io.redrl.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.base.StoppedException;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Precision;
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.MadeImages;
import io.redrl.testing.SpokenProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fit at the smallest size: images that are not square, a linear victim, a small network. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttributionFitTest {
    private static final ImageShape SHAPE = new ImageShape(3, 33, 40);
    private static final FitSettings SETTINGS = new FitSettings(10, 20, Optional.of(2), 4, 1e-3, 1);
    private static final Classifier VICTIM = FunctionVictim.linear("mine", 3, SHAPE, 2);

    private Path folder;
    private Path start;
    private Path whole;
    private FitReport report;

    @BeforeAll
    void fitOnce(@TempDir Path temporary) {
        folder = temporary;
        start = folder.resolve("start");
        Path world = folder.resolve("world");
        AttributionSettings settings =
                new AttributionSettings(16, 1, 1, 3, 2, 3e-3, 1e-4, 0.9, 32, Precision.FP32, 1);
        WorldSpec spec = new WorldSpec(
                "world",
                WorldSpec.Role.FIT,
                "made",
                Split.TRAIN,
                "0-9",
                false,
                10,
                List.of(33),
                0,
                0,
                3,
                5,
                List.of("mine"),
                List.of(Algorithm.FGSM, Algorithm.SQUARE));
        WorldMaker.make(spec, new Seed(1), images(), VICTIM, world, "world", new SpokenProgress());
        AttributionTrainer.train(List.of(world), settings, Optional.empty(), start, new SpokenProgress());
        AttributionCalibrator.calibrate(
                start, settings, List.of(world), List.of(world), List.of(world), new SpokenProgress());
        whole = folder.resolve("whole");
        report = fit(whole, images(), VICTIM, new SpokenProgress());
    }

    private static ImageDataset images() {
        return images(20, index -> MadeImages.smooth(SHAPE, index).pixels());
    }

    private static ImageDataset images(int size, IntFunction<byte[]> drawing) {
        return new MadeImages("mine", size, SHAPE, List.of("a"), drawing);
    }

    private static FitImages choose(ImageDataset images) {
        return FitImages.choose(
                images, IntStream.range(0, images.size()).toArray(), SETTINGS, new SpokenProgress());
    }

    private FitReport fit(Path out, ImageDataset images, Classifier victim, SpokenProgress progress) {
        return AttributionFit.fit(choose(images), victim, start, SETTINGS, out, progress);
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatComesOutIsAModelWithACardForPeople() throws IOException {
        assertThat(files(whole))
                .containsExactly(
                        "README.md",
                        "_fit.json",
                        "attribution.json",
                        "attribution.safetensors",
                        "fit.json",
                        "ood.safetensors");
        try (AttributionModel model = AttributionModel.open(whole)) {
            assertThat(model.attribute(images().images(0, 1))).hasSize(2);
            assertThat(model.card().results()).hasSize(3);
        }
        assertThat(Files.readString(whole.resolve("README.md")))
                .contains("12 images to learn from, 4 to calibrate on and\n4 held out, each under 2 attacks")
                .contains(report.answer(), "| as they are: false alarms | ", "| JPEG 75: ");
        assertThat(report.results()).hasSize(3).allSatisfy(both -> {
            assertThat(both.before().cleanCalledAttacked().n()).isEqualTo(4);
            assertThat(both.after().family().n())
                    .isEqualTo(both.before().family().n())
                    .isPositive();
        });
        assertThat(Files.mismatch(start.resolve("attribution.safetensors"), whole.resolve("attribution.safetensors")))
                .isNotEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"attacking images to learn", "attacking held-out", "training", "reading calibrate", "reading held-out"})
    void stoppedAnywhereItGoesOnToTheSameFiles(String task) throws IOException {
        Path begun = folder.resolve("begun at " + task);
        Predicate<SpokenProgress> stop = told -> told.tasks.stream().anyMatch(name -> name.startsWith(task))
                && (told.units(task) > 0 || !task.startsWith("attacking"));
        assertThatThrownBy(() -> fit(begun, images(), VICTIM, new SpokenProgress(stop)))
                .isInstanceOf(StoppedException.class);
        assertThat(files(begun)).doesNotContain("attribution.json").contains("_fit.json", "work");
        assertThat(fit(begun, images(), VICTIM, new SpokenProgress())).isEqualTo(report);
        for (String file : files(whole)) {
            assertThat(Files.mismatch(whole.resolve(file), begun.resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
        assertThat(files(begun)).isEqualTo(files(whole));
    }

    @Test
    void finishedItIsNotDoneAgainAndSaysTheSame() {
        SpokenProgress progress = new SpokenProgress();
        assertThat(fit(whole, images(), VICTIM, progress)).isEqualTo(report);
        assertThat(progress.lines).containsExactly(whole + " is finished already: nothing to do");
        assertThat(progress.tasks).isEmpty();
    }

    @Test
    void aFolderOfSomethingElseIsRefusedAndStaysAsItIs() throws IOException {
        FitSettings other = SETTINGS.withSeed(2);
        assertThatThrownBy(() ->
                        AttributionFit.fit(choose(images()), VICTIM, start, other, whole, new SpokenProgress()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("whole was made from something else; different: settings.seed");
        Path photographs = Files.createDirectories(folder.resolve("photographs"));
        Files.writeString(photographs.resolve("a.txt"), "mine");
        assertThatThrownBy(() -> fit(photographs, images(), VICTIM, new SpokenProgress()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("photographs holds other files: choose an empty or a new folder");
        assertThat(files(photographs)).containsExactly("a.txt");
        assertThatThrownBy(() -> AttributionFit.requirePlace(photographs.resolve("a.txt/model")))
                .hasMessageContaining("a.txt is no folder");
    }

    @Test
    void aVictimThatNoAttackFoolsIsRefusedBeforeAnythingIsWritten() {
        Classifier constant =
                new FunctionVictim("deaf", 3, SHAPE, "none", x -> x.flatten(1, -1)
                        .narrow(1, 0, 3)
                        .mul(new Scalar(0.0)));
        Path out = folder.resolve("new/folders");
        assertThatThrownBy(() -> fit(out, images(), constant, new SpokenProgress()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("No attack fools victim deaf: of 12 images neither PGD nor Square");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    /** It answers as long as it is tried, and then no more. */
    @Test
    void whatFailsBeforeAnythingIsDoneLeavesNothingBehind() {
        AtomicInteger asked = new AtomicInteger();
        Classifier failing = new FunctionVictim("failing", 3, SHAPE, "none", x -> {
            if (asked.incrementAndGet() > 40) {
                throw new RedrlException("broken");
            }
            return VICTIM.logits(x);
        });
        Path out = folder.resolve("other/folders");
        assertThatThrownBy(() -> fit(out, images(), failing, new SpokenProgress()))
                .hasMessage("broken");
        assertThat(asked).hasValueGreaterThan(40);
        assertThat(folder.resolve("other")).doesNotExist();
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        Path out = folder.resolve("sizes");
        Classifier other = FunctionVictim.linear("mine", 3, ImageShape.square(40), 2);
        assertThatThrownBy(() -> fit(out, images(), other, new SpokenProgress()))
                .hasMessageContaining("Victim mine takes images of 3×40×40, but those of mine are 3×33×40")
                .hasMessageContaining("--resize");
        ImageShape small = new ImageShape(3, 28, 28);
        ImageDataset digits = new MadeImages(
                "digits", 20, small, List.of("a"), i -> MadeImages.smooth(small, i).pixels());
        assertThatThrownBy(() -> fit(out, digits, FunctionVictim.linear("mine", 3, small, 2), new SpokenProgress()))
                .hasMessage("A model can be fitted to colour images of 32 to 1024 pixels a side, got 3×28×28");
        assertThat(out).doesNotExist();
    }

    @Test
    void modelsOfAnotherVersionAreRefused() throws IOException {
        Path old = folder.resolve("old");
        Files.createDirectories(old);
        assertThatThrownBy(() -> AttributionFit.fit(
                        choose(images()), VICTIM, old, SETTINGS, folder.resolve("x"), new SpokenProgress()))
                .hasMessageContaining("old is no model of attribution: it needs");
        Files.writeString(old.resolve("recogniser.json"), "{}");
        assertThatThrownBy(() -> AttributionModel.open(old)).hasMessageContaining("but a recogniser of an earlier kind");
        Files.writeString(
                old.resolve("attribution.json"),
                Files.readString(start.resolve("attribution.json")).replace("\"settings\"", "\"set-up\""));
        assertThatThrownBy(() -> AttributionModel.open(old))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("holds a model that is damaged or of another version of redrl: ")
                .hasMessageContaining("attribution.json: ");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void imagesAreChosenOnceEachAndNoneOfOneColour() {
        ImageDataset mixed = images(26, index -> switch (index) {
            case 3 -> new byte[SHAPE.values()];
            case 4 -> MadeImages.smooth(SHAPE, 5).pixels();
            case 6 -> throw new RedrlException("6.png is damaged");
            default -> MadeImages.smooth(SHAPE, index).pixels();
        });
        FitImages chosen = choose(mixed);
        List<Integer> all = Stream.of(chosen.learn(), chosen.calibrate(), chosen.heldOut())
                .flatMap(List::stream)
                .toList();
        assertThat(all).doesNotHaveDuplicates().hasSize(20).doesNotContain(3, 6);
        assertThat(all.contains(4) && all.contains(5)).isFalse();
        FitImages every = FitImages.choose(
                mixed, IntStream.range(0, 26).toArray(), new FitSettings(10, 26, Optional.of(3), 4, 1, 1),
                new SpokenProgress());
        assertThat(every.size()).isEqualTo(23);
        assertThat(every.unreadable()).containsExactly("6.png is damaged");
        assertThat(every.remarks()).containsExactly("left out: 1 is of one colour, 1 repeats another one");
    }

    @Test
    void tooFewImagesAreCounted() {
        assertThatThrownBy(() -> choose(images(9, index -> MadeImages.smooth(SHAPE, index).pixels())))
                .isInstanceOf(RedrlException.class)
                .hasMessage("mine has 9 images to use, but 10 or more are needed, and 500 are advised");
        assertThatThrownBy(() -> choose(
                        images(20, index -> MadeImages.smooth(SHAPE, index % 7).pixels())))
                .hasMessageEndingWith("500 are advised; of the others 13 repeat another one");
        assertThatThrownBy(() -> choose(images(20, index -> {
                    byte[] pixels = new byte[SHAPE.values()];
                    java.util.Arrays.fill(pixels, (byte) index);
                    return pixels;
                })))
                .hasMessage("All 20 images of mine are of one colour each: there is nothing in them to attack or to learn"
                        + " from");
    }

    @Test
    void fewerImagesMeetMoreAttacksAndLargeOnesFewer() {
        FitSettings usual = FitSettings.DEFAULTS;
        assertThat(usual.attacks(1000, ImageShape.square(32))).isEqualTo(8);
        assertThat(usual.attacks(300, ImageShape.square(32))).isEqualTo(13);
        assertThat(usual.attacks(60, ImageShape.square(32))).isEqualTo(24);
        assertThat(usual.most(ImageShape.square(32))).isEqualTo(1000);
        int most = usual.most(ImageShape.square(224));
        assertThat(most).isBetween(300, 600);
        assertThat(usual.attacks(most, ImageShape.square(224))).isEqualTo(8);
        assertThat(usual.attacks(60, ImageShape.square(1024))).isBetween(1, 4);
        assertThat(usual.withAttacks(Optional.of(2)).attacks(60, ImageShape.square(32)))
                .isEqualTo(2);
    }

    @Test
    void whetherItIsBetterIsSaidWhereTheImagesCanTell() {
        double[] before = {0.5, 0.5, 0.75, 0.5};
        assertThat(FitReport.difference(before, new double[] {0.75, 0.75, 1, 0.75}).low())
                .isCloseTo(0.25, within(1e-9));
        assertThat(FitReport.difference(before, before).low()).isZero();
        assertThat(FitReport.difference(before, new double[] {1, 0.25, 1, 0.25})
                        .contains(0))
                .isTrue();
    }
}

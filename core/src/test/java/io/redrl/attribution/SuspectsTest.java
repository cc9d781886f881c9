package io.redrl.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.Split;
import io.redrl.identify.Identification;
import io.redrl.identify.Identifier;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.NetworkClassifier;
import io.redrl.model.ScriptSettings;
import io.redrl.tensor.Precision;
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.MadeImages;
import io.redrl.testing.Scripts;
import io.redrl.testing.SpokenProgress;
import io.redrl.testing.TestVictims;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Attribution with suspected victims, at the smallest size. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuspectsTest {
    private static final AttributionSettings NETWORK =
            new AttributionSettings(16, 1, 4, 4, 2, 3e-3, 1e-4, 0.9, 64, Precision.FP32, 1);
    private static final SuspectSettings SETTINGS = new SuspectSettings(30, 16, 1e-2, 1e-4, 1, 3);

    private static final Image SMALL = MadeImages.smooth(new ImageShape(3, 20, 30), 1);
    private static final Image USUAL = MadeImages.smooth(ImageShape.square(32), 2);
    private static final Image ODD = MadeImages.smooth(new ImageShape(3, 33, 47), 3);
    private static final Image LARGE = MadeImages.smooth(new ImageShape(3, 400, 330), 4);

    private Path folder;
    private Path first;
    private Path second;
    private SuspectRows.Asked asked;
    private Path model;
    private Path alone;
    private String table;

    @BeforeAll
    void makeAModel(@TempDir Path temporary) throws IOException {
        folder = temporary;
        for (int i = 0; i < 4; i++) {
            ImageCodec.writePng(
                    folder.resolve("photographs/" + i + ".png"),
                    MadeImages.smooth(new ImageShape(3, 60 + 7 * i, 90 - 5 * i), i));
        }
        first = TestVictims.write(folder.resolve("first"), "vgg8", 4, 32, 1);
        second = TestVictims.write(folder.resolve("second"), "vgg8", 4, 32, 2);
        Path world = folder.resolve("world");
        WorldMaker.make(
                new WorldSpec(
                        "photographs",
                        WorldSpec.Role.FIT,
                        folder.resolve("photographs").toString(),
                        Split.TRAIN,
                        "",
                        true,
                        8,
                        List.of(32),
                        1,
                        0.2,
                        3,
                        4,
                        List.of(first.toString()),
                        List.of(Algorithm.FGSM, Algorithm.PATCH_FREE)),
                new Seed(5),
                folder,
                world,
                new SpokenProgress());
        alone = folder.resolve("alone");
        AttributionTrainer.train(List.of(world), NETWORK, Optional.empty(), alone, new SpokenProgress());
        AttributionCalibrator.calibrate(
                alone, NETWORK, List.of(world), List.of(world), List.of(world), new SpokenProgress());
        asked = new SuspectRows.Asked(world, folder.resolve("answers"));
        SuspectRows.ask(
                world,
                List.of(first.toString(), second.toString()),
                folder,
                SETTINGS,
                true,
                asked.answers(),
                new SpokenProgress());
        model = folder.resolve("model");
        Files.createDirectories(model);
        for (String file : List.of("attribution.json", "attribution.safetensors", "ood.safetensors")) {
            Files.copy(alone.resolve(file), model.resolve(file));
        }
        SuspectTrainer.train(List.of(asked), model, NETWORK, SETTINGS, model, new SpokenProgress());
        table = AttributionCalibrator.calibrateSuspects(
                model, SETTINGS, List.of(asked), List.of(asked), new SpokenProgress());
    }

    private Suspects suspects(Path... victims) {
        return Suspects.open(Arrays.stream(victims).map(Path::toString).toList(), folder, ScriptSettings.NONE);
    }

    private static List<Attribution> attribute(AttributionModel model, Suspects suspects, Image... images) {
        try (suspects) {
            return model.attribute(List.of(images), Optional.of(0.5), suspects);
        }
    }

    @Test
    void withoutSuspectsTheResultIsThatOfTheImageAlone() {
        try (AttributionModel asking = AttributionModel.open(model);
                AttributionModel blind = AttributionModel.open(alone)) {
            Image[] images = {SMALL, USUAL, ODD, LARGE};
            assertThat(attribute(asking, Suspects.none(), images))
                    .isEqualTo(attribute(blind, Suspects.none(), images))
                    .allMatch(one -> one.suspects().isEmpty());
            assertThat(asking.card().suspects()).isPresent();
        }
    }

    @Test
    void howManySuspectsThereAreAndInWhichOrderIsAllTheSame() {
        try (AttributionModel asking = AttributionModel.open(model)) {
            Attribution one = attribute(asking, suspects(first), USUAL).get(0);
            Attribution two = attribute(asking, suspects(first, second), USUAL).get(0);
            assertThat(one.suspects()).containsExactly("first");
            assertThat(two.suspects()).containsExactly("first", "second");
            assertThat(two.families())
                    .isNotEqualTo(one.families())
                    .isNotEqualTo(
                            attribute(asking, Suspects.none(), USUAL).get(0).families());
            assertThat(attribute(asking, suspects(second, first), USUAL)).containsExactly(two);
            assertThat(attribute(asking, suspects(first, second, first), USUAL)).containsExactly(two);
        }
    }

    @Test
    void imagesAreAskedAboutAtTheirSizeAndOthersAreJudgedAlone() {
        try (AttributionModel asking = AttributionModel.open(model);
                NetworkClassifier open = NetworkClassifier.open(first)) {
            Image[] images = {SMALL, USUAL, ODD, LARGE};
            List<Attribution> blind = attribute(asking, Suspects.none(), images);
            List<Attribution> pooling = attribute(asking, suspects(first), images);
            assertThat(pooling).extracting(one -> one.suspects().size()).containsExactly(0, 1, 1, 0);
            assertThat(pooling.get(0)).isEqualTo(blind.get(0));
            assertThat(pooling.get(3)).isEqualTo(blind.get(3));
            List<Attribution> fixed = attribute(asking, Suspects.of(List.of(open)), images);
            assertThat(fixed).extracting(one -> one.suspects().size()).containsExactly(0, 1, 0, 0);
            assertThat(fixed.get(2)).isEqualTo(blind.get(2));
            assertThat(fixed.get(1)).isEqualTo(pooling.get(1));
        }
    }

    @Test
    void aScriptOfOneSizeIsAskedAtThatSizeOnly() {
        Path flat = Scripts.write(folder.resolve("flat.pt"), 4, "def forward(self, x):\n    return self.flat(x)\n");
        Path pooled =
                Scripts.write(folder.resolve("pooled.pt"), 4, "def forward(self, x):\n    return self.pooled(x)\n");
        try (AttributionModel asking = AttributionModel.open(model)) {
            List<Attribution> found = attribute(asking, suspects(flat, pooled), USUAL, ODD);
            assertThat(found.get(0).suspects()).containsExactly("flat", "pooled");
            assertThat(found.get(1).suspects()).containsExactly("pooled");
        }
    }

    @Test
    void aModelThatHasNotLearntToAskJudgesAloneAndSaysSo() {
        try (AttributionModel blind = AttributionModel.open(alone)) {
            assertThat(attribute(blind, suspects(first), USUAL))
                    .isEqualTo(attribute(blind, Suspects.none(), USUAL))
                    .allMatch(one -> one.suspects().isEmpty());
        }
        try (Identifier identifier = identifier(alone)) {
            assertThat(identifier.remarks()).anyMatch(remark -> remark.contains("alone has not learnt to ask"));
            Identification found = identifier.identify(USUAL, "made");
            assertThat(found.suspects()).isEmpty();
            assertThat(found.remarks()).isEmpty();
        }
    }

    private Identifier identifier(Path judge) {
        return Identifier.open(
                IdentifyModels.of(judge).withSuspects(List.of(first.toString(), second.toString())),
                IdentifySettings.DEFAULTS.with(IdentifySettings.Depth.VERDICT));
    }

    @Test
    void anIdentificationSaysWhoWasSuspectedOrWhyNobody() {
        try (Identifier identifier = identifier(model)) {
            assertThat(identifier.remarks()).singleElement().asString().contains("clean images it calls");
            Identification found = identifier.identify(USUAL, "made");
            assertThat(found.suspects()).containsExactly("first", "second");
            assertThat(found.remarks()).containsExactly("suspected: first, second");
            assertThat(identifier.identify(LARGE, "made").remarks())
                    .singleElement()
                    .asString()
                    .contains("judged from the image alone");
        }
    }

    @Test
    void trainingTwiceGivesTheSameWeights() throws IOException {
        Path again = folder.resolve("again");
        Files.createDirectories(again);
        SuspectTrainer.train(List.of(asked), model, NETWORK, SETTINGS, again, new SpokenProgress());
        assertThat(Files.mismatch(model.resolve(SuspectTrainer.WEIGHTS), again.resolve(SuspectTrainer.WEIGHTS)))
                .isEqualTo(-1);
    }

    @Test
    void theCardTellsWhatSuspectsBringWithTheAttackedOneAmongThemAndWithout() {
        assertThat(table)
                .contains("| world, no suspects |", "| world, attacked one suspected |", "| world, others suspected |");
        AttributionCard card = Json.read(model.resolve(AttributionModel.CARD), AttributionCard.class);
        assertThat(card.suspects().orElseThrow().results())
                .extracting(WorldResult::world)
                .containsExactly("world, attacked one suspected", "world, others suspected");
        assertThat(card.suspects().orElseThrow().calibration().oodThreshold())
                .isEqualTo(card.calibration().oodThreshold());
        assertThat(Json.read(alone.resolve(AttributionModel.CARD), AttributionCard.class)
                        .suspects())
                .isEmpty();
    }

    @Test
    void weightsThatAreMissingAreNamed() throws IOException {
        Path broken = folder.resolve("broken");
        Files.createDirectories(broken);
        for (String file : List.of("attribution.json", "attribution.safetensors", "ood.safetensors")) {
            Files.copy(model.resolve(file), broken.resolve(file));
        }
        assertThatThrownBy(() -> AttributionModel.open(broken))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("suspects.safetensors");
    }

    @Test
    void halfOfTheDrawsHaveTheAttackedOneAndNoneHasMoreThanThree() {
        SuspectRows.Row row = new SuspectRows.Row(
                new Evidence.Known(
                        new Evidence(new double[0], new double[0], Optional.empty(), 32, List.of()),
                        AttributionBatch.Label.clean(0),
                        "world",
                        false),
                new SuspectAnswers(new float[4][], new float[4][]),
                true);
        SplittableRandom random = new Seed(1).random();
        for (int i = 0; i < 50; i++) {
            assertThat(row.drawn(true, random))
                    .contains(0)
                    .doesNotHaveDuplicates()
                    .hasSizeBetween(1, 3);
            assertThat(row.drawn(false, random))
                    .doesNotContain(0)
                    .doesNotHaveDuplicates()
                    .hasSizeBetween(1, 3);
        }
    }

    @Test
    void victimsAreComparedWithThoseThatTellTheSameClassesApartAndWereChosen() {
        ImageShape shape = ImageShape.square(32);
        List<Classifier> victims = List.of(
                FunctionVictim.linear("a", 3, shape, 1),
                FunctionVictim.linear("b", 3, shape, 2),
                FunctionVictim.linear("c", 5, shape, 3),
                FunctionVictim.linear("d", 3, shape, 4));
        SuspectAnswers all = SuspectAnswers.of(List.of(USUAL), victims).get(0);
        SuspectAnswers one =
                SuspectAnswers.of(List.of(USUAL), victims.subList(0, 1)).get(0);
        assertThat(all.values(0)).containsExactly(one.values(0));
        assertThat(all.leads()[0][2]).isNaN();
        assertThat(all.leads()[0][0]).isNaN();
        float[] three = all.values(0, 1, 3);
        int own = SuspectAnswers.VALUES - 2;
        float b = all.leads()[0][1];
        float d = all.leads()[0][3];
        assertThat(three[own]).isEqualTo((b + d) / 2);
        assertThat(three[own + 1]).isEqualTo(Math.min(b, d));
        float[] stranger = all.values(0, 2);
        assertThat(stranger[own]).isZero();
        assertThat(stranger[own + 1]).isZero();
    }
}

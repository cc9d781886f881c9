package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.attack.AttackClass;
import io.redrl.base.RedrlException;
import io.redrl.identify.IdentifySettings.Depth;
import io.redrl.identify.Verdict.Outcome;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.image.LargeImagePolicy;
import io.redrl.image.Tiling;
import io.redrl.recognition.RecogniserInput;
import io.redrl.testing.MadeImages;
import io.redrl.testing.RiggedModels;
import io.redrl.testing.TestVictims;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentifierTest {
    private static final ImageShape SHAPE = ImageShape.square(32);

    @TempDir
    private Path folder;

    private Path image(String name, ImageShape shape) {
        ImageCodec.writePng(folder.resolve(name), MadeImages.smooth(shape, 1));
        return folder.resolve(name);
    }

    private IdentifyModels says(AttackClass attack, double threshold) {
        return IdentifyModels.of(RiggedModels.recogniser(
                folder.resolve("redrl"), RecogniserInput.RESIDUAL_AND_IMAGE, attack, 3, threshold));
    }

    @Test
    void anImageIsNamedRepairedAndLookedAt() {
        RiggedModels.recogniser(
                folder.resolve("m/recognisers/redrl"), RecogniserInput.RESIDUAL_AND_IMAGE, AttackClass.PGD, 3, 1);
        TestVictims.write(folder.resolve("m/victim"), "vgg8", 2, 32, 3);
        try (Identifier identifier = Identifier.open(folder.resolve("m"))) {
            Identification found = identifier.identify(image("waves.png", SHAPE));
            assertThat(found.verdict().id()).isEqualTo("pgd");
            assertThat(found.outcome()).isEqualTo(Outcome.ATTACKED);
            double odds = Math.exp(3);
            assertThat(found.verdict().probability().orElseThrow()).isCloseTo(odds / (odds + 5), within(1e-5));
            assertThat(found.verdict().candidates())
                    .extracting(Verdict.Candidate::id)
                    .containsExactly("clean", "pgd", "deepfool", "cw-l2", "cw-linf", "patch");
            assertThat(found.reading()).isEqualTo(new Identification.Reading(Tiling.Kind.WHOLE, 1, 1, 1));
            assertThat(found.remarks()).isEmpty();
            byte[] before = found.image().pixels();
            byte[] after = found.repaired().orElseThrow().pixels();
            int epsilon = (int) Math.round(255 * found.epsilon().orElseThrow());
            int largest = 0;
            for (int i = 0; i < before.length; i++) {
                largest = Math.max(largest, Math.abs((before[i] & 0xff) - (after[i] & 0xff)));
            }
            assertThat(largest).as("what G changes").isGreaterThan(epsilon);
            assertThat(found.residual().orElseThrow().linf()).as("cut off at ε").isEqualTo(epsilon / 255.0);
            assertThat(found.residual().orElseThrow().l2()).isPositive();
            assertThat(found.residual()).isPresent();
            assertThat(found.epsilon()).isPresent();
            Identification.Victim view = found.victim().orElseThrow();
            assertThat(view.before().name()).isIn("class 0", "class 1");
            assertThat(view.before().probability()).isBetween(0.5, 1.0);
            assertThat(view.after()).isPresent();
        }
    }

    @Test
    void theThresholdMakesAnImageUnknown() {
        try (Identifier identifier = Identifier.open(says(AttackClass.PGD, 0.1), IdentifySettings.DEFAULTS)) {
            Identification found = identifier.identify(MadeImages.smooth(SHAPE, 1), "made");
            assertThat(found.outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(found.verdict().id()).isEqualTo("unknown");
            assertThat(found.verdict().probability()).isEmpty();
            assertThat(found.verdict().nearest().id()).isEqualTo("pgd");
            assertThat(found.epsilon()).isEmpty();
            assertThat(found.victim()).isEmpty();
        }
    }

    @Test
    void aPatchHasABox() {
        try (Identifier identifier = Identifier.open(says(AttackClass.PATCH, 1), IdentifySettings.DEFAULTS)) {
            Box patch = new Box(10, 4, 8, 8, 1);
            Image patched = MadeImages.grained(MadeImages.smooth(SHAPE, 1), patch, 8, false);
            Identification found = identifier.identify(patched, "patched");
            assertThat(MadeImages.overlap(found.box().orElseThrow(), patch)).isGreaterThan(0.6);
            assertThat(found.epsilon()).isPresent();
        }
    }

    @Test
    void theBoxOfAnImageThatIsJudgedScaledIsInItsOwnPixels() {
        IdentifySettings scaling = IdentifySettings.DEFAULTS.with(LargeImagePolicy.SCALE);
        try (Identifier identifier = Identifier.open(says(AttackClass.PATCH, 1), scaling)) {
            ImageShape large = new ImageShape(3, 64, 96);
            Box patch = new Box(30, 8, 24, 16, 1);
            Image patched = MadeImages.grained(MadeImages.smooth(large, 1), patch, 60, false);
            Identification found = identifier.identify(patched, "patched");
            assertThat(found.reading().how()).isEqualTo(Tiling.Kind.SCALED);
            assertThat(MadeImages.overlap(found.box().orElseThrow(), patch)).isGreaterThan(0.5);
        }
    }

    @Test
    void imagesOfOtherSizesAreReadAndWhatThatCostsIsSaid() {
        IdentifyModels models = says(AttackClass.CLEAN, 1);
        try (Identifier identifier = Identifier.open(models, IdentifySettings.DEFAULTS)) {
            Identification large = identifier.identify(image("large.png", new ImageShape(3, 64, 96)));
            assertThat(large.reading()).isEqualTo(new Identification.Reading(Tiling.Kind.TILES, 6, 6, 6));
            assertThat(large.remarks()).singleElement().asString().contains("6 tiles of 32×32, 6 of which");
            assertThat(large.repaired().orElseThrow().width()).isEqualTo(96);
            Identification dot = identifier.identify(image("dot.png", ImageShape.square(1)));
            assertThat(dot.reading().how()).isEqualTo(Tiling.Kind.PADDED);
            assertThat(dot.remarks()).singleElement().asString().contains("smaller than 32×32");
        }
        try (Identifier identifier = Identifier.open(models, IdentifySettings.DEFAULTS.with(LargeImagePolicy.SCALE))) {
            Identification scaled = identifier.identify(image("large.png", ImageShape.square(64)));
            assertThat(scaled.reading().how()).isEqualTo(Tiling.Kind.SCALED);
            assertThat(scaled.repaired().orElseThrow().width()).isEqualTo(64);
        }
    }

    @Test
    void aBatchSaysTheSameAsSingleImagesAndGoesOnPastBadFiles() throws IOException {
        Path good = image("good.png", SHAPE);
        Path large = image("large.png", ImageShape.square(40));
        Path bad = Files.writeString(folder.resolve("bad.png"), "no image");
        try (Identifier identifier = Identifier.open(says(AttackClass.CW_LINF, 1), IdentifySettings.DEFAULTS)) {
            List<IdentifiedFile> outcomes =
                    identifier.identifyAll(List.of(bad, large, good, folder.resolve("gone.png")));
            assertThat(outcomes).extracting(IdentifiedFile::file).endsWith(good, folder.resolve("gone.png"));
            assertThat(outcomes.get(0).failure().orElseThrow()).contains("bad.png is not an image");
            assertThat(outcomes.get(3).failure().orElseThrow()).contains("No such image");
            Identification single = identifier.identify(good);
            Identification inBatch = outcomes.get(2).identification().orElseThrow();
            assertThat(inBatch.verdict().id()).isEqualTo(single.verdict().id());
            assertThat(inBatch.image()).isEqualTo(single.image());
            assertThat(inBatch.repaired()).isEqualTo(single.repaired());
            assertThat(inBatch.residual()).isEqualTo(single.residual());
        }
    }

    @Test
    void largeImagesAreNotInMemoryTogether() {
        ImageShape large = ImageShape.square(3000);
        List<Path> files = List.of(
                image("1.png", large), image("2.png", large), image("3.png", SHAPE), folder.resolve("gone.png"));
        IdentifySettings quick = IdentifySettings.DEFAULTS.with(Depth.VERDICT);
        try (Identifier identifier = Identifier.open(says(AttackClass.PGD, 1), quick)) {
            assertThat(identifier.identifyNext(files))
                    .as("the second brings them above 16 million pixels")
                    .extracting(IdentifiedFile::file)
                    .isEqualTo(files.subList(0, 2));
            assertThat(identifier.identifyNext(files.subList(2, 4))).hasSize(2);
            assertThat(identifier.identifyAll(files))
                    .extracting(IdentifiedFile::file)
                    .isEqualTo(files);
        }
    }

    @Test
    void theVerdictAloneNeedsNoRepair() {
        IdentifySettings quick = IdentifySettings.DEFAULTS.with(Depth.VERDICT);
        try (Identifier identifier = Identifier.open(says(AttackClass.PGD, 1), quick)) {
            Identification found = identifier.identify(MadeImages.smooth(SHAPE, 1), "made");
            assertThat(found.verdict().id()).isEqualTo("pgd");
            assertThat(found.residual()).isEmpty();
            assertThat(found.epsilon()).isEmpty();
            assertThat(found.repaired()).isEmpty();
        }
    }

    @Test
    void anotherRecognisersGRepairsWhereTheJudgeHasNone() {
        Path judge =
                RiggedModels.recogniser(folder.resolve("plus"), RecogniserInput.SRM_AND_IMAGE, AttackClass.PGD, 3, 1);
        Path g = says(AttackClass.PATCH, 1).judge();
        IdentifyModels alone = IdentifyModels.of(judge);
        try (Identifier identifier = Identifier.open(alone, IdentifySettings.DEFAULTS)) {
            assertThat(identifier.identify(MadeImages.smooth(SHAPE, 1), "made").residual())
                    .isEmpty();
        }
        try (Identifier identifier = Identifier.open(alone.withReconstructor(g), IdentifySettings.DEFAULTS)) {
            Identification found = identifier.identify(MadeImages.smooth(SHAPE, 1), "made");
            assertThat(found.verdict().id()).isEqualTo("pgd");
            assertThat(found.residual()).isPresent();
        }
        try (Identifier identifier = Identifier.open(alone.withReconstructor(judge), IdentifySettings.DEFAULTS)) {
            assertThatThrownBy(() -> identifier.identify(MadeImages.smooth(SHAPE, 1), "made"))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("has no reconstructor");
        }
    }

    @Test
    void anotherRecognisersGRepairsWholeImagesAmongTiles() {
        Path judge =
                RiggedModels.recogniser(folder.resolve("plus"), RecogniserInput.SRM_AND_IMAGE, AttackClass.PGD, 3, 1);
        IdentifyModels models = IdentifyModels.of(judge)
                .withReconstructor(says(AttackClass.PATCH, 1).judge());
        List<Path> files = List.of(
                image("large.png", ImageShape.square(64)),
                image("right.png", SHAPE),
                image("dot.png", ImageShape.square(1)));
        try (Identifier identifier = Identifier.open(models, IdentifySettings.DEFAULTS)) {
            for (IdentifiedFile outcome : identifier.identifyAll(files)) {
                Identification found = outcome.identification().orElseThrow();
                assertThat(found.repaired().orElseThrow().width())
                        .isEqualTo(found.shape().width());
                assertThat(found.repaired())
                        .isEqualTo(identifier.identify(outcome.file()).repaired());
            }
        }
    }

    @Test
    void whatCannotJudgeAnImageAloneIsRefused() {
        Path oracle = RiggedModels.recogniser(
                folder.resolve("oracle"), RecogniserInput.PERTURBATION_AND_IMAGE, AttackClass.PGD, 3, 1);
        assertThatThrownBy(() -> Identifier.open(oracle))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("is an oracle");
    }

    @Test
    void modelFilesOfAnotherKindOrCutShortAreNamed() throws IOException {
        Path model = says(AttackClass.PGD, 1).judge();
        Path weights = model.resolve("psi.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> Identifier.open(model))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("psi.safetensors");
        Files.copy(model.resolve("g.safetensors"), weights, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> Identifier.open(model))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("psi.safetensors");
        Path victim = TestVictims.write(folder.resolve("victim"), "vgg8", 2, 32, 3);
        Files.copy(victim.resolve("model.json"), folder.resolve("victim/recogniser.json"));
        assertThatThrownBy(() -> Identifier.open(victim))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("recogniser.json");
    }

    @Test
    void saliencyWithoutStatisticsSaysWhereTheyComeFrom() {
        Path victim = TestVictims.write(folder.resolve("victim"), "vgg8", 2, 32, 3);
        IdentifyModels models = says(AttackClass.PGD, 1).withVictim(Optional.of(victim.toString()), Optional.empty());
        try (Identifier identifier = Identifier.open(models, IdentifySettings.DEFAULTS.with(Depth.SALIENCY))) {
            assertThatThrownBy(() -> identifier.identify(MadeImages.smooth(SHAPE, 1), "made"))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("redrl saliency statistics");
        }
    }
}

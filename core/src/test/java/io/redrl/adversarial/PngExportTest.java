package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.attack.AttackSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.attack.Storage;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.MadeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngExportTest {
    private static final MadeImages IMAGES = MadeImages.random(5);
    private static final FunctionVictim VICTIM = FunctionVictim.linear("v", 3, ImageShape.square(4), 1);

    @TempDir
    private Path folder;

    private AdversarialSet set(Storage storage, AttackSpec... specs) {
        AdversarialPlan plan = AdversarialPlan.of(IMAGES, List.of("v"), List.of(specs), List.of(0, 3, 4), 7)
                .withStorage(storage);
        return new AdversarialSetBuilder()
                .build(plan, IMAGES, Map.of("v", VICTIM), folder.resolve("set"), Progress.silent());
    }

    private Path png() {
        return folder.resolve("png");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void picturesHoldThePixelsOfTheSetAndGetTheSameVerdicts() throws IOException {
        AdversarialSet set = set(Storage.UINT8, TestSpecs.pgd(8 / 255.0));
        PngExport.write(set, IMAGES, png(), 10, Progress.silent());
        assertThat(names(png()))
                .containsExactly(
                        "0-original.png",
                        "0-perturbation.png",
                        "0-pgd.png",
                        "3-original.png",
                        "3-perturbation.png",
                        "3-pgd.png",
                        "4-original.png",
                        "4-perturbation.png",
                        "4-pgd.png",
                        "pictures.csv",
                        "pictures.json");
        for (AdversarialExample row : set.examples("v")) {
            byte[] original = ImageCodec.read(png().resolve(row.index() + "-original.png"))
                    .image()
                    .pixels();
            byte[] attacked = ImageCodec.read(png().resolve(row.index() + "-pgd.png"))
                    .image()
                    .pixels();
            byte[] change = ImageCodec.read(png().resolve(row.index() + "-perturbation.png"))
                    .image()
                    .pixels();
            assertThat(original).containsExactly(IMAGES.pixels(row.index()));
            assertThat(attacked).containsExactly(row.pixels());
            for (int i = 0; i < change.length; i++) {
                int magnified = 128 + 10 * ((attacked[i] & 0xff) - (original[i] & 0xff));
                assertThat(change[i] & 0xff).isEqualTo(Math.max(0, Math.min(255, magnified)));
            }
            long[] verdict = Scopes.valued(() -> VICTIM.predict(Tensors.pixels(attacked, 1, 3, 4, 4)));
            assertThat(verdict).containsExactly(row.outcome().adversarialPrediction());
        }
    }

    @Test
    void eachConfigurationHasAFolder() throws IOException {
        AdversarialSet set = set(Storage.UINT8, TestSpecs.pgd(8 / 255.0), TestSpecs.pgd(0.3), TestSpecs.deepFool());
        PngExport.write(set, IMAGES, png(), 1, Progress.silent());
        assertThat(names(png()))
                .hasSize(3 * 9 + 2)
                .contains("pgd-epsilon_8_255/3-pgd.png", "pgd-epsilon_0.3/3-pgd.png", "deepfool/3-deepfool.png");
        assertThat(Files.readString(png().resolve("pictures.json"))).contains("\"factor\" : 1", "pgd-epsilon_0.3");
    }

    @Test
    void workGoesOnWhereItWasStopped() throws IOException {
        AdversarialSet set = set(Storage.UINT8, TestSpecs.pgd(8 / 255.0));
        PngExport.write(set, IMAGES, png(), 10, Progress.silent());
        FileTime long_ago = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(png().resolve("0-pgd.png"), long_ago);
        byte[] before = Files.readAllBytes(png().resolve("3-perturbation.png"));
        Files.delete(png().resolve("3-perturbation.png"));
        PngExport.write(set, IMAGES, png(), 10, Progress.silent());
        assertThat(Files.getLastModifiedTime(png().resolve("0-pgd.png"))).isEqualTo(long_ago);
        assertThat(Files.readAllBytes(png().resolve("3-perturbation.png"))).containsExactly(before);
    }

    @Test
    void picturesOfSomethingElseAreNotMixedIn() throws IOException {
        AdversarialSet set = set(Storage.UINT8, TestSpecs.pgd(8 / 255.0));
        PngExport.write(set, IMAGES, png(), 10, Progress.silent());
        assertThatThrownBy(() -> PngExport.write(set, IMAGES, png(), 5, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("with another factor");
        assertThatThrownBy(() -> PngExport.write(set, IMAGES, folder.resolve("set"), 10, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("holds other files");
        assertThatThrownBy(() -> PngExport.write(set, MadeImages.random(6), folder.resolve("b"), 10, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("made from");
    }

    @Test
    void float32IsRounded() {
        AdversarialSet set = set(Storage.FLOAT32, PgdSpec.DEFAULTS.with("steps", 3));
        PngExport.write(set, IMAGES, png(), 10, Progress.silent());
        AdversarialExample row = set.examples("v").get(0);
        byte[] attacked =
                ImageCodec.read(png().resolve(row.index() + "-pgd.png")).image().pixels();
        assertThat(attacked).containsExactly(row.image().greyLevels());
        assertThat(ImageCodec.read(png().resolve("0-original.png")).image().shape())
                .isEqualTo(ImageShape.square(4));
    }
}

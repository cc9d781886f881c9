package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Progress;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.MadeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SetRowsTest {
    private static final MadeImages IMAGES = MadeImages.random(30);
    private static final Map<String, FunctionVictim> VICTIMS = Map.of(
            "v1",
            FunctionVictim.linear("v1", 3, ImageShape.square(4), 1),
            "v2",
            FunctionVictim.linear("v2", 3, ImageShape.square(4), 2));
    private static final List<AttackSpec> ATTACKS =
            List.of(TestSpecs.deepFool(), TestSpecs.pgd(0.2), TestSpecs.pgd(0.1));

    @TempDir
    private Path folder;

    private AdversarialSet set(Storage storage) {
        AdversarialPlan plan = AdversarialPlan.of(
                        IMAGES,
                        List.of("v2", "v1"),
                        ATTACKS,
                        IntStream.range(5, 15).boxed().toList(),
                        7)
                .withStorage(storage)
                .withShardSize(4);
        return new AdversarialSetBuilder(
                        new FakeAttacks(), (target, content) -> AtomicFiles.write(target, out -> out.write(content)), 3)
                .build(plan, IMAGES, VICTIMS, folder.resolve("set"), Progress.silent());
    }

    @ParameterizedTest
    @EnumSource(names = {"UINT8", "FLOAT32"})
    void rowsAreThoseThatTheSetHolds(Storage storage) throws IOException {
        AdversarialSet set = set(storage);
        for (int time = 0; time < 2; time++) { // the second finds the file of the first
            try (SetRows rows = SetRows.open(set, folder)) {
                assertThat(rows).containsExactlyElementsOf(set.examples());
                assertThat(rows.heads().get(3).pixels()).isEmpty();
                assertThat(rows.heads().get(3)).isEqualTo(set.examples().get(3).withoutPixels());
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .filteredOn(name -> name.startsWith("pixels-"))
                    .hasSize(1);
        }
    }

    @Test
    void viewsShareOneMapping() {
        try (SetRows rows = SetRows.open(set(Storage.UINT8), folder)) {
            SetRows some =
                    rows.where(row -> row.attack().equals("pgd") && row.victim().equals("v1"));
            assertThat(some)
                    .hasSize(20)
                    .containsExactlyElementsOf(rows.stream()
                            .filter(row ->
                                    row.attack().equals("pgd") && row.victim().equals("v1"))
                            .toList());
            assertThat(rows.at(new int[] {7, 2})).containsExactly(rows.get(7), rows.get(2));
            assertThat(SetRows.where(List.of(rows.get(0)), row -> false)).isEmpty();
            assertThat(some.checksum()).isNotEqualTo(rows.checksum()).hasSize(64);
            long[] places = Arrays.stream(some.places()).asLongStream().toArray();
            byte[] stacked =
                    Scopes.valued(() -> Tensors.greyLevels(some.images().at(places, new boolean[places.length])));
            assertThat(Arrays.copyOfRange(stacked, 48, 96))
                    .isEqualTo(some.get(1).pixels());
        }
    }

    @Test
    void anUnchangedImageIsNoExampleOfItsAttack() {
        assertThat(ReferenceLabel.PREDICTION.isExample(row("deepfool", 1, 2, 0)))
                .isFalse();
        assertThat(ReferenceLabel.PREDICTION.isExample(row("deepfool", 1, 2, 0.1)))
                .isTrue();
        assertThat(ReferenceLabel.LABEL.isExample(row("pgd", 1, 2, 0.1)))
                .as("the victim was wrong before")
                .isFalse();
        assertThat(ReferenceLabel.LABEL.isExample(row("pgd", 1, 1, 0.1))).isTrue();
        assertThat(ReferenceLabel.LABEL.isExample(row("pgd", -1, 1, 0.1)))
                .as("nobody knows its label")
                .isTrue();
        assertThat(ReferenceLabel.LABEL.isExample(row(AttackClass.CLEAN.id(), 1, -1, 0)))
                .isTrue();
    }

    private static AdversarialExample row(String attack, int label, int predicted, double linf) {
        return new AdversarialExample(
                0,
                label,
                attack,
                "v1",
                "{}",
                new Outcome(-1, predicted, 0, true, true, linf, linf),
                StoredImage.of(1, 1, Storage.UINT8, new byte[3]));
    }
}

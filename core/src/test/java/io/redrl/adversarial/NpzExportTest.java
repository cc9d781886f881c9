package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.attack.Storage;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checksums;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.MadeImages;
import io.redrl.testing.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NpzExportTest {
    private static final MadeImages IMAGES = MadeImages.random(30);

    @TempDir
    Path temp;

    private AdversarialSet set(Storage storage) {
        AdversarialPlan plan = AdversarialPlan.of(
                        IMAGES,
                        List.of("v1", "longer-name"),
                        List.of(TestSpecs.pgd(0.1), TestSpecs.deepFool()),
                        List.of(3, 4, 8),
                        7)
                .withStorage(storage);
        return new AdversarialSetBuilder(
                        new FakeAttacks(),
                        (target, content) -> AtomicFiles.write(target, out -> out.write(content)),
                        64)
                .build(
                        plan,
                        IMAGES,
                        Map.of(
                                "v1",
                                FunctionVictim.linear("v1", 3, ImageShape.square(4), 1),
                                "longer-name",
                                FunctionVictim.linear("longer-name", 3, ImageShape.square(4), 2)),
                        temp.resolve("set-" + storage),
                        Progress.silent());
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void writesArraysThatReadBackAsTheRows(Storage storage) throws IOException {
        AdversarialSet set = set(storage);
        Path file = temp.resolve("out.npz");
        NpzExport.write(set, file);
        Npz arrays = Npz.read(file);
        List<AdversarialExample> rows = set.examples();

        assertThat(arrays.arrays().keySet())
                .containsExactly(
                        "adversarial_uint8",
                        "adversarial",
                        "index",
                        "label",
                        "file",
                        "class_name",
                        "class_names",
                        "target",
                        "clean_prediction",
                        "adversarial_prediction",
                        "success",
                        "success_float",
                        "success_8bit",
                        "linf",
                        "l2",
                        "attack",
                        "victim",
                        "config");
        assertThat(arrays.array("adversarial").type()).isEqualTo("<f4");
        assertThat(arrays.array("adversarial").shape()).containsExactly(15, 3, 4, 4);
        assertThat(arrays.array("adversarial_uint8").shape()).containsExactly(15, 3, 4, 4);
        assertThat(arrays.array("label").shape()).containsExactly(15);
        Scopes.run(() -> assertThat(arrays.array("adversarial").floats())
                .containsExactly(Tensors.toFloats(ImageStack.pixels(rows))));
        byte[] grey = new byte[15 * 48];
        arrays.array("adversarial_uint8").data().get(grey);
        Scopes.run(() -> assertThat(grey).containsExactly(Tensors.greyLevels(ImageStack.pixels(rows))));
        assertThat(arrays.array("index").longs()).containsExactly(longs(rows, AdversarialExample::index));
        assertThat(arrays.array("label").longs()).containsExactly(longs(rows, AdversarialExample::label));
        assertThat(arrays.array("clean_prediction").longs())
                .containsExactly(longs(rows, row -> row.outcome().cleanPrediction()));
        assertThat(arrays.array("adversarial_prediction").longs())
                .containsExactly(longs(rows, row -> row.outcome().adversarialPrediction()));
        for (int i = 0; i < rows.size(); i++) {
            AdversarialExample row = rows.get(i);
            assertThat(arrays.array("linf").data().getDouble(8 * i))
                    .isEqualTo(row.outcome().linf());
            assertThat(arrays.array("l2").data().getDouble(8 * i))
                    .isEqualTo(row.outcome().l2());
            assertThat(arrays.array("success").data().get(i) == 1).isEqualTo(row.success());
            assertThat(arrays.array("success_float").data().get(i) == 1)
                    .isEqualTo(row.outcome().successFloat());
            assertThat(arrays.array("success_8bit").data().get(i) == 1)
                    .isEqualTo(row.outcome().success8bit());
            assertThat(arrays.array("attack").text(i)).isEqualTo(row.attack());
            assertThat(arrays.array("victim").text(i)).isEqualTo(row.victim());
            assertThat(arrays.array("config").text(i)).isEqualTo(row.config());
        }
    }

    private static long[] longs(List<AdversarialExample> rows, ToLongFunction<AdversarialExample> column) {
        return rows.stream().mapToLong(column).toArray();
    }

    @Test
    void addsCleanImagesOfTheSetsOwnData() throws IOException {
        AdversarialSet set = set(Storage.UINT8);
        Path file = temp.resolve("out.npz");
        NpzExport.write(set, IMAGES, file);

        byte[] clean = new byte[48];
        Npz.read(file).array("clean_uint8").data().get(48 * 14, clean);
        assertThat(clean).isEqualTo(IMAGES.pixels(8));
        assertThatThrownBy(() -> NpzExport.write(set, MadeImages.random(31), temp.resolve("other.npz")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("made from small/test");
    }

    @Test
    void writesTheSameBytesTwice() {
        AdversarialSet set = set(Storage.FLOAT32);
        NpzExport.write(set, temp.resolve("a.npz"));
        NpzExport.write(set, temp.resolve("b.npz"));

        assertThat(Checksums.of(temp.resolve("a.npz"))).isEqualTo(Checksums.of(temp.resolve("b.npz")));
    }
}

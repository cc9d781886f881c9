package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.attack.Storage;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checksums;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NpzExportTest {
    private static final SmallImages IMAGES = SmallImages.of(30);
    private static final Pattern HEADER =
            Pattern.compile("\\{'descr': '([^']+)', 'fortran_order': False, 'shape': \\(([0-9, ]+)\\), \\} *\\n");

    @TempDir
    Path temp;

    /** An array as read back, by the rules of NumPy's format description. */
    private record Npy(String type, List<Integer> shape, ByteBuffer data) {
        static Npy parse(byte[] bytes) {
            assertThat(bytes[0]).isEqualTo((byte) 0x93);
            assertThat(new String(bytes, 1, 5, StandardCharsets.US_ASCII)).isEqualTo("NUMPY");
            assertThat(new byte[] {bytes[6], bytes[7]}).containsExactly(1, 0);
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int length = buffer.getShort(8);
            assertThat((10 + length) % 64).isZero();
            Matcher header = HEADER.matcher(new String(bytes, 10, length, StandardCharsets.US_ASCII));
            assertThat(header.matches()).isTrue();
            List<Integer> shape = new ArrayList<>();
            for (String size : header.group(2).split(",", -1)) {
                if (!size.isBlank()) {
                    shape.add(Integer.valueOf(size.trim()));
                }
            }
            return new Npy(
                    header.group(1),
                    shape,
                    buffer.slice(10 + length, bytes.length - 10 - length).order(ByteOrder.LITTLE_ENDIAN));
        }

        String text(int i) {
            int width = Integer.parseInt(type.substring(2)) * 4;
            byte[] bytes = new byte[width];
            data.get(i * width, bytes);
            return new String(bytes, Charset.forName("UTF-32LE")).replace("\0", "");
        }
    }

    private record Npz(Map<String, Npy> all) {
        Npy array(String name) {
            return Objects.requireNonNull(all.get(name), name);
        }
    }

    private static Npz read(Path file) throws IOException {
        Map<String, Npy> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                assertThat(entry.getName()).endsWith(".npy");
                arrays.put(
                        entry.getName().replace(".npy", ""),
                        Npy.parse(zip.getInputStream(entry).readAllBytes()));
            }
        }
        return new Npz(arrays);
    }

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
                        Map.of("v1", FakeVictim.of("v1", 1), "longer-name", FakeVictim.of("longer-name", 2)),
                        temp.resolve("set-" + storage),
                        Progress.silent());
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void writesArraysThatReadBackAsTheRows(Storage storage) throws IOException {
        AdversarialSet set = set(storage);
        Path file = temp.resolve("out.npz");
        NpzExport.write(set, file);
        Npz arrays = read(file);
        List<AdversarialExample> rows = set.examples();

        assertThat(arrays.all().keySet())
                .containsExactly(
                        "adversarial_uint8",
                        "adversarial",
                        "index",
                        "label",
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
        float[] floats = new float[15 * 48];
        arrays.array("adversarial").data().asFloatBuffer().get(floats);
        Scopes.run(() -> assertThat(floats).containsExactly(Tensors.toFloats(AdversarialSet.pixels(rows))));
        byte[] grey = new byte[15 * 48];
        arrays.array("adversarial_uint8").data().get(grey);
        Scopes.run(() -> assertThat(grey).containsExactly(Tensors.greyLevels(AdversarialSet.pixels(rows))));
        for (int i = 0; i < rows.size(); i++) {
            AdversarialExample row = rows.get(i);
            assertThat(arrays.array("index").data().getLong(8 * i)).isEqualTo(row.index());
            assertThat(arrays.array("label").data().getLong(8 * i)).isEqualTo(row.label());
            assertThat(arrays.array("clean_prediction").data().getLong(8 * i)).isEqualTo(row.cleanPrediction());
            assertThat(arrays.array("adversarial_prediction").data().getLong(8 * i))
                    .isEqualTo(row.adversarialPrediction());
            assertThat(arrays.array("linf").data().getDouble(8 * i)).isEqualTo(row.linf());
            assertThat(arrays.array("l2").data().getDouble(8 * i)).isEqualTo(row.l2());
            assertThat(arrays.array("success").data().get(i) == 1).isEqualTo(row.success());
            assertThat(arrays.array("success_float").data().get(i) == 1).isEqualTo(row.successFloat());
            assertThat(arrays.array("success_8bit").data().get(i) == 1).isEqualTo(row.success8bit());
            assertThat(arrays.array("attack").text(i)).isEqualTo(row.attack());
            assertThat(arrays.array("victim").text(i)).isEqualTo(row.victim());
            assertThat(arrays.array("config").text(i)).isEqualTo(row.config());
        }
    }

    @Test
    void addsCleanImagesOfTheSetsOwnData() throws IOException {
        AdversarialSet set = set(Storage.UINT8);
        Path file = temp.resolve("out.npz");
        NpzExport.write(set, IMAGES, file);

        byte[] clean = new byte[48];
        read(file).array("clean_uint8").data().get(48 * 14, clean);
        assertThat(clean).isEqualTo(IMAGES.pixels(8));
        assertThatThrownBy(() -> NpzExport.write(set, SmallImages.of(31), temp.resolve("other.npz")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("The set was made from small/test");
    }

    @Test
    void writesTheSameBytesTwice() {
        AdversarialSet set = set(Storage.FLOAT32);
        NpzExport.write(set, temp.resolve("a.npz"));
        NpzExport.write(set, temp.resolve("b.npz"));

        assertThat(Checksums.of(temp.resolve("a.npz"))).isEqualTo(Checksums.of(temp.resolve("b.npz")));
    }
}

package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.stats.Proportion;
import io.redrl.testing.Scripts;
import io.redrl.training.Accuracy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VictimLabelsTest {
    @TempDir
    Path folder;

    /** An image of each class. */
    private static ImageDataset data(String... classes) {
        return new ImageDataset() {
            @Override
            public String id() {
                return "pets";
            }

            @Override
            public int size() {
                return classes.length;
            }

            @Override
            public ImageShape shape() {
                return ImageShape.square(32);
            }

            @Override
            public List<String> classNames() {
                return List.of(classes);
            }

            @Override
            public byte[] pixels(int index) {
                return new byte[shape().values()];
            }

            @Override
            public int label(int index) {
                return index;
            }

            @Override
            public String imageId(int index) {
                return "pets/" + index;
            }

            @Override
            public String checksum() {
                return "0";
            }
        };
    }

    private long[] labels(List<String> names, String... classes) {
        Path file = Scripts.write(folder.resolve("made.pt"), 5, "def forward(self, x):\n    return self.flat(x)\n");
        ScriptSettings settings = new ScriptSettings(Optional.empty(), List.of(), List.of(), Optional.empty(), names);
        try (Classifier victim = Victims.load(file, settings, Optional.empty())) {
            ImageDataset mapped = VictimLabels.of(victim, data(classes));
            return mapped.labels(new int[] {0, 1});
        }
    }

    private static final List<String> NAMES = List.of("ant", "bee", "n01, tabby cat", "dog", "crane, n02");

    @Test
    void foldersThatHoldSomeOfAVictimsClassesAreMappedByName() {
        assertThat(labels(NAMES, "dog", "Bee")).containsExactly(3, 1);
        assertThat(labels(NAMES, "n01", "crane")).containsExactly(2, 4);
        assertThat(labels(NAMES, "tabby_cat", "ant")).containsExactly(2, 0);
        assertThat(labels(List.of(), "3", "1")).containsExactly(3, 1);
    }

    @Test
    void foldersWithOtherNamesKeepTheirOrder() {
        assertThat(labels(NAMES, "v", "w", "x", "y", "z")).containsExactly(0, 1);
        assertThat(labels(List.of(), "1", "2", "3", "4", "5")).containsExactly(0, 1);
    }

    @Test
    void aFolderThatTheVictimDoesNotKnowIsNamed() {
        assertThatThrownBy(() -> labels(NAMES, "dog", "wolf"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("does not know by name: wolf");
        assertThatThrownBy(() -> labels(List.of("a", "a", "b", "c", "d"), "a", "b"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("two classes of victim made are called");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cat\ndog\n",
                "\uFEFFcat\r\ndog\r\n",
                "[\"cat\", \"dog\"]",
                "{\"1\": \"dog\", \"0\": \"cat\"}",
                "{\"dog\": 1, \"cat\": 0}"
            })
    void classNamesAreReadInEveryUsualForm(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("classes"), text);
        assertThat(ClassNameFile.read(file)).containsExactly("cat", "dog");
    }

    @Test
    void imageNetsIndexGivesBothNames() throws IOException {
        Path file = Files.writeString(folder.resolve("c.json"), "{\"0\": [\"n01440764\", \"tench\"]}");
        assertThat(ClassNameFile.read(file)).containsExactly("n01440764, tench");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat\n\ndog", "", "{\"0\": \"cat\", \"2\": \"dog\"}", "{\"a\": \"cat\"}", "[1, {}]"})
    void aClassWithoutANameIsRefused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("classes"), text);
        assertThatThrownBy(() -> ClassNameFile.read(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("classes");
    }

    @Test
    void accuracyAtChanceIsWarnedOfWhereThereAreImagesEnoughToTell() {
        assertThat(Accuracy.warning(new Proportion(11, 100), 10))
                .hasValueSatisfying(text -> assertThat(text).contains("11 of 100", "no better than chance", "--mean"));
        assertThat(Accuracy.warning(new Proportion(0, 50), 1000)).isPresent();
        assertThat(Accuracy.warning(new Proportion(1, 3), 10)).isEmpty();
        assertThat(Accuracy.warning(new Proportion(30, 100), 10)).isEmpty();
        assertThat(Accuracy.warning(new Proportion(0, 0), 10)).isEmpty();
    }
}

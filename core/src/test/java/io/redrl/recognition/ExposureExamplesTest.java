package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.AttackClass;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.testing.MadeImages;
import io.redrl.testing.Toy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExposureExamplesTest {
    private final MadeImages images = Toy.images(10);
    private final List<AdversarialExample> rows = Toy.rows(images, "uint8");

    private List<AdversarialExample> changed(List<AdversarialExample> from, long seed) {
        return ExposureExamples.of(from, List.of(), images, new Seed(seed)).augmented();
    }

    /** Else the kind of change would tell the class. All rows begin with the same pixels, so that only the change differs. */
    @Test
    void rowsOfOneImageAreChangedAlikeAndKeepTheirClass() {
        List<AdversarialExample> same =
                rows.stream().map(row -> row.withPixels(images.pixels(0))).toList();
        List<AdversarialExample> changed = changed(same, 1);

        assertThat(changed)
                .extracting(AdversarialExample::attack)
                .isEqualTo(rows.stream().map(AdversarialExample::attack).toList());
        assertThat(changed)
                .extracting(AdversarialExample::index)
                .isEqualTo(rows.stream().map(AdversarialExample::index).toList());
        Map<Integer, Set<ByteBuffer>> byImage = changed.stream()
                .collect(Collectors.groupingBy(
                        AdversarialExample::index,
                        Collectors.mapping(row -> ByteBuffer.wrap(row.pixels()), Collectors.toSet())));
        assertThat(byImage.values()).hasSize(10).allMatch(pixels -> pixels.size() == 1);
        assertThat(Set.copyOf(byImage.values()))
                .hasSizeGreaterThan(7)
                .doesNotContain(Set.of(ByteBuffer.wrap(images.pixels(0))));
    }

    @Test
    void changesRepeatWithTheirSeedAndOnlyWithIt() {
        assertThat(pixels(changed(rows, 1))).isEqualTo(pixels(changed(rows, 1))).isNotEqualTo(pixels(changed(rows, 2)));
    }

    private static List<ByteBuffer> pixels(List<AdversarialExample> rows) {
        return rows.stream().map(row -> ByteBuffer.wrap(row.pixels())).toList();
    }

    @Test
    void strangersAreOfOtherAttacksAndMadeUp() {
        AdversarialExample other = Toy.row(images, 3, AttackClass.PGD, "uint8");
        ExposureExamples more = ExposureExamples.of(rows, List.of(other), images, new Seed(1));

        assertThat(more.outliers().get(0)).isSameAs(other);
        assertThat(more.outliers()).hasSizeGreaterThan(20);
        assertThat(more.outliers().subList(1, more.outliers().size()))
                .noneMatch(stranger -> rows.stream().anyMatch(row -> Arrays.equals(row.pixels(), stranger.pixels())));
    }

    @Test
    void aPartHasItsOwnRowsAndItsImagesStrangersWithoutAVictim() {
        ExposureExamples more = ExposureExamples.of(rows, List.of(), images, new Seed(1));
        int[] part = {6, 7, 8, 9, 10, 11};

        ExposureExamples own = more.at(more.places(part, List.of()));
        assertThat(own.augmented()).isEqualTo(more.augmented().subList(6, 12));
        assertThat(own.outliers()).isNotEmpty().allMatch(stranger -> stranger.index() == 1);
        assertThat(more.at(more.places(part, List.of("toy"))).outliers()).isEmpty();
    }

    @Test
    void floatsAreRefused() {
        assertThatThrownBy(() -> ExposureExamples.of(Toy.rows(images, "float32"), List.of(), images, new Seed(1)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("stored as uint8, got FLOAT32");
    }
}

package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.AttackClass;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.image.Corruptions;
import io.redrl.image.Image;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExposureExamplesTest {
    private final Toy.Images images = new Toy.Images(10);
    private final List<AdversarialExample> rows = Toy.rows(images, "uint8");

    @Test
    void everyRowIsChangedAsItsImageIsAndKeepsItsClass() {
        ExposureExamples more = ExposureExamples.of(rows, List.of(), images, new Seed(1));

        assertThat(more.changed()).hasSameSizeAs(rows);
        int different = 0;
        for (int i = 0; i < rows.size(); i++) {
            AdversarialExample changed = more.changed().get(i);
            assertThat(changed.attack()).isEqualTo(rows.get(i).attack());
            assertThat(changed.index()).isEqualTo(rows.get(i).index());
            assertThat(changed.pixels())
                    .isEqualTo(Corruptions.drawn(
                                    new Image(images.shape(), rows.get(i).pixels()),
                                    new Seed(1)
                                            .child("changes")
                                            .child(changed.index())
                                            .random())
                            .pixels());
            different += Arrays.equals(changed.pixels(), rows.get(i).pixels()) ? 0 : 1;
        }
        assertThat(different).isGreaterThan(rows.size() / 2);
        assertThat(ExposureExamples.of(rows, List.of(), images, new Seed(1)).changed().stream()
                        .map(row -> Arrays.hashCode(row.pixels())))
                .containsExactlyElementsOf(more.changed().stream()
                        .map(row -> Arrays.hashCode(row.pixels()))
                        .toList());
    }

    @Test
    void strangersAreOfOtherAttacksAndMadeUp() {
        AdversarialExample other = Toy.row(images, 3, AttackClass.PGD, "uint8");
        ExposureExamples more = ExposureExamples.of(rows, List.of(other), images, new Seed(1));

        assertThat(more.strangers().get(0)).isSameAs(other);
        assertThat(more.strangers()).hasSizeGreaterThan(20);
        assertThat(more.strangers().subList(1, more.strangers().size()))
                .noneMatch(stranger -> rows.stream().anyMatch(row -> Arrays.equals(row.pixels(), stranger.pixels())));
    }

    @Test
    void aPartHasItsOwnRowsAndItsImagesStrangersWithoutAVictim() {
        ExposureExamples more = ExposureExamples.of(rows, List.of(), images, new Seed(1));
        int[] part = {6, 7, 8, 9, 10, 11};

        ExposureExamples own = more.at(more.places(part, List.of()));
        assertThat(own.changed()).isEqualTo(more.changed().subList(6, 12));
        assertThat(own.strangers()).isNotEmpty().allMatch(stranger -> stranger.index() == 1);
        assertThat(more.at(more.places(part, List.of("toy"))).strangers()).isEmpty();
    }

    @Test
    void floatsAreRefused() {
        assertThatThrownBy(() -> ExposureExamples.of(Toy.rows(images, "float32"), List.of(), images, new Seed(1)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("stored as uint8, got FLOAT32");
    }
}

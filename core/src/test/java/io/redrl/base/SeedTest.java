package io.redrl.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeedTest {
    /** Worked out apart from this code. Other numbers would make every stored result irreproducible. */
    @Test
    void childrenAreTheSameForEver() {
        assertThat(new Seed(7).child("attack").value()).isEqualTo(4405140341986041905L);
        assertThat(new Seed(7).child("ε").value()).isEqualTo(-1855878041192818522L);
        assertThat(new Seed(1).child(42).value()).isEqualTo(-7116809887870566671L);
    }

    @Test
    void childrenDependOnlyOnParentAndName() {
        Seed seed = new Seed(7);
        assertThat(seed.child("attack")).isEqualTo(new Seed(7).child("attack"));
        assertThat(seed.child("attack")).isNotEqualTo(seed.child("train"));
        assertThat(seed.child("attack")).isNotEqualTo(new Seed(8).child("attack"));
    }

    @Test
    void indicesGiveDistinctSeeds() {
        Set<Long> seen = new HashSet<>();
        for (long i = 0; i < 10_000; i++) {
            seen.add(new Seed(1).child(i).value());
            seen.add(new Seed(2).child(i).value());
        }
        assertThat(seen).hasSize(20_000);
    }

    /** Training draws its batches by this order: another one would be another run of the same seed. */
    @Test
    void aSeedGivesTheSamePermutationForEver() {
        assertThat(Seed.permutation(8, new Seed(7).random())).containsExactly(4, 5, 0, 7, 6, 2, 1, 3);
        assertThat(Seed.permutation(1000, new Seed(7).random()))
                .doesNotHaveDuplicates()
                .hasSize(1000)
                .contains(IntStream.range(0, 1000).toArray());
    }
}

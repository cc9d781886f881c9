package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.attack.AttackSpec;
import io.redrl.attack.Storage;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.tensor.Precision;
import io.redrl.testing.MadeImages;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AdversarialPlanTest {
    private static final List<AttackSpec> ATTACKS =
            List.of(TestSpecs.patch(0.1), TestSpecs.pgd(0.1), TestSpecs.deepFool(), TestSpecs.pgd(0.2));

    private static AdversarialPlan plan(int images) {
        return AdversarialPlan.of(
                MadeImages.random(10_000),
                List.of("v1", "v2"),
                ATTACKS,
                IntStream.range(0, images).boxed().toList(),
                7);
    }

    @Test
    void givesEveryImageEveryVictimAndConfigurationOnceAndOneCleanRow() {
        List<PlannedExample> items = plan(3).items();

        assertThat(items).hasSize(3 * (1 + 2 * 4)).doesNotHaveDuplicates();
        assertThat(items.subList(0, 9))
                .extracting(item -> item.attack() + " " + item.victim())
                .containsExactly(
                        "clean none",
                        "pgd v1",
                        "pgd v1",
                        "pgd v2",
                        "pgd v2",
                        "deepfool v1",
                        "deepfool v2",
                        "patch v1",
                        "patch v2");
        assertThat(items).extracting(PlannedExample::index).isSorted();
    }

    @Test
    void drawsOneVictimAndConfigurationPerImageAndAttack() {
        Map<Integer, List<PlannedExample>> byImage =
                plan(20).withSampling(SamplingPolicy.ONE_PER_ATTACK).items().stream()
                        .collect(Collectors.groupingBy(PlannedExample::index));

        assertThat(byImage).hasSize(20);
        assertThat(byImage.values()).allSatisfy(items -> assertThat(items)
                .extracting(PlannedExample::attack)
                .containsExactly("clean", "pgd", "deepfool", "patch"));
    }

    @Test
    void drawsEveryVictimAndConfigurationAboutEquallyOften() {
        Map<String, Long> counts = plan(4000).withSampling(SamplingPolicy.ONE_PER_ATTACK).items().stream()
                .filter(item -> item.attack().equals("pgd"))
                .collect(Collectors.groupingBy(item -> item.victim() + item.config(), Collectors.counting()));

        // Four combinations, 1000 each on average, standard deviation 27.
        assertThat(counts).hasSize(4);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(880L, 1120L));
    }

    @Test
    void drawsVictimsIndependentlyForEachAttack() {
        Map<Integer, List<PlannedExample>> byImage =
                plan(1000).withSampling(SamplingPolicy.ONE_PER_ATTACK).items().stream()
                        .collect(Collectors.groupingBy(PlannedExample::index));

        long same = byImage.values().stream()
                .filter(items -> items.get(1).victim().equals(items.get(2).victim()))
                .count();
        assertThat(same).isBetween(420L, 580L);
    }

    @Test
    void drawsOneVictimForAllAttacksOnAnImage() {
        Map<Integer, List<PlannedExample>> byImage = plan(1000).withSampling(SamplingPolicy.ONE_VICTIM).items().stream()
                .collect(Collectors.groupingBy(PlannedExample::index));

        assertThat(byImage.values()).allSatisfy(items -> assertThat(items.subList(1, items.size()))
                .extracting(PlannedExample::victim)
                .containsOnly(items.get(1).victim()));
        long first = byImage.values().stream()
                .filter(items -> items.get(1).victim().equals("v1"))
                .count();
        assertThat(first).isBetween(420L, 580L);
    }

    @Property(tries = 50)
    void drawsForAnImageWhateverOtherImagesAndAttacksThereAre(
            @ForAll @IntRange(min = 0, max = 999) int index, @ForAll @IntRange(min = 1, max = 5) int stride) {
        AdversarialPlan small = AdversarialPlan.of(
                        MadeImages.random(1_000),
                        List.of("v1", "v2"),
                        List.of(ATTACKS.get(1), ATTACKS.get(3)),
                        List.of(index),
                        7)
                .withSampling(SamplingPolicy.ONE_PER_ATTACK)
                .withClean(false);
        AdversarialPlan large = AdversarialPlan.of(
                        MadeImages.random(10_000),
                        List.of("v1", "v2"),
                        ATTACKS,
                        IntStream.range(0, 40).mapToObj(i -> index + i * stride).toList(),
                        7)
                .withSampling(SamplingPolicy.ONE_PER_ATTACK);

        assertThat(large.items()).containsAll(small.items());
    }

    @Property(tries = 100)
    void cutsItsRowsIntoShardsWithoutLossOrOverlap(
            @ForAll @IntRange(min = 1, max = 30) int images,
            @ForAll @IntRange(min = 1, max = 9) int shardSize,
            @ForAll SamplingPolicy draw,
            @ForAll boolean clean) {
        AdversarialPlan plan =
                plan(images).withShardSize(shardSize).withSampling(draw).withClean(clean);
        List<PlannedShard> shards = PlannedShard.of(plan);

        List<PlannedExample> rows = new ArrayList<>();
        for (PlannedShard shard : shards) {
            assertThat(shard.indices()).isSorted().hasSizeBetween(1, shardSize);
            shard.indices()
                    .forEach(i -> rows.add(new PlannedExample(i, shard.attack(), shard.victim(), shard.config())));
        }
        assertThat(rows).hasSize(plan.size()).containsExactlyInAnyOrderElementsOf(plan.items());
        assertThat(shards).extracting(PlannedShard::file).doesNotHaveDuplicates();
    }

    @Test
    void worksOnEveryCombinationBeforeItTakesMoreImages() {
        List<PlannedShard> shards = PlannedShard.of(plan(10).withShardSize(4));

        int combinations = 1 + 2 * 4;
        assertThat(shards).hasSize(3 * combinations);
        for (int round = 0; round < 3; round++) {
            List<PlannedShard> these = shards.subList(round * combinations, (round + 1) * combinations);
            assertThat(these)
                    .extracting(PlannedShard::indices)
                    .containsOnly(these.get(0).indices());
            assertThat(new HashSet<>(these.stream()
                            .map(s -> s.attack() + s.victim() + s.config())
                            .toList()))
                    .hasSize(combinations);
        }
        assertThat(shards.get(0).file()).isEqualTo("clean_none_00000.parquet");
        assertThat(shards.get(combinations + 2).file()).isEqualTo("pgd_v1_00003.parquet");
    }

    @Test
    void comesBackFromJsonAsItWas() {
        AdversarialPlan plan = plan(3).withStorage(Storage.FLOAT32)
                .withReferenceLabel(ReferenceLabel.PREDICTION)
                .withSampling(SamplingPolicy.ONE_PER_ATTACK);

        assertThat(Json.parse(Json.pretty(plan), AdversarialPlan.class, "test")).isEqualTo(plan);
    }

    @Test
    void sortsItsIndices() {
        AdversarialPlan plan =
                AdversarialPlan.of(MadeImages.random(9), List.of("v"), List.of(TestSpecs.deepFool()), List.of(5, 2), 1);

        assertThat(plan.indices()).containsExactly(2, 5);
    }

    @Test
    void refusesWhatIsListedTwiceOrMissing() {
        Function<List<Integer>, AdversarialPlan> images = indices ->
                AdversarialPlan.of(MadeImages.random(9), List.of("v"), List.of(TestSpecs.deepFool()), indices, 1);
        assertThatThrownBy(() -> images.apply(List.of(4, 4)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("indices lists 4 twice");
        assertThatThrownBy(() -> images.apply(List.of())).hasMessageContaining("at least one image");
        Function<List<String>, AdversarialPlan> victims =
                ids -> AdversarialPlan.of(MadeImages.random(9), ids, List.of(TestSpecs.deepFool()), List.of(1), 1);
        assertThatThrownBy(() -> victims.apply(List.of("a", "a"))).hasMessageContaining("victims lists a twice");
        assertThatThrownBy(() -> victims.apply(List.of("none"))).hasMessageContaining("names a folder");
        assertThatThrownBy(() -> victims.apply(List.of("../a"))).hasMessageContaining("names a folder");
        assertThatThrownBy(() -> victims.apply(List.of())).hasMessageContaining("at least one victim");
        Function<List<AttackSpec>, AdversarialPlan> attacks =
                specs -> AdversarialPlan.of(MadeImages.random(9), List.of("v"), specs, List.of(1), 1);
        assertThatThrownBy(() -> attacks.apply(List.of(TestSpecs.pgd(0.1), TestSpecs.pgd(0.1))))
                .hasMessageContaining("attacks lists");
        assertThatThrownBy(() -> attacks.apply(List.of()).withClean(false)).hasMessageContaining("empty");
        assertThatThrownBy(() -> plan(1).withShardSize(0)).hasMessageContaining("shard-size");
    }

    @Test
    void freshHasSeveralPairsOfVictimAndConfigurationForEachImageAndAttack() {
        List<AttackSpec> attacks =
                List.of(TestSpecs.pgd(0.1), TestSpecs.pgd(0.2), TestSpecs.pgd(0.3), TestSpecs.deepFool());
        AdversarialPlan plan = AdversarialPlan.of(
                        MadeImages.random(30),
                        List.of("v1", "v2"),
                        attacks,
                        IntStream.range(0, 30).boxed().toList(),
                        7)
                .withSampling(SamplingPolicy.FRESH, Optional.of(4));
        List<PlannedExample> items = plan.items();
        assertThat(items).hasSize(plan.size()).hasSize(30 * (1 + 4 + 2)).doesNotHaveDuplicates();
        for (int image = 0; image < 30; image++) {
            int index = image;
            assertThat(items)
                    .filteredOn(item -> item.index() == index && item.attack().equals("pgd"))
                    .hasSize(4);
        }
        assertThat(items.stream()
                        .filter(item -> item.attack().equals("pgd"))
                        .map(item -> item.victim() + item.config())
                        .distinct())
                .as("every pair comes up")
                .hasSize(6);
        AdversarialPlan whole = plan.withSampling(SamplingPolicy.FRESH, Optional.of(100));
        assertThat(whole.items())
                .containsExactlyElementsOf(plan.withSampling(SamplingPolicy.ALL).items());
        assertThat(whole.items()).containsAll(items);
        assertThatThrownBy(() -> plan.withSampling(SamplingPolicy.ALL, Optional.of(2)))
                .hasMessageContaining("draws goes with sampling fresh");
    }

    @Test
    void attacksOfOneSetHaveOnePrecision() {
        AdversarialPlan bounded =
                AdversarialPlan.of(MadeImages.random(3), List.of("v1"), List.of(TestSpecs.pgd(0.1)), List.of(0), 7);
        AdversarialPlan mixed = AdversarialPlan.of(
                MadeImages.random(3), List.of("v1"), List.of(TestSpecs.pgd(0.1), TestSpecs.deepFool()), List.of(0), 7);
        assertThat(mixed.inOnePrecision().options().precision()).isEqualTo(Precision.FP32);
        assertThat(bounded.inOnePrecision().options().precision()).isEqualTo(Precision.fastest());
        assertThat(mixed.withPrecision(Precision.BF16)
                        .inOnePrecision()
                        .options()
                        .precision())
                .isEqualTo(Precision.BF16);
    }
}

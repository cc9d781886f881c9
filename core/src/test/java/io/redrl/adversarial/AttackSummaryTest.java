package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.image.ImageShape;
import io.redrl.stats.Proportion;
import io.redrl.testing.MadeImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttackSummaryTest {
    /** A row against "v" with true label 1. */
    private static AdversarialExample row(
            String config, int clean, int adversarial, boolean successFloat, boolean success8bit, double l2) {
        return row("v", 1, config, clean, adversarial, successFloat, success8bit, l2);
    }

    private static AdversarialExample row(
            String victim,
            int label,
            String config,
            int clean,
            int adversarial,
            boolean successFloat,
            boolean success8bit,
            double l2) {
        return new AdversarialExample(
                0,
                label,
                "pgd",
                victim,
                config,
                new Outcome(-1, clean, adversarial, successFloat, success8bit, l2 / 10, l2),
                StoredImage.of(1, 1, Storage.UINT8, new byte[3]));
    }

    private static final List<AdversarialExample> ROWS = List.of(
            row("a", 1, 2, true, true, 1),
            row("a", 1, 0, true, true, 4),
            row("b", 1, 2, true, true, 2),
            row("b", 1, 1, true, false, 90),
            row("b", 1, 1, false, false, 70),
            row("b", 0, 0, true, true, 50));

    @Test
    void countsOnlyImagesThatTheVictimHadRight() {
        List<AttackSummary> summaries = AttackSummary.byAttack(ROWS);

        assertThat(summaries).hasSize(1);
        AttackSummary all = summaries.get(0);
        assertThat(all.config()).isEqualTo(AttackSummary.EVERY_CONFIG);
        assertThat(all.images()).isEqualTo(6);
        assertThat(all.successFloat()).isEqualTo(new Proportion(4, 5));
        assertThat(all.success8bit()).isEqualTo(new Proportion(3, 5));
        assertThat(all.accuracyBefore()).isEqualTo(new Proportion(5, 6));
        assertThat(all.accuracyAfter()).isEqualTo(new Proportion(2, 6));
        assertThat(all.l2()).isEqualTo(new AttackSummary.Distribution(2, 7 / 3.0, 4));
        assertThat(all.linf().max()).isEqualTo(0.4);
    }

    @Test
    void takesTheCleanVerdictForTheTruthWhereThereIsNoLabel() {
        AttackSummary summary = AttackSummary.byAttack(
                        List.of(row("v", -1, "a", 2, 0, true, true, 1), row("v", -1, "a", 0, 0, false, false, 2)))
                .get(0);

        assertThat(summary.rightBefore()).isEqualTo(2);
        assertThat(summary.rightAfter()).isEqualTo(1);
        assertThat(summary.success8bit()).isEqualTo(new Proportion(1, 2));
    }

    @Test
    void keepsConfigurationsApart() {
        assertThat(AttackSummary.byConfig(ROWS))
                .extracting(AttackSummary::config, AttackSummary::images, AttackSummary::fooled8bit)
                .containsExactly(tuple("a", 2, 2), tuple("b", 4, 1));
        assertThat(AttackSummary.byConfig(ROWS).get(0).l2().median()).isEqualTo(2.5);
    }

    @Test
    void tabulatesAnAttackBeforeItsConfigurationsAndLeavesOutThoseOfWhichThereIsOne() {
        List<AdversarialExample> rows = new ArrayList<>(ROWS);
        rows.add(row("w", 1, "a", 1, 2, true, true, 1));
        AdversarialManifest manifest = new AdversarialManifest(
                AdversarialManifest.FORMAT,
                AdversarialPlan.of(MadeImages.random(1), List.of("w", "v"), List.of(TestSpecs.pgd(0.1)), List.of(0), 7),
                ImageShape.square(1),
                Optional.empty(),
                List.of(new AdversarialManifest.Victim("w", ""), new AdversarialManifest.Victim("v", "")),
                rows.size(),
                List.of(),
                AttackSummary.byAttack(rows),
                AttackSummary.byConfig(rows));

        assertThat(manifest.table())
                .extracting(AttackSummary::victim, AttackSummary::config)
                .containsExactly(tuple("w", "all"), tuple("v", "all"), tuple("v", "a"), tuple("v", "b"));
    }

    @Test
    void hasNoRateAndNoNormsWhereTheVictimHadNothingRight() {
        AttackSummary summary =
                AttackSummary.byAttack(List.of(row("a", 0, 0, true, true, 5))).get(0);

        assertThat(summary.success8bit().value()).isNaN();
        assertThat(summary.l2()).isEqualTo(new AttackSummary.Distribution(Double.NaN, Double.NaN, Double.NaN));
    }
}

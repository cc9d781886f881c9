package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;

class AttackSummaryTest {
    /** A row with true label 1. */
    private static AdversarialExample row(
            String config, int clean, int adversarial, boolean successFloat, boolean success8bit, double l2) {
        return row(1, config, clean, adversarial, successFloat, success8bit, l2);
    }

    private static AdversarialExample row(
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
                "v",
                config,
                -1,
                successFloat,
                success8bit,
                clean,
                adversarial,
                l2 / 10,
                l2,
                1,
                1,
                "uint8",
                new byte[3]);
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
        assertThat(all.successFloat()).isEqualTo(4 / 5.0);
        assertThat(all.success8bit()).isEqualTo(3 / 5.0);
        assertThat(all.accuracyBefore()).isEqualTo(5 / 6.0);
        assertThat(all.accuracyAfter()).isEqualTo(2 / 6.0);
        assertThat(all.l2()).isEqualTo(new AttackSummary.Distribution(2, 7 / 3.0, 4));
        assertThat(all.linf().max()).isEqualTo(0.4);
    }

    @Test
    void takesTheCleanVerdictForTheTruthWhereThereIsNoLabel() {
        AttackSummary summary = AttackSummary.byAttack(
                        List.of(row(-1, "a", 2, 0, true, true, 1), row(-1, "a", 0, 0, false, false, 2)))
                .get(0);

        assertThat(summary.rightBefore()).isEqualTo(2);
        assertThat(summary.rightAfter()).isEqualTo(1);
        assertThat(summary.success8bit()).isEqualTo(0.5);
    }

    @Test
    void keepsConfigurationsApart() {
        assertThat(AttackSummary.byConfig(ROWS))
                .extracting(AttackSummary::config, AttackSummary::images, AttackSummary::fooled8bit)
                .containsExactly(tuple("a", 2, 2), tuple("b", 4, 1));
        assertThat(AttackSummary.byConfig(ROWS).get(0).l2().median()).isEqualTo(2.5);
    }

    @Test
    void hasNoRateAndNoNormsWhereTheVictimHadNothingRight() {
        AttackSummary summary =
                AttackSummary.byAttack(List.of(row("a", 0, 0, true, true, 5))).get(0);

        assertThat(summary.success8bit()).isNaN();
        assertThat(summary.l2()).isEqualTo(new AttackSummary.Distribution(0, 0, 0));
    }
}

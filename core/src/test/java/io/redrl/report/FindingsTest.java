package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.adversarial.AttackSummary;
import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.RepairTable;
import io.redrl.evaluation.SampleEvaluation;
import io.redrl.evaluation.Setup;
import io.redrl.stats.PairedComparison;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {
    private static final Evaluation SAMPLE = SampleEvaluation.create();

    /** Every class has 100 examples, of which {@code hits} are named right. */
    private static RecognitionResult result(RecogniserKind kind, int hits) {
        List<List<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            List<Integer> row = new ArrayList<>(List.of(0, 0, 0, 0, 0, 0));
            row.set((i + 1) % 6, 100 - hits);
            row.set(i, hits);
            counts.add(row);
        }
        return new RecognitionResult(kind.name(), kind, kind.name(), "", new ConfusionMatrix(ClassNames.ids(), counts));
    }

    private static PairedComparison comparison(RecogniserKind a, RecogniserKind b, int onlyA, int onlyB) {
        return new PairedComparison(
                a.name(),
                b.name(),
                ClassNames.ids().stream()
                        .map(id -> new PairedComparison.Disagreement(id, 100, onlyA, onlyB))
                        .toList());
    }

    private static Findings findings(List<RecognitionResult> results, PairedComparison... comparisons) {
        return new Findings(evaluation(results, SAMPLE.setup(), SAMPLE.repair(), SAMPLE.attacks(), comparisons));
    }

    private static Evaluation evaluation(
            List<RecognitionResult> results,
            Setup setup,
            RepairTable repair,
            List<AttackSummary> attacks,
            PairedComparison... comparisons) {
        return new Evaluation(
                "x",
                setup,
                results,
                List.of(comparisons),
                repair,
                attacks,
                List.of(),
                List.of(),
                List.of(),
                SAMPLE.manifest());
    }

    @Test
    void saysWhetherTheOrderHolds() {
        assertThat(findings(List.of(
                                result(RecogniserKind.IMAGE, 50),
                                result(RecogniserKind.REDRL, 60),
                                result(RecogniserKind.ORACLE, 90)))
                        .recognition())
                .first()
                .asString()
                .startsWith("The order image alone < REDRL < oracle holds here")
                .contains("50.0%", "60.0%", "90.0%");
        assertThat(findings(List.of(
                                result(RecogniserKind.IMAGE, 61),
                                result(RecogniserKind.REDRL, 60),
                                result(RecogniserKind.ORACLE, 90)))
                        .recognition())
                .first()
                .asString()
                .contains("does not hold here");
    }

    @Test
    void saysOfARecogniserAtChanceThatItHasNotLearned() {
        // Six classes: guessing gives 16.7 %.
        assertThat(findings(List.of(result(RecogniserKind.IMAGE, 17), result(RecogniserKind.REDRL, 60)))
                        .recognition())
                .filteredOn(sentence -> sentence.contains("is at chance"))
                .hasSize(1);
    }

    @Test
    void aControlWithinTheErrorIsCalledSo() {
        List<RecognitionResult> results =
                List.of(result(RecogniserKind.REDRL, 60), result(RecogniserKind.ATTACK_LOSS_ONLY, 59));
        assertThat(findings(results, comparison(RecogniserKind.REDRL, RecogniserKind.ATTACK_LOSS_ONLY, 10, 9))
                        .recognition())
                .singleElement()
                .asString()
                .contains("reach 59.0%", "+1.0 points", "within the error", "nothing here shows");
    }

    @Test
    void aControlThatIsReallyBetterOrWorseIsCalledSo() {
        assertThat(findings(
                                List.of(result(RecogniserKind.REDRL, 60), result(RecogniserKind.ATTACK_LOSS_ONLY, 80)),
                                comparison(RecogniserKind.ATTACK_LOSS_ONLY, RecogniserKind.REDRL, 22, 2))
                        .recognition())
                .singleElement()
                .asString()
                .contains("REDRL is worse by −20.0 points", "do not help");
        assertThat(findings(
                                List.of(result(RecogniserKind.REDRL, 80), result(RecogniserKind.ATTACK_LOSS_ONLY, 60)),
                                comparison(RecogniserKind.REDRL, RecogniserKind.ATTACK_LOSS_ONLY, 22, 2))
                        .recognition())
                .singleElement()
                .asString()
                .contains("REDRL is better by +20.0 points", "losses help");
        assertThat(findings(List.of(result(RecogniserKind.REDRL, 80), result(RecogniserKind.ATTACK_LOSS_ONLY, 60)))
                        .recognition())
                .singleElement()
                .asString()
                .contains("not compared");
    }

    @Test
    void statesTheScaleAndThePapersOwn() {
        assertThat(new Findings(SAMPLE).scale())
                .startsWith("This is a small-scale run: 1 victim (resnet20, 0.27 M parameters), 1,024 training images")
                .contains("all 50,000 training images", "not measured under the same conditions");
        Setup s = SAMPLE.setup();
        Setup photos = new Setup("photos", 10, 5, 60, 30, "uint8", s.victims(), s.attacks(), "");
        assertThat(new Findings(evaluation(List.of(), photos, SAMPLE.repair(), SAMPLE.attacks())).scale())
                .contains("The paper has no numbers for this data set");
        Setup large = new Setup(
                "cifar10",
                50_000,
                10_000,
                60,
                30,
                "uint8",
                List.of(
                        s.victims().get(0),
                        s.victims().get(0),
                        s.victims().get(0),
                        s.victims().get(0)),
                s.attacks(),
                "");
        assertThat(new Findings(evaluation(List.of(), large, SAMPLE.repair(), SAMPLE.attacks())).scale())
                .startsWith("This run: 4 victims");
    }

    @Test
    void namesWeakAttacksAndWhatRoundingUndoes() {
        assertThat(new Findings(SAMPLE).attacks())
                .containsExactly(
                        "At least 95% success as stored, on images that the victim gets right when clean: PGD 99.7%,"
                                + " CW-L2 97.9%, CW-L∞ 98.3%.",
                        "Below 95%: DeepFool 90.4%, patch 41.2%.",
                        "Rounding to 8 bits costs more than 5 points of success for DeepFool (99.7% → 90.4%).");
    }

    @Test
    void namesWhereReconstructionMakesThingsWorse() {
        RepairTable repair = new RepairTable(
                "redrl",
                List.of(
                        new RepairTable.Row("v", "clean", 100, 90, 80),
                        new RepairTable.Row("v", "pgd", 100, 10, 50),
                        new RepairTable.Row("v", "patch", 100, 70, 60)));
        assertThat(new Findings(evaluation(List.of(), SAMPLE.setup(), repair, SAMPLE.attacks())).repair())
                .containsExactly(
                        "Averaged over victims and attacks, Φ is right on 40.0% of attacked images as they are and on"
                                + " 55.0% once reconstructed.",
                        "Reconstruction lowers it for patch on v.",
                        "On clean images the reconstruction changes Φ's accuracy from 90.0% to 80.0%.");
    }

    @Test
    void theHeadlineAdmitsThatNothingWasEvaluated() {
        assertThat(findings(List.of()).headline()).contains("No REDRL");
        assertThat(findings(List.of(result(RecogniserKind.REDRL, 60))).headline())
                .contains("600 test examples", "60.0%", "guessing gives 16.7%");
    }
}

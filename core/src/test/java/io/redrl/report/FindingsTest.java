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

    private static Evaluation evaluation(
            List<RecognitionResult> results, Setup setup, RepairTable repair, List<AttackSummary> attacks) {
        return new Evaluation(
                "x", setup, results, List.of(), repair, attacks, List.of(), List.of(), List.of(), SAMPLE.manifest());
    }

    private static Findings findings(RecognitionResult... results) {
        return new Findings(evaluation(List.of(results), SAMPLE.setup(), SAMPLE.repair(), SAMPLE.attacks()));
    }

    @Test
    void saysOfARecogniserAtChanceThatItHasNotLearned() {
        // Six classes: guessing gives 16.7 %.
        assertThat(findings(result(RecogniserKind.IMAGE, 17), result(RecogniserKind.REDRL, 60))
                        .recognition())
                .singleElement()
                .asString()
                .startsWith("IMAGE is at chance");
    }

    @Test
    void statesTheScaleAndThePapersOwn() {
        assertThat(new Findings(SAMPLE).scale())
                .startsWith("This is a small-scale run: 1 victim (resnet20, 0.27 M parameters), 1,024 training images")
                .contains("ResNeXt50, DenseNet121, VGG19 with all 50,000 training images for 100 epochs");
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
    void namesWhatRoundingUndoes() {
        assertThat(new Findings(SAMPLE).attacks())
                .containsExactly("Rounding to 8 bits lowers the success of DeepFool on resnet20 from 99.7% to 90.4%.");
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
                        "Reconstruction lowers it for patch on v.");
    }

    @Test
    void theHeadlineAdmitsThatNothingWasEvaluated() {
        assertThat(findings().headline()).contains("No REDRL");
        assertThat(findings(result(RecogniserKind.REDRL, 60)).headline())
                .contains("600 test examples", "60.0%", "guessing gives 16.7%");
    }
}

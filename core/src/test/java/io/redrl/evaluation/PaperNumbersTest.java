package io.redrl.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.redrl.evaluation.PaperNumbers.Dataset;
import io.redrl.evaluation.PaperNumbers.Repair;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PaperNumbersTest {
    private static final Dataset CIFAR10 = PaperNumbers.of("cifar10");
    private static final Dataset TINY_IMAGENET = PaperNumbers.of("tiny-imagenet");

    @Test
    void table3HasThePrintedNumbers() {
        PaperNumbers.Recognition redrl =
                CIFAR10.recognition(RecogniserKind.REDRL).orElseThrow();
        assertThat(redrl.classes()).containsEntry("cw-linf", 74.1).containsEntry("deepfool", 97.4);
        assertThat(redrl.total()).isEqualTo(94.2);
        assertThat(redrl.macro()).isCloseTo(94.65, within(1e-9));
        assertThat(TINY_IMAGENET
                        .recognition(RecogniserKind.IMAGE)
                        .orElseThrow()
                        .classes()
                        .values())
                .containsExactly(62.5, 88.7, 53.2, 28.0, 24.2, 73.8);
    }

    /** The paper says both; what was typed off wrongly on one side would not fit the other. */
    @Test
    void cleanAccuraciesOfTable4FitTable1AndTotalsOfTable5FitTable3() {
        for (Dataset dataset : PaperNumbers.PAPER.datasets().values()) {
            assertThat(dataset.repair().keySet()).isEqualTo(dataset.victims().keySet());
            dataset.repair().forEach((victim, classes) -> {
                assertThat(classes.keySet()).containsExactlyInAnyOrderElementsOf(ClassNames.ids());
                assertThat(Objects.requireNonNull(classes.get("clean")).before())
                        .isCloseTo(dataset.victims().get(victim), within(0.1));
            });
            assertThat(dataset.recognition().keySet())
                    .containsExactlyInAnyOrder(RecogniserKind.IMAGE, RecogniserKind.REDRL, RecogniserKind.ORACLE);
            assertThat(dataset.losses().get(RecogniserKind.REDRL))
                    .isCloseTo(
                            dataset.recognition(RecogniserKind.REDRL)
                                    .orElseThrow()
                                    .total(),
                            within(0.1));
        }
        assertThat(PaperNumbers.PAPER.datasets()).containsOnlyKeys("cifar10", "tiny-imagenet");
    }

    @Test
    void table4HasThePrintedNumbers() {
        assertThat(TINY_IMAGENET.repair().get("VGG19")).containsEntry("pgd", new Repair(0.2, 26.1));
        assertThat(TINY_IMAGENET.repair().get("ResNeXt50")).containsEntry("patch", new Repair(51.6, 63.8));
        assertThat(CIFAR10.repair().get("ResNeXt50")).containsEntry("pgd", new Repair(2.41, 91.3));
        assertThat(CIFAR10.repair().get("DenseNet121")).containsEntry("cw-l2", new Repair(0.6, 80.9));
    }

    @Test
    void table5HasThePrintedTotals() {
        assertThat(CIFAR10.losses())
                .containsOnly(
                        entry(RecogniserKind.ABLATION_A, 90.59),
                        entry(RecogniserKind.ABLATION_B, 92.58),
                        entry(RecogniserKind.ABLATION_C, 93.51),
                        entry(RecogniserKind.REDRL, 94.28));
        assertThat(TINY_IMAGENET.losses().values()).containsExactlyInAnyOrder(81.9, 82.7, 83.72, 85.57);
    }

    @Test
    void aVictimOfOursHasThePapersVictimOfItsFamilyBesideIt() {
        assertThat(CIFAR10.victim("resnext20")).contains(entry("ResNeXt50", 94.76));
        assertThat(CIFAR10.victim("vgg8")).contains(entry("VGG19", 95.73));
        assertThat(TINY_IMAGENET.victim("densenet121")).contains(entry("DenseNet121", 65.03));
        assertThat(CIFAR10.victim("mobilenet")).isEmpty();
    }

    @Test
    void anotherDataSetHasItsIdAndNoNumbers() {
        assertThat(CIFAR10.title()).isEqualTo("CIFAR-10");
        assertThat(PaperNumbers.of("photos"))
                .isEqualTo(new Dataset("photos", 0, Map.of(), Map.of(), Map.of(), Map.of()));
    }
}

package io.redrl.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PaperNumbersTest {
    @Test
    void table3HasThePrintedNumbers() {
        PaperNumbers.Recognition redrl = PaperNumbers.recognition(PaperNumbers.CIFAR10, RecogniserKind.REDRL)
                .orElseThrow();
        assertThat(redrl.accuracy("cw-linf")).contains(74.1);
        assertThat(redrl.accuracy("deepfool")).contains(97.4);
        assertThat(redrl.total()).isEqualTo(94.2);
        assertThat(redrl.macro()).isCloseTo(94.65, within(1e-9));
        assertThat(PaperNumbers.recognition(PaperNumbers.TINY_IMAGENET, RecogniserKind.IMAGE)
                        .orElseThrow()
                        .perClass())
                .containsExactly(62.5, 88.7, 53.2, 28.0, 24.2, 73.8);
        assertThat(PaperNumbers.recognition("photos", RecogniserKind.REDRL)).isEmpty();
        assertThat(redrl.accuracy("square")).isEmpty();
    }

    @Test
    void table4HasEveryVictimOnEveryClassAndItsCleanAccuraciesFitTable1() {
        assertThat(PaperNumbers.TABLE_4).hasSize(2 * 4 * 6);
        for (PaperNumbers.Victim victim : PaperNumbers.TABLE_1) {
            PaperNumbers.Repair clean = PaperNumbers.repair(victim.dataset()).stream()
                    .filter(r ->
                            r.victim().equals(victim.network()) && r.attack().equals("clean"))
                    .findFirst()
                    .orElseThrow();
            assertThat(clean.before()).isCloseTo(victim.accuracy(), within(0.1));
        }
        assertThat(PaperNumbers.repair(PaperNumbers.TINY_IMAGENET))
                .contains(new PaperNumbers.Repair(PaperNumbers.TINY_IMAGENET, "VGG19", "pgd", 0.2, 26.1))
                .contains(new PaperNumbers.Repair(PaperNumbers.TINY_IMAGENET, "ResNeXt50", "patch", 51.6, 63.8));
        assertThat(PaperNumbers.repair(PaperNumbers.CIFAR10))
                .contains(new PaperNumbers.Repair(PaperNumbers.CIFAR10, "ResNeXt50", "pgd", 2.41, 91.3))
                .contains(new PaperNumbers.Repair(PaperNumbers.CIFAR10, "DenseNet121", "cw-l2", 0.6, 80.9));
    }

    @Test
    void reconstructionNeverLowersAnAttackedAccuracyInThePaper() {
        assertThat(PaperNumbers.TABLE_4)
                .filteredOn(r -> !r.attack().equals("clean"))
                .allMatch(r -> r.after() > r.before());
    }

    @Test
    void table5EndsNearTheTotalsOfTable3() {
        assertThat(PaperNumbers.TABLE_5).hasSize(8);
        for (String dataset : new String[] {PaperNumbers.CIFAR10, PaperNumbers.TINY_IMAGENET}) {
            double all = PaperNumbers.TABLE_5.stream()
                    .filter(a -> a.dataset().equals(dataset) && a.losses().equals("all four"))
                    .findFirst()
                    .orElseThrow()
                    .total();
            assertThat(PaperNumbers.recognition(dataset, RecogniserKind.REDRL)
                            .orElseThrow()
                            .total())
                    .isCloseTo(all, within(0.1));
        }
    }

    @Test
    void aVictimOfOursHasThePapersVictimOfItsFamilyBesideIt() {
        assertThat(PaperNumbers.victim("cifar10", "resnext20"))
                .contains(new PaperNumbers.Victim("cifar10", "ResNeXt50", 94.76));
        assertThat(PaperNumbers.victim("cifar10", "vgg8")).contains(new PaperNumbers.Victim("cifar10", "VGG19", 95.73));
        assertThat(PaperNumbers.victim("tiny-imagenet", "densenet121"))
                .contains(new PaperNumbers.Victim("tiny-imagenet", "DenseNet121", 65.03));
        assertThat(PaperNumbers.victim("cifar10", "mobilenet")).isEmpty();
        assertThat(PaperNumbers.victim("photos", "resnet20")).isEmpty();
    }

    @Test
    void writesTheNamesOfDataSets() {
        assertThat(PaperNumbers.title("cifar10")).isEqualTo("CIFAR-10");
        assertThat(PaperNumbers.title("photos")).isEqualTo("photos");
    }
}

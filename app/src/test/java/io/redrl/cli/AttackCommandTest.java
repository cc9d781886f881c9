package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttackCommandTest {
    private final FakeConsole console = new FakeConsole();

    @TempDir
    Path folder;

    private int attack(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "attack", "--victim", "none", "--data", folder.toString(), "--out", folder.resolve("out") + ""));
        args.addAll(List.of(more));
        return console.run(args.toArray(String[]::new));
    }

    @Test
    void helpTellsWhichAttackHasWhichSetting() {
        assertThat(console.run("attack", "--help")).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("--epsilon", "--[no-]random-start", "--overshoot", "deepfool (0.02)");
    }

    @Test
    void aSettingOfAnotherAttackIsWrongUsage() {
        assertThat(attack("--attack", "deepfool", "--epsilon", "8/255")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("--epsilon is no setting of deepfool", "--overshoot");
    }

    @Test
    void anEpsilonOnTheScaleOfGreyLevelsIsWrongUsage() {
        assertThat(attack("--attack", "pgd", "--epsilon", "8")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("epsilon");
    }

    @Test
    void aNumberThatIsNoneIsWrongUsage() {
        assertThat(attack("--attack", "pgd", "--steps", "many")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("many");
    }

    @Test
    void unknownAttacksAreNamedWithThoseThatExist() {
        assertThat(attack("--attack", "fgsm")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("fgsm", "pgd", "patch");
    }

    @Test
    void missingOptionsAreNamed() {
        assertThat(console.run("attack", "--attack", "pgd")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("--victim");
    }

    @Test
    void missingDataFailBeforeAnythingIsWritten() {
        assertThat(attack("--attack", "pgd", "--data", folder.resolve("nowhere").toString()))
                .isNotEqualTo(ExitCodes.DONE);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}

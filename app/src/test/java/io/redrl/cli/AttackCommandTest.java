package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.DeepFoolSpec;
import io.redrl.attack.PatchSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.base.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

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
    void numbersOutOfRangeAreWrongUsage() {
        assertThat(attack("--attack", "pgd", "--amplify", "0")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("amplify must be in [1, 255], got 0");
        assertThat(attack("--attack", "pgd", "--batch-size", "0")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("batch-size must be at least 1, got 0");
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
    void theHelpNamesEveryAttack() {
        assertThat(console.run("attack", "--help")).isEqualTo(ExitCodes.DONE);
        String help = console.out().replaceAll("\\s+", " ");
        assertThat(help)
                .contains("--attack=ATTACK[,ATTACK...] One of: "
                        + AttackCatalog.all().stream().map(AttackSpec::id).collect(Collectors.joining(", "))
                        + ". Several, separated by commas, go into one set.")
                .contains("redrl attack list [--json]");
    }

    @Test
    void theListNeedsNoOptionsAndTellsWhatOneChoosesBy() {
        assertThat(console.run("attack", "list")).isEqualTo(ExitCodes.DONE);
        assertThat(console.err()).isEmpty();
        assertThat(AttackCatalog.entries()).hasSameSizeAs(AttackCatalog.all()).allSatisfy(entry -> assertThat(
                        console.out())
                .contains(entry.defaults().id() + ": " + entry.citation(), entry.title(), entry.norm(), entry.cost()));
        assertThat(console.out()).contains("white box", "--epsilon 8/255", "--random-start", "--overshoot 0.02");
    }

    @Test
    void theListIsDataToo() {
        assertThat(console.run("attack", "list", "--json")).isEqualTo(ExitCodes.DONE);
        JsonNode list = Json.parse(console.out(), JsonNode.class, "output");
        assertThat(list.size()).isEqualTo(AttackCatalog.entries().size());
        assertThat(list.path(0).path("kind").asString()).isEqualTo("white-box");
        assertThat(Json.parse(list.path(0).path("defaults").toString(), AttackSpec.class, "output"))
                .isEqualTo(AttackCatalog.entries().get(0).defaults());
    }

    private static List<AttackSpec> read(String attack, String... more) {
        CommandLine line = AttackCommand.line(
                new RedrlCommand(new FakeConsole().console(), () -> false), (name, settings, images) -> {
                    throw new IllegalStateException();
                });
        line.setCaseInsensitiveEnumValuesAllowed(true).parseArgs(more);
        return AttackSettings.read(line, List.of(attack.split(",")));
    }

    @Test
    void listsOfValuesMakeAGrid() {
        assertThat(read("pgd", "--epsilon", "4/255, 8/255", "--steps=10,20", "--no-random-start"))
                .containsExactly(
                        new PgdSpec(4 / 255.0, 0.01, 10, false),
                        new PgdSpec(4 / 255.0, 0.01, 20, false),
                        new PgdSpec(8 / 255.0, 0.01, 10, false),
                        new PgdSpec(8 / 255.0, 0.01, 20, false));
        assertThat(read("pgd", "--target=none,3,least-likely"))
                .extracting(spec -> spec.target().rule())
                .containsExactly("none", "3", "least-likely");
        assertThat(read("deepfool")).containsExactly(DeepFoolSpec.DEFAULTS);
    }

    @Test
    void severalAttacksTakeTheSettingsThatTheyHave() {
        assertThat(read("pgd,deepfool", "--epsilon=4/255,8/255", "--steps=10", "--no-random-start", "--overshoot=0.1"))
                .containsExactly(
                        new PgdSpec(4 / 255.0, 0.01, 10, false),
                        new PgdSpec(8 / 255.0, 0.01, 10, false),
                        DeepFoolSpec.DEFAULTS.with("steps", 10).with("overshoot", 0.1));
        assertThat(attack("--attack", "pgd,deepfool", "--height", "4")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("--height is no setting of pgd and deepfool");
        assertThat(attack("--attack", "pgd,pgd")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("one configuration twice");
    }

    @Test
    void aPlaceWithACommaIsOneValue() {
        assertThat(read("patch", "--place", "0,24", "--width=4,8"))
                .extracting(spec -> ((PatchSpec) spec).place())
                .containsExactly("0,24", "0,24");
        assertThat(read("patch", "--place", "random,centre"))
                .extracting(spec -> ((PatchSpec) spec).place())
                .containsExactly("random", "centre");
    }

    @Test
    void theOrderOfSettingsDoesNotMatter() {
        assertThat(read("pgd", "--epsilon", "2", "--norm", "l2")).isEqualTo(read("pgd", "--norm=l2", "--epsilon=2"));
    }

    @Test
    void valuesInAListAreCheckedAndDiffer() {
        assertThat(attack("--attack", "pgd", "--epsilon", "4/255,8")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("epsilon must be in [0, 1], got 8");
        assertThat(attack("--attack", "pgd", "--epsilon", "4/255,4/255")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("one configuration twice");
        assertThat(attack("--attack", "pgd", "--epsilon", "4/255,,8/255")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("expected a number such as 0.03 or 8/255");
    }

    @Test
    void unknownAttacksAreNamedWithThoseThatExist() {
        assertThat(attack("--attack", "fgsn")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("fgsn", "pgd", "patch");
    }

    @Test
    void missingOptionsAreNamed() {
        assertThat(console.run("attack", "--attack", "pgd")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("Missing required options: --victim=V, --data=NAME, --out=DIR");
    }

    @Test
    void missingDataFailBeforeAnythingIsWritten() {
        assertThat(attack("--attack", "pgd", "--data", folder.resolve("nowhere").toString()))
                .isNotEqualTo(ExitCodes.DONE);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}

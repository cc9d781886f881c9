package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.StoppedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagesTest {
    @TempDir
    Path folder;

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    private static Stage stage(String name, String input, boolean lane, Consumer<Path> work) {
        return new Stage(name, () -> List.of(input), 5, "images", lane, into -> {
            work.accept(into);
            return 3;
        });
    }

    private StageMark run(String input, Consumer<Path> work) {
        Stages stages = new Stages(folder, Progress.silent());
        stages.run(stage("victims/a", input, false, work));
        return stages.marks().get(0);
    }

    @Test
    void aFinishedStageIsNotDoneAgain() {
        StageMark first = run("x", into -> calls.add("first"));
        StageMark second = run("x", into -> calls.add("second"));
        assertThat(calls).containsExactly("first");
        assertThat(second).isEqualTo(first);
        assertThat(first.items()).as("what was done, not what was planned").isEqualTo(3);
    }

    @Test
    void aStageCutShortGoesOnWithWhatItHadAndKeepsItsTime() {
        assertThatThrownBy(() -> run("x", into -> {
                    AtomicFiles.writeString(into.resolve("half"), "done");
                    throw new StoppedException();
                }))
                .isInstanceOf(StoppedException.class);
        StageMark cut = Json.read(folder.resolve("victims/a/stage.json"), StageMark.class);
        StageMark finished = run("x", into -> calls.add(Files.exists(into.resolve("half")) ? "went on" : "afresh"));
        assertThat(calls).containsExactly("went on");
        assertThat(cut.finished()).isFalse();
        assertThat(cut.seconds()).isPositive();
        assertThat(finished.seconds()).isGreaterThan(cut.seconds());
    }

    @Test
    void changedInputsStartAfresh() {
        run("x", into -> AtomicFiles.writeString(into.resolve("old"), "old"));
        run("y", into -> calls.add(Files.exists(into.resolve("old")) ? "kept" : "afresh"));
        assertThat(calls).containsExactly("afresh");
    }

    @Test
    void stagesOfOneGroupAreMarkedInItsOrderHoweverTheyRan() {
        Stages stages = new Stages(folder, Progress.silent());
        stages.run(List.of(
                stage("a", "x", true, into -> calls.add("a")),
                stage("b", "x", true, into -> calls.add("b")),
                stage("c", "x", true, into -> calls.add("c"))));
        assertThat(calls).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(stages.marks()).extracting(StageMark::stage).containsExactly("a", "b", "c");
    }

    @Test
    void marksOfTheFirstVersionAreRead() {
        String fingerprint = run("x", into -> {}).fingerprint();
        Path mark = folder.resolve("victims/a/stage.json");
        AtomicFiles.writeString(
                mark, Json.pretty(Json.read(mark, StageMark.class)).replace("\"fingerprint\"", "\"made-from\""));
        assertThat(run("x", into -> calls.add("again")).fingerprint()).isEqualTo(fingerprint);
        assertThat(calls).isEmpty();
    }
}

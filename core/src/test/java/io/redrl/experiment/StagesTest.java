package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Progress;
import io.redrl.base.StoppedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagesTest {
    @TempDir
    Path folder;

    private final List<String> calls = new ArrayList<>();

    private void ensure(String madeFrom, Stages.Work work) {
        new Stages(folder, Progress.silent()).ensure("victims/a", madeFrom, 3, "images", work);
    }

    @Test
    void aFinishedStageIsNotDoneAgain() {
        ensure("x", f -> calls.add("first"));
        ensure("x", f -> calls.add("second"));
        assertThat(calls).containsExactly("first");
    }

    @Test
    void aStageCutShortGoesOnWithWhatItHad() {
        assertThatThrownBy(() -> ensure("x", f -> {
                    AtomicFiles.writeString(f.resolve("half"), "done");
                    throw new StoppedException();
                }))
                .isInstanceOf(StoppedException.class);
        ensure("x", f -> calls.add(Files.exists(f.resolve("half")) ? "went on" : "afresh"));
        assertThat(calls).containsExactly("went on");
    }

    @Test
    void changedInputsStartAfresh() {
        ensure("x", f -> AtomicFiles.writeString(f.resolve("old"), "old"));
        ensure("y", f -> calls.add(Files.exists(f.resolve("old")) ? "kept" : "afresh"));
        assertThat(calls).containsExactly("afresh");
    }
}

package io.redrl.experiment;

import io.redrl.evaluation.LeaveOneVictimOut;
import io.redrl.evaluation.PredictionRow;
import io.redrl.recognition.RecogniserSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Finds the recognisers that a victim was kept from, and each one's twin that met all victims. */
final class LeftOut {
    private LeftOut() {}

    /**
     * One entry for each recogniser and victim that was kept from it. The twin of {@code NAME.without-VICTIM} is {@code NAME}; none for
     * a recogniser without a twin.
     *
     * @param recognisers all of the experiment
     * @param evaluation the folder with what each said of the test set
     */
    static List<LeaveOneVictimOut> of(Collection<RecogniserSpec> recognisers, Path evaluation) {
        List<LeaveOneVictimOut> measured = new ArrayList<>();
        for (RecogniserSpec one : recognisers) {
            if (one.leftOutVictims().isEmpty()) {
                continue;
            }
            Optional<RecogniserSpec> twin = recognisers.stream()
                    .filter(other -> one.name().startsWith(other.name() + ".without-"))
                    .findFirst();
            if (twin.isPresent()) {
                for (String victim : one.leftOutVictims()) {
                    measured.add(LeaveOneVictimOut.of(
                            one.name(),
                            victim,
                            predictions(evaluation, one),
                            twin.get().name(),
                            predictions(evaluation, twin.get())));
                }
            }
        }
        return measured;
    }

    private static List<PredictionRow> predictions(Path evaluation, RecogniserSpec recogniser) {
        return PredictionRow.read(evaluation.resolve("predictions-" + recogniser.name() + ".jsonl"));
    }
}

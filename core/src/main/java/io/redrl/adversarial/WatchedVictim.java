package io.redrl.adversarial;

import io.redrl.base.Progress;
import io.redrl.model.Classifier;
import io.redrl.model.ForwardingClassifier;
import java.time.Duration;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;

/**
 * A victim that asks whether to stop at every question put to it, and tells how many there were: a single batch of a slow attack takes
 * longer than anybody waits for a sign of life.
 */
final class WatchedVictim extends ForwardingClassifier {
    private static final long BETWEEN = Duration.ofMillis(250).toNanos();

    private final Classifier victim;
    private final Progress progress;
    private final Progress.Task task;
    private final String what;
    private final int images;
    private long asked;
    private long told = System.nanoTime();

    /**
     * @param victim stays the caller's
     * @param progress asked whether to stop
     * @param task told
     * @param what is being done to how many {@code images}
     */
    WatchedVictim(Classifier victim, Progress progress, Progress.Task task, String what, int images) {
        super(victim);
        this.victim = victim;
        this.progress = progress;
        this.task = task;
        this.what = what;
        this.images = images;
    }

    @Override
    public Tensor logits(Tensor batch) {
        watch(batch);
        return victim.logits(batch);
    }

    @Override
    public boolean hasLowPrecision() {
        return victim.hasLowPrecision();
    }

    @Override
    public Tensor lowPrecisionLogits(Tensor batch) {
        watch(batch);
        return victim.lowPrecisionLogits(batch);
    }

    private void watch(Tensor batch) {
        progress.checkStopped();
        asked += batch.size(0);
        long now = System.nanoTime();
        if (now - told > BETWEEN) {
            told = now;
            task.note(String.format(Locale.ROOT, "%s, %,d passes per image", what, asked / images));
        }
    }
}

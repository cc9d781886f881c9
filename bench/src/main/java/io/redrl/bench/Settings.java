package io.redrl.bench;

import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.CwL2Spec;
import io.redrl.attack.CwLinfSpec;
import io.redrl.attack.DeepFoolSpec;
import io.redrl.attack.PatchSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.base.Checks;
import io.redrl.tensor.Precision;
import java.util.List;
import java.util.Map;

/**
 * What to measure.
 *
 * @param models architectures, with random weights: times only
 * @param victims model folders or TorchScript files
 * @param attacks by name
 * @param batches sizes of batch
 * @param images at least so many, in several batches if need be
 * @param repeats of each side, interleaved
 * @param steps the most that an attack takes, on both sides; 0: the paper's. DeepFool stops by itself and keeps its own
 * @param plainSteps after how many steps a plain loop whose steps are all alike is cut, its time to be scaled; 0: never,
 *     −1: {@value #CUT_STEPS} for large networks and never for small ones
 * @param plainImages how many images the plain DeepFool takes, one at a time, its time to be scaled; 0: all, −1:
 *     {@value #CUT_IMAGES} for large networks and all for small ones
 * @param plainFrozen whether the plain network's parameters record no gradients, which its author may have thought of
 * @param authorsAbort whether the plain CW-L2 gives up as its authors' code does
 * @param with settings of attacks that differ from the paper's, on both sides: {@code cw-l2.abort-after} to a value
 * @param lanes whether our side splits a batch over lanes of one thread each
 * @param precisions of our side
 * @param seed of random weights and of what attacks draw
 */
record Settings(
        List<String> models,
        List<String> victims,
        List<String> attacks,
        List<Integer> batches,
        int images,
        int repeats,
        int steps,
        int plainSteps,
        int plainImages,
        boolean plainFrozen,
        boolean authorsAbort,
        Map<String, String> with,
        boolean lanes,
        List<Precision> precisions,
        long seed) {
    private static final int CUT_STEPS = 5;
    private static final int CUT_IMAGES = 2;

    Settings {
        models = List.copyOf(models);
        victims = List.copyOf(victims);
        attacks = List.copyOf(attacks);
        batches = List.copyOf(batches);
        precisions = List.copyOf(precisions);
        with = Map.copyOf(with);
        with.keySet()
                .forEach(key -> Checks.require(
                        key.contains("."), "a setting is written as ATTACK.SETTING=VALUE, got '%s'", key));
        attacks.forEach(AttackCatalog::defaults);
        batches.forEach(batch -> Checks.positive("batches", batch));
        Checks.inRange("images", images, 0, 10_000);
        Checks.positive("repeats", repeats);
        Checks.inRange("steps", steps, 0, AttackSpec.MAX_STEPS);
    }

    /** The attack as both sides run it. */
    AttackSpec spec(String attack) {
        AttackSpec spec = AttackCatalog.defaults(attack);
        for (Map.Entry<String, String> setting : with.entrySet()) {
            int dot = setting.getKey().indexOf('.');
            if (setting.getKey().substring(0, dot).equals(attack)) {
                spec = spec.with(setting.getKey().substring(dot + 1), plain(setting.getValue()));
            }
        }
        int own = stepsOf(spec);
        return steps == 0 || own == 0 ? spec : spec.with("steps", Math.min(steps, own));
    }

    private static Object plain(String value) {
        return value.matches("-?\\d{1,9}") ? Integer.valueOf(value) : value;
    }

    /** The number of steps of an attack all of whose steps are alike; 0 for DeepFool. */
    static int stepsOf(AttackSpec spec) {
        if (spec instanceof PgdSpec pgd) {
            return pgd.steps();
        }
        if (spec instanceof CwL2Spec cwL2) {
            return cwL2.steps();
        }
        if (spec instanceof CwLinfSpec cwLinf) {
            return cwLinf.steps();
        }
        return spec instanceof PatchSpec patch ? patch.steps() : 0;
    }

    /** How many steps the plain loop is run for. */
    int plainSteps(AttackSpec spec, boolean small) {
        int own = stepsOf(spec);
        boolean abortsByItself = authorsAbort && spec instanceof CwL2Spec;
        int cut = plainSteps >= 0 ? plainSteps : small ? 0 : CUT_STEPS;
        return cut == 0 || abortsByItself ? own : Math.min(cut, own);
    }

    /** How many of {@code count} images the plain loop is run for. */
    int plainImages(AttackSpec spec, boolean small, int count) {
        int cut = plainImages >= 0 ? plainImages : small ? 0 : CUT_IMAGES;
        return cut == 0 || !(spec instanceof DeepFoolSpec) ? count : Math.min(cut, count);
    }
}

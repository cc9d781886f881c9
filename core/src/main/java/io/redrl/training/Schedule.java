package io.redrl.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.redrl.base.Checks;
import java.util.List;

/** A learning rate as a function of how far training is. In JSON and YAML the property {@code kind} names the case. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Schedule.Constant.class, name = "constant"),
    @JsonSubTypes.Type(value = Schedule.StepDecay.class, name = "step-decay"),
    @JsonSubTypes.Type(value = Schedule.OneCycle.class, name = "one-cycle"),
    @JsonSubTypes.Type(value = Schedule.WarmUpSteps.class, name = "warm-up-steps"),
    @JsonSubTypes.Type(value = Schedule.WarmUpCosine.class, name = "warm-up-cosine")
})
public sealed interface Schedule {

    /**
     * The learning rate.
     *
     * @param epochsDone epochs done so far, with fractions: step s of n in epoch e is at {@code e + s/n}
     * @param totalEpochs the length of the whole training
     */
    double at(double epochsDone, double totalEpochs);

    /**
     * The same rate throughout.
     *
     * @param rate the learning rate
     */
    record Constant(double rate) implements Schedule {
        /** Checks the rate. */
        public Constant {
            Checks.positive("rate", rate);
        }

        @Override
        public double at(double epochsDone, double totalEpochs) {
            return rate;
        }
    }

    /**
     * A rate that is multiplied by {@code factor} at each milestone.
     *
     * @param rate the first learning rate
     * @param milestones epochs, ascending
     * @param factor in (0, 1]
     */
    record StepDecay(double rate, List<Integer> milestones, double factor) implements Schedule {
        /** Checks and copies. */
        public StepDecay {
            Checks.positive("rate", rate);
            milestones = ascending(milestones);
            Checks.require(factor > 0 && factor <= 1, "factor must be in (0, 1], got %s", factor);
        }

        @Override
        public double at(double epochsDone, double totalEpochs) {
            return rate * decay(epochsDone, milestones, factor);
        }
    }

    /**
     * Linear from {@code peak · start} up to {@code peak}, then linear down to {@code peak · end} (Smith and Topin,
     * 2019, "Super-Convergence"; without their cycling of the momentum).
     *
     * @param peak the highest rate
     * @param rise the part of the training that goes up, in (0, 1)
     * @param start first rate as a part of the peak, in [0, 1]
     * @param end last rate as a part of the peak, in [0, 1]
     */
    record OneCycle(double peak, double rise, double start, double end) implements Schedule {
        /** Checks ranges. */
        public OneCycle {
            Checks.positive("peak", peak);
            Checks.require(rise > 0 && rise < 1, "rise must be in (0, 1), got %s", rise);
            Checks.inRange("start", start, 0, 1);
            Checks.inRange("end", end, 0, 1);
        }

        @Override
        public double at(double epochsDone, double totalEpochs) {
            double t = Math.min(1, epochsDone / totalEpochs);
            return t < rise
                    ? peak * (start + (1 - start) * t / rise)
                    : peak * (1 - (1 - end) * (t - rise) / (1 - rise));
        }
    }

    /**
     * Linear warm-up from {@code rate · warmUpFactor} to {@code rate}, multiplied by {@code factor} at each milestone.
     *
     * @param rate the learning rate after warm-up
     * @param warmUpEpochs length of the warm-up, from 0
     * @param warmUpFactor the first rate as a part of {@code rate}, in [0, 1]
     * @param milestones epochs, ascending
     * @param factor in (0, 1]
     */
    record WarmUpSteps(double rate, double warmUpEpochs, double warmUpFactor, List<Integer> milestones, double factor)
            implements Schedule {
        /** Checks and copies. */
        public WarmUpSteps {
            Checks.positive("rate", rate);
            Checks.inRange("warm-up-epochs", warmUpEpochs, 0, 1e6);
            Checks.inRange("warm-up-factor", warmUpFactor, 0, 1);
            milestones = ascending(milestones);
            Checks.require(factor > 0 && factor <= 1, "factor must be in (0, 1], got %s", factor);
        }

        @Override
        public double at(double epochsDone, double totalEpochs) {
            return rate * ramp(epochsDone, warmUpEpochs, warmUpFactor) * decay(epochsDone, milestones, factor);
        }
    }

    /**
     * Linear warm-up from {@code rate · warmUpFactor} to {@code rate}, then half a cosine down to {@code rate · end}.
     *
     * @param rate the highest learning rate
     * @param warmUp the part of the training that goes up, in [0, 1)
     * @param warmUpFactor the first rate as a part of {@code rate}, in [0, 1]
     * @param end the last rate as a part of {@code rate}, in [0, 1]
     */
    record WarmUpCosine(double rate, double warmUp, double warmUpFactor, double end) implements Schedule {
        /** Checks ranges. */
        public WarmUpCosine {
            Checks.positive("rate", rate);
            Checks.require(warmUp >= 0 && warmUp < 1, "warm-up must be in [0, 1), got %s", warmUp);
            Checks.inRange("warm-up-factor", warmUpFactor, 0, 1);
            Checks.inRange("end", end, 0, 1);
        }

        @Override
        public double at(double epochsDone, double totalEpochs) {
            double t = Math.min(1, epochsDone / totalEpochs);
            if (t < warmUp) {
                return rate * ramp(t, warmUp, warmUpFactor);
            }
            double down = (t - warmUp) / (1 - warmUp);
            return rate * (end + (1 - end) * (1 + Math.cos(Math.PI * down)) / 2);
        }
    }

    private static double ramp(double done, double length, double first) {
        return done >= length ? 1 : first + (1 - first) * done / length;
    }

    private static double decay(double epochsDone, List<Integer> milestones, double factor) {
        long passed = milestones.stream().filter(m -> epochsDone >= m).count();
        return Math.pow(factor, (double) passed);
    }

    private static List<Integer> ascending(List<Integer> milestones) {
        for (int i = 1; i < milestones.size(); i++) {
            Checks.require(milestones.get(i - 1) < milestones.get(i), "milestones must ascend, got %s", milestones);
        }
        return List.copyOf(milestones);
    }
}

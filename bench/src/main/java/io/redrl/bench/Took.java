package io.redrl.bench;

import com.sun.management.OperatingSystemMXBean;
import io.redrl.stats.OrderStatistics;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Time of a piece of work.
 *
 * @param seconds by the clock
 * @param cpuSeconds of all threads of this process on the processor, LibTorch's too: other processes change it less
 */
record Took(double seconds, double cpuSeconds) {
    /** A reading of both clocks, which only differences make sense of. */
    static Took now() {
        long cpu =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
        return new Took(System.nanoTime() / 1e9, cpu / 1e9);
    }

    /** The time since this reading. */
    Took untilNow() {
        Took now = now();
        return new Took(now.seconds - seconds, now.cpuSeconds - cpuSeconds);
    }

    /** One after the other. */
    Took plus(Took other) {
        return new Took(seconds + other.seconds, cpuSeconds + other.cpuSeconds);
    }

    /** The median of either time. */
    static Took median(List<Took> repeats) {
        return new Took(
                OrderStatistics.median(
                        repeats.stream().mapToDouble(Took::seconds).toArray()),
                OrderStatistics.median(
                        repeats.stream().mapToDouble(Took::cpuSeconds).toArray()));
    }
}

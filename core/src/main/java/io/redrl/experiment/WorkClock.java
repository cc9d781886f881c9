package io.redrl.experiment;

import com.sun.management.OperatingSystemMXBean;
import io.redrl.tensor.Lanes;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * How long work takes when the machine does nothing else: processor time, since a wall clock beside other work can be wrong
 * by a factor of ten. In a lane it is that of the lane's thread. Work of the thread that made the clock, which may use all
 * threads, counts as if they shared it evenly, and as no less than the thread's own part.
 */
final class WorkClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Thread owner = Thread.currentThread();
    private final int lanes = Lanes.count();

    /** A moment of the calling thread. */
    record Moment(long own, long process) {}

    Moment now() {
        return new Moment(THREADS.getCurrentThreadCpuTime(), PROCESS.getProcessCpuTime());
    }

    /** Seconds since a moment of the same thread. */
    double since(Moment begun) {
        Moment now = now();
        double own = (now.own() - begun.own()) / 1e9;
        double process = (now.process() - begun.process()) / 1e9;
        return Thread.currentThread().equals(owner) ? Math.max(own, process / lanes) : own;
    }
}

package io.redrl.bench;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** JMH profiler: processor time of all threads of the process for each operation, which other processes change little. */
public final class CpuTime implements InternalProfiler {
    private Took start = Took.now();

    @Override
    public String getDescription() {
        return "Processor time of all threads for each operation";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        start = Took.now();
    }

    @Override
    @SuppressWarnings("rawtypes") // JMH's own signature
    public Collection<? extends Result> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double milliseconds = 1e3 * start.untilNow().cpuSeconds();
        return List.of(new ScalarResult(
                "cpu", milliseconds / result.getMetadata().getAllOps(), "ms/op", AggregationPolicy.AVG));
    }
}

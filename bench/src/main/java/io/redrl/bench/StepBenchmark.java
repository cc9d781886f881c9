package io.redrl.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** JMH's settings for single steps: tenths of a second to seconds each, in native code that needs little warming up. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(3)
@Warmup(iterations = 1, time = 5)
@Measurement(iterations = 3, time = 5)
public abstract class StepBenchmark {
    /** The side: the plain loop, or ours by precision. */
    public enum Side {
        PLAIN,
        FLOAT32,
        BFLOAT16
    }
}

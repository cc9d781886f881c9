package io.redrl.bench;

import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.saliency.FilterSaliency;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Filter saliency of an image, of a batch of {@value #IMAGES} CIFAR-10 images. Random weights. */
public class SaliencyBenchmark extends StepBenchmark {
    private static final int IMAGES = 64;

    /** Which loop. */
    @Param({"PLAIN", "FLOAT32"})
    public Side side = Side.PLAIN;

    /** The victim's architecture. */
    @Param({"resnet18", "resnet50", "densenet121", "vgg19"})
    public String model = "";

    private PointerScope scope;
    private Subject subject;
    private Supplier<double[][]> saliency;

    /** Makes the networks. */
    @Setup
    public void open() {
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        scope = new PointerScope();
        subject = Subject.random(model, new Seed(7), data);
        Tensor pixels = AttacksCommand.pixels(data, IntStream.range(0, IMAGES).toArray());
        long[] labels = IntStream.range(0, IMAGES).mapToLong(data::label).toArray();
        FilterSaliency ours = FilterSaliency.of(subject.ours());
        saliency = side == Side.PLAIN
                ? () -> PlainSaliency.of(subject.plain(), pixels, labels)
                : () -> ours.of(pixels, labels);
    }

    /** The saliency of the batch. */
    @Benchmark
    @OperationsPerInvocation(IMAGES)
    public Object image() {
        return saliency.get();
    }

    /** Frees the networks. */
    @TearDown
    public void close() {
        subject.close();
        scope.close();
    }
}

package io.redrl.tensor;

import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Java arrays to tensors and back, and the few calls that every package spells the same way. */
public final class Tensors {
    static {
        LibTorch.load();
    }

    private Tensors() {}

    /** A float32 tensor with a copy of {@code values}; joins the caller's scope. */
    public static Tensor floats(float[] values, long... shape) {
        return ComputeDevice.place(Tensor.create(values, shape));
    }

    /** A float64 tensor with a copy of {@code values}; joins the caller's scope. */
    public static Tensor doubles(double[] values, long... shape) {
        return ComputeDevice.place(Tensor.create(values, shape));
    }

    /** An int64 tensor {@code [N]} with a copy of {@code values}; joins the caller's scope. */
    public static Tensor longs(long... values) {
        return ComputeDevice.place(Tensor.create(values, values.length));
    }

    /**
     * Some rows of a table that may be larger than the device's memory: picked where it lies, then brought to the device.
     *
     * @param table {@code [N, …]}
     * @param rows numbers in [0, N)
     * @return {@code [rows, …]} of the table's type, in the caller's scope
     */
    public static Tensor picked(Tensor table, long... rows) {
        return Scopes.scopedNoGrad(() -> {
            Tensor index = Tensor.create(rows, rows.length);
            return ComputeDevice.place(
                    table.index_select(0, table.device().is_cpu() ? index : ComputeDevice.place(index)));
        });
    }

    /**
     * Pixels from bytes: unsigned grey levels divided by 255.
     *
     * @param pixels {@code N·C·H·W} unsigned bytes
     * @param shape {@code N, C, H, W}
     * @return float32 in [0, 1], in the caller's scope
     */
    public static Tensor pixels(byte[] pixels, long... shape) {
        return Scopes.scoped(() -> {
            BytePointer bytes = new BytePointer(pixels);
            Tensor view = torch.from_blob(bytes, shape, new TensorOptions(ScalarType.Byte));
            return ComputeDevice.place(view).to(ScalarType.Float).div(new Scalar(255.0));
        });
    }

    /**
     * Images as a batch.
     *
     * @param images of one shape, at least one
     * @return {@code [N,C,H,W]} float32 in [0, 1], in the caller's scope
     */
    public static Tensor pixels(List<Image> images) {
        ImageShape shape = images.get(0).shape();
        byte[] all = new byte[Math.multiplyExact(images.size(), shape.values())];
        for (int i = 0; i < images.size(); i++) {
            Image image = images.get(i);
            Checks.require(
                    image.shape().equals(shape),
                    "images of one batch must have one shape, got %s and %s",
                    shape,
                    image.shape());
            System.arraycopy(image.pixels(), 0, all, i * shape.values(), shape.values());
        }
        return pixels(all, images.size(), shape.channels(), shape.height(), shape.width());
    }

    /**
     * A batch as images, grey levels {@linkplain #greyLevels rounded half up}.
     *
     * @param batch {@code [N,C,H,W]} float32 in [0, 1]
     */
    public static List<Image> images(Tensor batch) {
        ImageShape shape = new ImageShape((int) batch.size(1), (int) batch.size(2), (int) batch.size(3));
        byte[] levels = greyLevels(batch);
        List<Image> images = new ArrayList<>();
        for (int from = 0; from < levels.length; from += shape.values()) {
            images.add(new Image(shape, Arrays.copyOfRange(levels, from, from + shape.values())));
        }
        return images;
    }

    /**
     * The unsigned grey levels of pixels, rounded half up: {@code floor(255 x + 0.5)}.
     *
     * @param pixels any shape, float32 in [0, 1]
     * @return the bytes in the tensor's logical (row-major) order
     */
    public static byte[] greyLevels(Tensor pixels) {
        return Scopes.valuedNoGrad(() -> {
            Tensor bytes = pixels.detach()
                    .mul(new Scalar(255.0))
                    .add(new Scalar(0.5))
                    .floor()
                    .clamp(scalar(0), scalar(255))
                    .to(ScalarType.Byte)
                    .cpu()
                    .contiguous();
            byte[] result = new byte[Math.toIntExact(bytes.numel())];
            new BytePointer(bytes.data_ptr()).get(result);
            return result;
        });
    }

    /** The pixels that 8-bit storage would give back: rounded half up to multiples of 1/255; caller's scope. */
    public static Tensor rounded(Tensor pixels) {
        return Scopes.scopedNoGrad(() -> pixels.detach()
                .mul(new Scalar(255.0))
                .add(new Scalar(0.5))
                .floor()
                .clamp(scalar(0), scalar(255))
                .div(new Scalar(255.0)));
    }

    /** Pixels cut to 8 bits, {@code floor(255 x)} in float32, as multiples of 1/255; caller's scope. */
    public static Tensor truncated(Tensor pixels) {
        return Scopes.scopedNoGrad(() -> pixels.detach()
                .mul(new Scalar(255.0))
                .floor()
                .clamp(scalar(0), scalar(255))
                .div(new Scalar(255.0)));
    }

    /** The values of a floating-point tensor in row-major order, as doubles. */
    public static double[] toDoubles(Tensor tensor) {
        return Scopes.valuedNoGrad(() -> {
            Tensor plain = tensor.detach().to(ScalarType.Double).cpu().contiguous();
            double[] result = new double[Math.toIntExact(plain.numel())];
            new DoublePointer(plain.data_ptr()).get(result);
            return result;
        });
    }

    /** The values of a floating-point tensor in row-major order. */
    public static float[] toFloats(Tensor tensor) {
        return Scopes.valuedNoGrad(() -> {
            Tensor plain = tensor.detach().to(ScalarType.Float).cpu().contiguous();
            float[] result = new float[Math.toIntExact(plain.numel())];
            new FloatPointer(plain.data_ptr()).get(result);
            return result;
        });
    }

    /** The values of an integer or boolean tensor in row-major order. */
    public static long[] toLongs(Tensor tensor) {
        return Scopes.valuedNoGrad(() -> {
            Tensor plain = tensor.detach().to(ScalarType.Long).cpu().contiguous();
            long[] result = new long[Math.toIntExact(plain.numel())];
            new LongPointer(plain.data_ptr()).get(result);
            return result;
        });
    }

    /** The index of the largest value in each row of {@code [N,K]}. */
    public static long[] argmax(Tensor rows) {
        return Scopes.valuedNoGrad(
                () -> toLongs(rows.detach().argmax(new org.bytedeco.pytorch.LongOptional(1), false)));
    }

    /** The sizes of a tensor. */
    public static long[] shape(Tensor tensor) {
        return tensor.shape();
    }

    /** A clamp bound. */
    public static ScalarOptional scalar(double value) {
        return new ScalarOptional(new Scalar(value));
    }

    /**
     * The gradient of a scalar (or of a sum over outputs) with respect to one input.
     *
     * @param output a scalar tensor with a graph
     * @param input a tensor that the graph reaches
     * @return same shape as {@code input}, in the caller's scope; the graph is freed
     */
    public static Tensor gradient(Tensor output, Tensor input) {
        return gradient(output, input, false);
    }

    /** Like {@link #gradient(Tensor, Tensor)}, and keeps the graph for another call when {@code retainGraph}. */
    public static Tensor gradient(Tensor output, Tensor input, boolean retainGraph) {
        // The vector's element is a view into the vector: without a copy of the handle it would die with it.
        return Scopes.scoped(() -> writable(new Tensor(torch.grad(
                        new TensorVector(output),
                        new TensorVector(input),
                        new TensorVector(),
                        new BoolOptional(retainGraph),
                        false,
                        false)
                .get(0))));
    }

    /** The gradient, copied where its elements share memory: of a network whose answer does not depend on the image it is one expanded zero. */
    private static Tensor writable(Tensor gradient) {
        return gradient.is_non_overlapping_and_dense() ? gradient : gradient.contiguous();
    }

    /**
     * The gradients of a scalar with respect to several inputs in one backward pass.
     *
     * @param recorded whether they get a graph of their own, to be derived again; otherwise the graph is freed
     * @return one for each input, in the caller's scope
     */
    public static List<Tensor> gradients(Tensor output, List<Tensor> inputs, boolean recorded) {
        TensorVector gradients = torch.grad(
                new TensorVector(output),
                new TensorVector(inputs.toArray(Tensor[]::new)),
                new TensorVector(),
                new BoolOptional(recorded),
                recorded,
                false);
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> new Tensor(gradients.get(i)))
                .toList();
    }

    /** Uniform numbers in [0, 1) that depend on {@code seed} alone; float32, caller's scope. */
    public static Tensor uniform(Seed seed, long... shape) {
        return Scopes.scoped(() -> ComputeDevice.place(torch.torch_rand(
                shape,
                new GeneratorOptional(torch.make_generator_cpu(seed.value())),
                new TensorOptions(ScalarType.Float))));
    }

    /** Standard normal numbers that depend on {@code seed} alone; float32, caller's scope. */
    public static Tensor normal(Seed seed, long... shape) {
        return Scopes.scoped(() -> ComputeDevice.place(torch.torch_randn(
                shape,
                new GeneratorOptional(torch.make_generator_cpu(seed.value())),
                new TensorOptions(ScalarType.Float))));
    }
}

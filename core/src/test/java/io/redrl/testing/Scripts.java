package io.redrl.testing;

import io.redrl.base.Seed;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** TorchScript files of untrained networks, as people export them. */
public final class Scripts {
    private Scripts() {}

    /**
     * Writes a module: a convolution {@code self.c} [8,3,3,3] and its batch norm {@code self.g}, {@code self.b}, {@code self.m},
     * {@code self.v}, linear layers {@code self.l} [classes, 8] and {@code self.f} [classes, 8·16·16], and these methods.
     *
     * <ul>
     *   <li>{@code features(x)}: convolution with stride 2, batch norm, ReLU, {@code [N,8,H/2,W/2]};
     *   <li>{@code pooled(x)}: {@code [N,classes]} after global pooling, for images of any size;
     *   <li>{@code flat(x)}: {@code [N,classes]} for 32×32 only.
     * </ul>
     *
     * @param methods further methods, one of which is {@code forward}
     * @return {@code file}
     */
    public static Path write(Path file, int classes, String methods) {
        return write(file, classes, methods, module -> {});
    }

    /** The same, changed before it is written. */
    public static Path write(Path file, int classes, String methods, Consumer<JitModule> change) {
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Made"));
            module.register_parameter("c", normal("c", 0.4, 8, 3, 3, 3), false);
            module.register_parameter("g", Tensors.uniform(new Seed(5), 8).add(new Scalar(0.5)), false);
            module.register_parameter("b", normal("b", 0.2, 8), false);
            module.register_buffer("m", normal("m", 0.2, 8));
            module.register_buffer("v", Tensors.uniform(new Seed(6), 8).add(new Scalar(0.5)));
            module.register_parameter("l", normal("l", 2, classes, 8), false);
            module.register_parameter("f", normal("f", 0.1, classes, 8 * 16 * 16), false);
            module.define("""
                    def features(self, x):
                        y = torch.conv2d(x, self.c, None, [2, 2], [1, 1])
                        return torch.relu(torch.batch_norm(y, self.g, self.b, self.m, self.v, False, 0.1, 1e-5, False))
                    def pooled(self, x):
                        return torch.linear(torch.mean(self.features(x), [2, 3]), self.l)
                    def flat(self, x):
                        return torch.linear(torch.flatten(self.features(x), 1), self.f)
                    """ + methods);
            change.accept(module);
            module.save(file.toString());
        }
        return file;
    }

    /** Stores weights as another type. */
    public static void convert(JitModule module, ScalarType type) {
        module.to(type);
    }

    private static Tensor normal(String name, double deviation, long... shape) {
        return Tensors.normal(new Seed(4).child(name), shape).mul(new Scalar(deviation));
    }
}

package io.redrl.model;

import io.redrl.base.Checksums;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import io.redrl.tensor.LibTorch;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.named_parameter_iterator;
import org.bytedeco.pytorch.named_parameter_list;
import org.bytedeco.pytorch.parameter_iterator;
import org.bytedeco.pytorch.parameter_list;

/**
 * A TorchScript file as a victim: a scripted or traced module that takes pixels {@code [N,3,H,W]} in [0, 1],
 * normalisation inside, and returns logits {@code [N,K]}.
 */
public final class TorchScriptClassifier implements Classifier {
    static {
        LibTorch.load();
    }

    private static final List<Integer> SIZES = List.of(32, 64);

    private final String id;
    private final JitModule module;
    private final ImageShape input;
    private final int classes;
    private final String checksum;

    private TorchScriptClassifier(String id, JitModule module, ImageShape input, int classes, String checksum) {
        this.id = id;
        this.module = module;
        this.input = input;
        this.classes = classes;
        this.checksum = checksum;
    }

    /**
     * Opens a file; K and the size of image (32×32, else 64×64) are found by running it.
     *
     * @return the victim, named after the file up to its first dot; the caller closes it
     * @throws RedrlException if the file is missing, cut, of another kind, or does not classify images
     */
    public static TorchScriptClassifier open(Path file) {
        return open(file, SIZES.stream().map(ImageShape::square).toList());
    }

    /**
     * Opens a file that takes images of a certain size; only K is found by running it. Many networks take any size, and
     * nothing in the file tells on which they were trained.
     *
     * @return the victim, named after the file up to its first dot; the caller closes it
     * @throws RedrlException if the file is missing, cut, of another kind, or does not classify images of that size
     */
    public static TorchScriptClassifier open(Path file, ImageShape input) {
        return open(file, List.of(input));
    }

    private static TorchScriptClassifier open(Path file, List<ImageShape> sizes) {
        if (!Files.isRegularFile(file)) {
            throw new RedrlException("No such model file: " + file);
        }
        JitModule module = load(file);
        try {
            for (ImageShape size : sizes) {
                int classes = classes(module, size);
                if (classes > 0) {
                    String name = String.valueOf(file.getFileName());
                    String id = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
                    return new TorchScriptClassifier(id, module, size, classes, Checksums.of(file));
                }
            }
        } catch (RuntimeException e) {
            module.close();
            throw e;
        }
        module.close();
        String tried = sizes.stream()
                .map(size -> "[N,%d,%d,%d]".formatted(size.channels(), size.height(), size.width()))
                .collect(Collectors.joining(" or "));
        throw new RedrlException(file + " does not classify images: it was expected to turn " + tried
                + " pixels in [0, 1] into [N,K] logits. If it takes images of another size, say which (--input-size of"
                + " redrl attack).");
    }

    private static JitModule load(Path file) {
        try {
            JitModule module = Scopes.owned(torch.load(file.toString()));
            module.eval();
            Scopes.run(() -> {
                parameter_list parameters = module.parameters();
                parameter_iterator end = parameters.end();
                for (parameter_iterator at = parameters.begin(); at.notEquals(end); at.increment()) {
                    at.multiply().requires_grad_(false);
                }
            });
            return module;
        } catch (RuntimeException e) {
            throw new RedrlException(
                    file + " could not be read as TorchScript: it " + ModelFileKind.describe(file)
                            + ". Export it with torch.jit.script or torch.jit.trace, or fetch it again.",
                    e);
        }
    }

    /** K for images of {@code size}, or 0 if the module does not take them. */
    private static int classes(JitModule module, ImageShape size) {
        try {
            return Scopes.valuedNoGrad(() -> {
                long[] shape = Tensors.shape(run(
                        module,
                        torch.zeros(
                                new long[] {2, size.channels(), size.height(), size.width()},
                                Tensors.floats(new float[1], 1).options())));
                return shape.length == 2 && shape[0] == 2 ? Math.toIntExact(shape[1]) : 0;
            });
        } catch (RuntimeException e) {
            return 0;
        }
    }

    private static Tensor run(JitModule module, Tensor images) {
        // toTensor gives a reference into the IValue; the copy of the handle outlives it.
        return Scopes.scoped(() ->
                new Tensor(module.forward(new IValueVector(new IValue(images))).toTensor()));
    }

    /**
     * The weights of its convolutions, in the order of the module: all parameters with four dimensions, by name without
     * {@code .weight}; handles in the caller's scope onto the module's own memory. Empty where the file was frozen, which
     * makes constants of them.
     */
    public Map<String, Tensor> filters() {
        Map<String, Tensor> filters = new LinkedHashMap<>();
        named_parameter_list parameters = module.named_parameters();
        named_parameter_iterator end = parameters.end();
        for (named_parameter_iterator at = parameters.begin(); at.notEquals(end); at.increment()) {
            Tensor parameter = new Tensor(at.multiply().value());
            if (parameter.dim() == 4) {
                filters.put(at.multiply().name().getString().replaceFirst("\\.weight$", ""), parameter);
            }
        }
        return filters;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public ImageShape input() {
        return input;
    }

    @Override
    public Tensor logits(Tensor images) {
        Victims.requireImages(this, images);
        return run(module, images);
    }

    @Override
    public String checksum() {
        return checksum;
    }

    @Override
    public void close() {
        module.close();
    }
}

package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import io.redrl.tensor.PickledWeights;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/** Weights that were trained elsewhere, made a model folder: torchvision's forms and their CIFAR forms, from safetensors or state dicts. */
public final class VictimImport {
    private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> STD = List.of(0.229, 0.224, 0.225);

    private VictimImport() {}

    /**
     * Writes a model folder.
     *
     * @param model such as {@code resnet50} or {@code vgg16_bn}; which form of it, the weights tell
     * @param weights a safetensors file or a {@code .pth} state dict
     * @param settings size, normalisation and class names; without them 224×224 for photographs' forms and 32×32 for CIFAR's,
     *     ImageNet's mean and deviation, and numbers for names
     * @return the card
     * @throws RedrlException if the model is unknown or the weights are not its own; the folder is as it was
     */
    public static ModelCard write(String model, Path weights, ScriptSettings settings, Path folder) {
        Checks.require(settings.output().isEmpty(), "a model folder has one output only");
        Checks.require(
                !Files.exists(folder.resolve(ModelCard.FILE)),
                "%s has a model already: name another folder, or remove it",
                folder);
        return Scopes.valued(() -> {
            Map<String, Tensor> state = renamed(read(weights));
            String form = form(model, state);
            int classes = classes(state, weights);
            Checks.require(
                    settings.classNames().isEmpty() || settings.classNames().size() == classes,
                    "%s has %d classes, but %d names of classes are given",
                    weights,
                    classes,
                    settings.classNames().size());
            try (Network network = VictimCatalog.named(form).constructor().apply(classes)) {
                Weights.load(network, state, weights + " (as " + form + ")");
                Path to = folder.resolve(ModelCard.WEIGHTS);
                Weights.save(network, to);
                ModelCard card = card(network, form, classes, weights, to, settings);
                Json.write(folder.resolve(ModelCard.FILE), card);
                return card;
            }
        });
    }

    private static ModelCard card(
            Network network, String form, int classes, Path weights, Path written, ScriptSettings settings) {
        boolean large = form.endsWith(VictimCatalog.LARGE);
        List<String> names = settings.classNames().isEmpty()
                ? IntStream.range(0, classes).mapToObj(Integer::toString).toList()
                : settings.classNames();
        Map<String, String> origin =
                Map.of("imported-from", String.valueOf(weights.getFileName()), "sha256", Checksums.of(weights));
        return new ModelCard(
                form,
                "imported",
                "unknown",
                names,
                settings.input().orElse(ImageShape.square(large ? 224 : 32)),
                settings.mean().isEmpty() ? MEAN : settings.mean(),
                settings.std().isEmpty() ? STD : settings.std(),
                Json.parse(Json.line(origin), JsonNode.class, "origin"),
                0,
                "not measured",
                0,
                0,
                0,
                0,
                Weights.parameterCount(network),
                Checksums.of(written),
                Map.of());
    }

    private static Map<String, Tensor> read(Path file) {
        Checks.require(Files.isRegularFile(file), "no such weights file: %s", file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(9);
            boolean safetensors = head.length == 9 && head[8] == '{';
            return safetensors ? Safetensors.read(file) : PickledWeights.read(file);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    /** Without what data parallelism puts before names, as float32, and with torchvision's names for other authors'. */
    private static Map<String, Tensor> renamed(Map<String, Tensor> state) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        state.forEach((name, tensor) -> {
            String plain = name.replaceFirst("^(?:module\\.|model\\.|_orig_mod\\.)+", "")
                    .replaceFirst("\\.shortcut\\.", ".downsample.")
                    .replaceFirst("(denselayer\\d+\\.(?:norm|conv))\\.([12])\\.", "$1$2.")
                    .replaceFirst("^linear\\.", "fc.");
            renamed.put(plain, tensor.is_floating_point() ? tensor.to(ScalarType.Float) : tensor);
        });
        return renamed;
    }

    /** Which form of a model the first convolution and the last layers are of. */
    private static String form(String model, Map<String, Tensor> state) {
        Tensor stem =
                state.containsKey("conv1.weight") ? state.get("conv1.weight") : state.get("features.conv0.weight");
        boolean large =
                (stem != null && stem.dim() == 4 && stem.size(2) == 7) || state.containsKey("classifier.6.weight");
        String name = model.replaceFirst("^(resnext\\d+)_(?:32x4d|32x8d)$", "$1");
        if (!large && name.endsWith("_bn")) {
            name = name.replace("_bn", "");
        }
        return large && !name.endsWith(VictimCatalog.LARGE) ? name + VictimCatalog.LARGE : name;
    }

    private static int classes(Map<String, Tensor> state, Path file) {
        for (String last : List.of("fc.weight", "classifier.weight", "classifier.6.weight")) {
            Tensor tensor = state.get(last);
            if (tensor != null && tensor.dim() == 2) {
                return Checks.inRange(
                        "number of classes", (int) Math.min(tensor.size(0), Integer.MAX_VALUE), 2, 1 << 15);
            }
        }
        throw new RedrlException(
                file + " has no last layer (fc, classifier or classifier.6): it is of no model known here");
    }
}

package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import io.redrl.model.ScriptCall.Normalisation;
import io.redrl.tensor.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.named_parameter_iterator;
import org.bytedeco.pytorch.named_parameter_list;
import org.jspecify.annotations.Nullable;

/**
 * A TorchScript file as a victim: a scripted or traced module that takes pixels in [0, 1] of one size and returns logits. How it
 * is called is found out by calling it (see {@link #remarks()}): outputs in tuples and dictionaries, {@code [N,K,1,1]}, colour as
 * the last axis, a fixed number of images, weights in float16, files saved on a GPU.
 *
 * <p>It runs frozen, batch norm folded and channels last, where that changes no logit by more than 1e-4; directions are looked for with
 * weights in bfloat16 where that leaves gradients nearly as they are.
 */
public final class TorchScriptClassifier implements Classifier {
    private final Path file;
    private final ScriptSettings settings;
    private final ScriptProbe.Found found;
    private final String checksum;
    private final @Nullable Normalisation normalisation;
    private final List<String> remarks;
    /** As {@link #logits} runs it. */
    private final JitModule module;

    private final boolean channelsLast;
    private final boolean frozen;
    /** In bfloat16; made when first asked for, if it does no harm. */
    private @Nullable JitModule halves;
    /** As it is in the file, opened when somebody asks for its filters. */
    private @Nullable JitModule untouched;
    /** Whether low precision does no harm, once that is known. */
    private @Nullable Boolean lowPrecision;

    private TorchScriptClassifier(
            Path file,
            ScriptSettings settings,
            ScriptProbe.Found found,
            @Nullable Normalisation normalisation,
            List<String> remarks,
            ScriptTuning.Tuned tuned) {
        this.file = file;
        this.settings = settings;
        this.found = found;
        this.normalisation = normalisation;
        this.remarks = remarks;
        this.module = tuned.module();
        this.channelsLast = tuned.channelsLast();
        this.frozen = tuned.frozen();
        String own = Checksums.of(file);
        this.checksum = settings.changesAnswers() ? Checksums.of(own + " " + settings.text()) : own;
    }

    /**
     * Opens a file that takes one size of image only; it is found by trying.
     *
     * @return the victim, named after the file up to its first dot; the caller closes it
     * @throws RedrlException if the file is missing, cut or of another kind, does not classify images, or takes any size
     */
    public static TorchScriptClassifier open(Path file) {
        return open(file, ScriptSettings.NONE, Optional.empty());
    }

    /**
     * Opens a file that takes images of a certain size. Many networks take any size, and nothing in the file tells on which they
     * were trained.
     *
     * @return the victim, named after the file up to its first dot; the caller closes it
     * @throws RedrlException if the file is missing, cut or of another kind, or does not classify images of that size
     */
    public static TorchScriptClassifier open(Path file, ImageShape input) {
        return open(file, ScriptSettings.NONE.withInput(input), Optional.empty());
    }

    /**
     * Opens a file.
     *
     * @param settings what the file does not tell
     * @param images the size of the images that it is to be used on, if that is known: taken for its own where nobody says
     *     another and the network takes it
     * @return the victim, named after the file up to its first dot; the caller closes it
     * @throws RedrlException if the file is missing, cut or of another kind, does not classify images, or takes any size and
     *     none is known. The message says what came out of it, or what it said itself
     */
    public static TorchScriptClassifier open(Path file, ScriptSettings settings, Optional<ImageShape> images) {
        Normalisation normalisation = settings.mean().isEmpty() ? null : ScriptCall.normalisation(settings);
        JitModule module = ScriptFile.load(file);
        try {
            ScriptProbe.Found found;
            List<String> remarks = new ArrayList<>();
            List<String> types = ScriptFile.toFloat32(module);
            try {
                found = ScriptProbe.find(module, normalisation, settings, images, ScalarType.Float);
                types.forEach(type -> remarks.add("has weights in " + type + ": it is computed in float32"));
            } catch (RedrlException inFloat32) {
                if (types.isEmpty()) {
                    throw inFloat32;
                }
                module.close();
                module = ScriptFile.load(file);
                found = inItsOwnType(module, normalisation, settings, images, inFloat32);
                remarks.add("is computed in " + types.get(0) + ", for it does not run in float32");
            }
            remarks.addAll(found.remarks());
            mixing(module, found, normalisation).ifPresent(remarks::add);
            checkClassNames(file, settings, found);
            ScriptCall call = found.call();
            ScriptTuning.Tuned tuned =
                    ScriptTuning.tuned(module, () -> fresh(file, call.type()), call, normalisation, found.size());
            if (tuned.frozen()) {
                module.close();
            }
            return new TorchScriptClassifier(file, settings, found, normalisation, remarks, tuned);
        } catch (RedrlException e) {
            module.close();
            if (normalisation != null) {
                normalisation.close();
            }
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(file.toString())
                    ? e
                    : new RedrlException(
                            file + " cannot be used as a victim, which takes images [N,3,H,W] and gives logits"
                                    + " [N,classes]: it " + message + ".",
                            e);
        }
    }

    private static ScriptProbe.Found inItsOwnType(
            JitModule module,
            @Nullable Normalisation normalisation,
            ScriptSettings settings,
            Optional<ImageShape> images,
            RedrlException inFloat32) {
        for (ScalarType type : List.of(ScriptFile.type(module), ScalarType.Float)) {
            try {
                return ScriptProbe.find(module, normalisation, settings, images, type);
            } catch (RedrlException e) {
                // What it said in float32 is what its user is told.
            }
        }
        throw inFloat32;
    }

    /** Whether an image's logits depend on what else is in its batch. */
    private static Optional<String> mixing(
            JitModule module, ScriptProbe.Found found, @Nullable Normalisation normalisation) {
        return Scopes.valuedNoGrad(() -> {
            Tensor images = ScriptProbe.noise(4, found.size());
            Tensor all = found.call().logits(module, normalisation, images);
            Tensor again = found.call().logits(module, normalisation, images);
            Tensor some = found.call().logits(module, normalisation, images.narrow(0, 0, 2));
            double size = Math.max(all.abs().max().item_double(), 1e-12);
            double change = all.narrow(0, 0, 2).sub(some).abs().max().item_double() / size;
            return all.equal(again) && change > 1e-3
                    ? Optional.of(String.format(
                            Locale.ROOT,
                            "gives an image other logits when other images are in its batch (by up to %.2g of the largest):"
                                    + " its batch norm is in training mode. Results depend on the batch; call eval() before"
                                    + " exporting it",
                            change))
                    : Optional.empty();
        });
    }

    private static void checkClassNames(Path file, ScriptSettings settings, ScriptProbe.Found found) {
        int names = settings.classNames().size();
        Checks.require(
                names == 0 || names == found.classes(),
                "%s knows %d classes, but %d names of classes are given",
                file,
                found.classes(),
                names);
    }

    /**
     * The weights of its convolutions, in the order of the module: all parameters with four dimensions, by name without
     * {@code .weight}; handles in the caller's scope onto the module's own memory. Empty where the file was frozen, which
     * makes constants of them.
     */
    public Map<String, Tensor> filters() {
        Map<String, Tensor> filters = new LinkedHashMap<>();
        named_parameter_list parameters = untouched().named_parameters();
        named_parameter_iterator end = parameters.end();
        for (named_parameter_iterator at = parameters.begin(); at.notEquals(end); at.increment()) {
            Tensor parameter = new Tensor(at.multiply().value());
            if (parameter.dim() == 4) {
                filters.put(at.multiply().name().getString().replaceFirst("\\.weight$", ""), parameter);
            }
        }
        return filters;
    }

    /** Logits by way of the {@link #filters()}, with a graph to those that record gradients; see {@link #logits}. */
    public Tensor logitsThroughFilters(Tensor images) {
        Victims.requireImages(this, images);
        return found.call().logits(untouched(), normalisation, images);
    }

    private synchronized JitModule untouched() {
        if (untouched == null) {
            untouched = fresh(file, found.call().type());
        }
        return untouched;
    }

    /** As it is in the file, but for the type of its numbers; never run. */
    private static JitModule fresh(Path file, ScalarType type) {
        JitModule loaded = ScriptFile.load(file);
        if (type == ScalarType.Float) {
            ScriptFile.toFloat32(loaded);
        }
        return loaded;
    }

    /** Whether it runs frozen and folded. */
    boolean isFrozen() {
        return frozen;
    }

    @Override
    public String id() {
        String name = String.valueOf(file.getFileName());
        return name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
    }

    @Override
    public int classes() {
        return found.classes();
    }

    @Override
    public List<String> classNames() {
        return settings.classNames();
    }

    @Override
    public ImageShape input() {
        return found.size();
    }

    @Override
    public List<String> remarks() {
        return remarks;
    }

    @Override
    public Tensor logits(Tensor images) {
        Victims.requireImages(this, images);
        return run(images);
    }

    private Tensor run(Tensor images) {
        return found.call().logits(module, normalisation, ScriptTuning.ordered(images, channelsLast));
    }

    /** {@inheritDoc} Not where it would change gradients or answers by much: that is tried on a few images when first asked. */
    @Override
    public synchronized boolean hasLowPrecision() {
        if (lowPrecision == null) {
            boolean possible = frozen && found.call().type() == ScalarType.Float;
            JitModule made = possible ? ScriptTuning.halved(() -> fresh(file, ScalarType.Float), channelsLast) : null;
            lowPrecision = made != null
                    && ScriptTuning.bearsLowPrecision(this::run, images -> lowPrecision(made, images), input());
            if (lowPrecision) {
                halves = made;
            } else if (made != null) {
                made.close();
            }
        }
        return lowPrecision;
    }

    @Override
    public Tensor lowPrecisionLogits(Tensor images) {
        Victims.requireImages(this, images);
        return hasLowPrecision() && halves != null ? lowPrecision(halves, images) : run(images);
    }

    private Tensor lowPrecision(JitModule rounded, Tensor images) {
        return found.call()
                .in(ScalarType.BFloat16)
                .logits(rounded, normalisation, ScriptTuning.ordered(images, channelsLast));
    }

    @Override
    public String checksum() {
        return checksum;
    }

    @Override
    public void close() {
        module.close();
        if (halves != null) {
            halves.close();
        }
        if (untouched != null) {
            untouched.close();
        }
        if (normalisation != null) {
            normalisation.close();
        }
    }
}

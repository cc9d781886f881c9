package io.redrl.model;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.model.ScriptCall.Answer;
import io.redrl.model.ScriptCall.Normalisation;
import io.redrl.model.ScriptValues.Leaf;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** Finds out how a TorchScript module is to be called, by calling it with noise. */
final class ScriptProbe {
    /** So many images that no export with a single one fits by chance. */
    private static final int SOME = 3;

    /** Tried where nobody says a size: the usual ones first. */
    private static final List<Integer> SIZES = List.of(
            32, 64, 224, 28, 96, 128, 299, 48, 56, 84, 112, 160, 192, 227, 240, 256, 260, 288, 300, 320, 331, 336, 380,
            384, 448, 456, 512, 518, 528, 600);

    private static final List<Integer> BATCHES = List.of(1, 2, 4, 8, 16, 32, 64);

    /** Dictionaries' usual names of what is wanted. */
    private static final List<String> LOGITS = List.of("logits", "output", "out", "scores");

    private static final Pattern SHAPE = Pattern.compile("shape '\\[(\\d+)");
    private static final Pattern MISSING = Pattern.compile("missing value for argument '(\\w+)'");

    private final JitModule module;
    private final @Nullable Normalisation normalisation;
    private final Optional<String> wanted;
    private final ScalarType type;

    /** The first refusal at a size that somebody named, or else the first of all. */
    private @Nullable String refusal;

    private boolean hopeless;

    private ScriptProbe(
            JitModule module, @Nullable Normalisation normalisation, Optional<String> wanted, ScalarType type) {
        this.module = module;
        this.normalisation = normalisation;
        this.wanted = wanted;
        this.type = type;
    }

    /**
     * What was found.
     *
     * @param call how to call the module
     * @param size of image
     * @param classes K
     * @param remarks what its user should know, each the end of a sentence that begins with the victim's name
     */
    record Found(ScriptCall call, ImageShape size, int classes, List<String> remarks) {}

    /** How a call with a few images ended: with a call that works, or a reason. */
    private record Tried(
            @Nullable ScriptCall call, int classes, List<String> remarks, String reason, boolean hopeless) {
        static Tried failed(String reason) {
            return new Tried(null, 0, List.of(), reason, false);
        }

        /** No other size or number of images would help. */
        static Tried never(String reason) {
            return new Tried(null, 0, List.of(), reason, true);
        }
    }

    /**
     * Why a tensor cannot be the logits.
     *
     * @param hopeless whether no other size or number of images would help
     */
    private record Unfit(String reason, boolean hopeless) {}

    /**
     * Finds out.
     *
     * @param module in evaluation mode
     * @param normalisation of pixels before it; null for none
     * @param settings what is known
     * @param images the size of the images that it is to be used on, if that is known
     * @param type of the floating-point numbers that it takes
     * @throws RedrlException telling what came out, or what the module said; the end of a sentence that begins with its name
     */
    static Found find(
            JitModule module,
            @Nullable Normalisation normalisation,
            ScriptSettings settings,
            Optional<ImageShape> images,
            ScalarType type) {
        return new ScriptProbe(module, normalisation, settings.output(), type).find(settings.input(), images);
    }

    private Found find(Optional<ImageShape> told, Optional<ImageShape> images) {
        Optional<ImageShape> named = told.or(() -> images);
        if (named.isPresent()) {
            Optional<Found> found = at(named.get(), true);
            if (found.isPresent()) {
                return found.get();
            }
        }
        Optional<Found> own = unasked(named);
        if (own.isPresent() && told.isEmpty()) {
            return own.get();
        }
        throw new RedrlException(refusal
                + own.map(found -> ". It takes images of " + found.size()).orElse(""));
    }

    /** By trying sizes; one that takes two of them takes all. */
    private Optional<Found> unasked(Optional<ImageShape> named) {
        for (int side : SIZES) {
            if (hopeless) {
                break;
            }
            ImageShape size = ImageShape.square(side);
            Optional<Found> found = named.filter(size::equals).isPresent() ? Optional.empty() : at(size, false);
            if (found.isPresent()) {
                for (int other : new int[] {side + 32, 2 * side}) {
                    if (named.isEmpty() && at(ImageShape.square(other), false).isPresent()) {
                        throw new RedrlException("takes images of any size (" + size + " as well as "
                                + ImageShape.square(other) + "), and nothing in the file tells on which it was trained:"
                                + " say so (--input-size of redrl's commands, input-size in experiments)");
                    }
                }
                return found;
            }
        }
        return Optional.empty();
    }

    /** With images of a size, in either order of axes; any number of them, else one fixed number. */
    private Optional<Found> at(ImageShape size, boolean named) {
        String first = null;
        for (boolean colourLast : new boolean[] {false, true}) {
            Tried some = tried(size, SOME, colourLast);
            if (some.call() != null) {
                Tried single = tried(size, 1, colourLast);
                return Optional.of(found(some, size, single.call() == null ? 2 : 1));
            }
            first = first == null ? some.reason() : first;
            if (some.hopeless()) {
                hopeless = true;
                refusal = some.reason();
                return Optional.empty();
            }
            Set<Integer> batches = new LinkedHashSet<>(List.of(1));
            Matcher shape = SHAPE.matcher(some.reason());
            if (shape.find() && shape.group(1).length() < 4) {
                batches.add(Integer.parseInt(shape.group(1)));
            }
            if (named) {
                batches.addAll(BATCHES);
            }
            for (int batch : batches) {
                Tried fixed = tried(size, batch, colourLast);
                if (fixed.call() != null) {
                    return Optional.of(fixed(fixed, size, batch));
                }
            }
        }
        if (refusal == null || named) {
            refusal = first;
        }
        return Optional.empty();
    }

    private static Found fixed(Tried tried, ImageShape size, int batch) {
        ScriptCall call = Objects.requireNonNull(tried.call());
        List<String> remarks = new ArrayList<>(tried.remarks());
        remarks.add("was exported for batches of exactly " + batch + (batch == 1 ? " image" : " images")
                + ": it is called as often as that takes, which is slower");
        return new Found(
                new ScriptCall(call.colourLast(), batch, 1, call.copy(), call.type(), call.output(), call.answer()),
                size,
                tried.classes(),
                remarks);
    }

    private static Found found(Tried tried, ImageShape size, int least) {
        ScriptCall call = Objects.requireNonNull(tried.call());
        return new Found(
                new ScriptCall(call.colourLast(), 0, least, call.copy(), call.type(), call.output(), call.answer()),
                size,
                tried.classes(),
                tried.remarks());
    }

    /** Noise of a size, the same every time; in the caller's scope. */
    static Tensor noise(int n, ImageShape size) {
        return Tensors.uniform(new Seed(0).child("probe"), n, size.channels(), size.height(), size.width());
    }

    private Tried tried(ImageShape size, int n, boolean colourLast) {
        try {
            return Scopes.valuedNoGrad(() -> {
                Tensor images = noise(n, size);
                Tensor normalised = normalisation == null ? images : normalisation.of(images);
                Tensor x = (colourLast ? normalised.permute(0, 2, 3, 1).contiguous() : normalised).to(type);
                Tensor given = x.clone();
                List<Leaf> leaves = ScriptValues.leaves(ScriptCall.run(module, given));
                return looked(leaves, n, colourLast, !given.equal(x));
            });
        } catch (RedrlException e) {
            throw e;
        } catch (RuntimeException e) {
            String said = ScriptValues.said(e);
            Matcher missing = MISSING.matcher(said);
            if (missing.find()) {
                return Tried.never("takes more than images: it also wants '" + missing.group(1)
                        + "'. Wrap it in a module that fills that in, and export that one");
            }
            return Tried.failed("says of " + n + " images of " + size + ": \"" + said + "\"");
        }
    }

    private Tried looked(List<Leaf> leaves, int n, boolean colourLast, boolean writes) {
        if (leaves.isEmpty()) {
            return Tried.never("takes images, but returns no tensor");
        }
        Leaf leaf = wanted.map(name -> named(leaves, name)).orElseGet(() -> likely(leaves, n));
        Optional<Unfit> unfit = unfit(leaf, n);
        if (unfit.isPresent()) {
            String reason = unfit.get().reason();
            return unfit.get().hopeless() ? Tried.never(reason) : Tried.failed(reason);
        }
        List<String> remarks = new ArrayList<>();
        if (leaves.size() > 1 && wanted.isEmpty()) {
            remarks.add("returns " + leaves.size() + " outputs (" + ScriptValues.text(leaves) + "): output "
                    + String.join(".", leaf.path()) + " is taken; --output says otherwise");
        }
        if (colourLast) {
            remarks.add("takes colour as the last axis: images are handed over as [N,H,W,3]");
        }
        int classes = Math.toIntExact(leaf.tensor().numel() / n);
        Answer answer = Answer.LOGITS;
        if (classes == 1) {
            boolean probability = leaf.tensor().ge(new Scalar(0.0)).all().item_bool()
                    && leaf.tensor().le(new Scalar(1.0)).all().item_bool();
            answer = probability ? Answer.ONE_PROBABILITY : Answer.ONE_LOGIT;
            remarks.add("gives one number for an image, which is read as "
                    + (probability ? "the probability of class 1" : "the logit of class 1 against class 0"));
        }
        ScriptCall call = new ScriptCall(colourLast, 0, 1, writes, type, leaf.path(), answer);
        return new Tried(call, Math.max(2, classes), remarks, "", false);
    }

    private static Leaf named(List<Leaf> leaves, String name) {
        boolean nested = leaves.stream().anyMatch(leaf -> leaf.path().size() > 1);
        return leaves.stream()
                .filter(leaf -> String.join(".", leaf.path()).equals(name)
                        || (nested
                                && !leaf.path().isEmpty()
                                && leaf.path().get(0).equals(name))
                        || (leaf.path().isEmpty() && name.equals("0")))
                .findFirst()
                .or(() -> name.matches("\\d{1,6}") && Integer.parseInt(name) < leaves.size()
                        ? Optional.of(leaves.get(Integer.parseInt(name)))
                        : Optional.empty())
                .orElseThrow(() ->
                        new RedrlException("takes no output '" + name + "': it returns " + ScriptValues.text(leaves)));
    }

    /** The one called logits, else the first that can be such, else the first. */
    private static Leaf likely(List<Leaf> leaves, int n) {
        for (String name : LOGITS) {
            for (Leaf leaf : leaves) {
                if (!leaf.path().isEmpty()
                        && leaf.path().get(leaf.path().size() - 1).equals(name)
                        && unfit(leaf, n).isEmpty()) {
                    return leaf;
                }
            }
        }
        return leaves.stream()
                .filter(leaf -> unfit(leaf, n).isEmpty())
                .findFirst()
                .orElse(leaves.get(0));
    }

    /** Why a tensor cannot be the logits of {@code n} images. */
    private static Optional<Unfit> unfit(Leaf leaf, int n) {
        long[] shape = leaf.tensor().shape();
        String came = "takes images, but answers " + n + (n == 1 ? " image" : " images") + " with " + leaf.type();
        boolean single = shape.length == 1 && n == 1 && shape[0] > 1; // squeezed
        boolean perImage = (shape.length >= 1 && shape[0] == n) || single;
        long[] each = single ? shape : Arrays.copyOfRange(shape, Math.min(1, shape.length), shape.length);
        long wide = LongStream.of(each).filter(size -> size > 1).count();
        boolean whole = !leaf.tensor().is_floating_point() || (wide == 0 && isWhole(leaf.tensor()));
        if (whole && perImage && wide == 0) {
            return Optional.of(new Unfit(
                    came + ": classes, where a number for each class is needed. Export it without its argmax", true));
        }
        if (whole) {
            return Optional.of(new Unfit(came + ", where floating-point numbers are needed, one for each class", true));
        }
        if (!perImage || wide > 1 || leaf.tensor().numel() == 0) {
            return Optional.of(new Unfit(
                    came + ", where [" + n + ", classes] is needed"
                            + (shape.length == 4 ? ": a map of scores, or of features?" : ""),
                    false));
        }
        return Optional.empty();
    }

    private static boolean isWhole(Tensor values) {
        return values.sub(values.round()).abs().max().item_double() == 0
                && values.abs().max().item_double() > 0;
    }
}

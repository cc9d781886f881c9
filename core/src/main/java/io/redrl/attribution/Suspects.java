package io.redrl.attribution;

import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import io.redrl.model.Victims;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Victims that may be the attacked one: any number of them, none at all too. Each is asked about images of the sizes that it takes, at
 * those sizes: what an attack leaves does not survive scaling. Not safe for several threads at once.
 */
public final class Suspects implements AutoCloseable {
    /** Sizes for which victims are kept open. */
    private static final int SIZES = 8;

    private final int count;
    private final Function<ImageShape, List<Classifier>> opener;
    private final boolean owned;
    private final Map<ImageShape, List<Classifier>> bySize = new LinkedHashMap<>();

    private Suspects(int count, Function<ImageShape, List<Classifier>> opener, boolean owned) {
        this.count = count;
        this.opener = opener;
        this.owned = owned;
    }

    /** Nobody. */
    public static Suspects none() {
        return of(List.of());
    }

    /**
     * Victims that are open already.
     *
     * @param victims asked about images of their own size only; they stay the caller's
     */
    public static Suspects of(List<? extends Classifier> victims) {
        List<Classifier> all = List.copyOf(victims);
        return new Suspects(
                all.size(),
                shape -> all.stream()
                        .filter(victim -> victim.input().equals(shape))
                        .toList(),
                false);
    }

    /**
     * Victims by name or path, opened when an image of a size comes that they take. Closing this closes them.
     *
     * @param models where they lie by name
     * @param settings what TorchScript files do not tell of themselves
     */
    public static Suspects open(List<String> namesOrPaths, Path models, ScriptSettings settings) {
        List<String> all = List.copyOf(namesOrPaths);
        return new Suspects(
                all.size(),
                shape -> {
                    List<Classifier> open = new ArrayList<>();
                    all.forEach(name ->
                            Victims.loadAt(name, models, settings, shape).ifPresent(open::add));
                    return open;
                },
                true);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** Those that take images of a shape, each once, in an order of their own; they stay open until other sizes were asked for. */
    List<Classifier> at(ImageShape shape) {
        List<Classifier> open = Optional.ofNullable(bySize.remove(shape)).orElseGet(() -> opener.apply(shape));
        bySize.put(shape, open);
        while (bySize.size() > SIZES) {
            ImageShape oldest = bySize.keySet().iterator().next();
            close(Objects.requireNonNull(bySize.remove(oldest)));
        }
        Map<String, Classifier> once = new TreeMap<>();
        open.forEach(victim -> once.putIfAbsent(victim.checksum(), victim));
        return once.values().stream()
                .sorted(Comparator.comparing(Classifier::id))
                .toList();
    }

    private void close(List<Classifier> victims) {
        if (owned) {
            victims.forEach(Classifier::close);
        }
    }

    @Override
    public void close() {
        bySize.values().forEach(this::close);
        bySize.clear();
    }
}

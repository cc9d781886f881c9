package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** A data set whose labels are a victim's: label folders that hold some of its classes, or hold them in another order, mapped by name. */
public final class VictimLabels implements ImageDataset {
    private static final int AMBIGUOUS = -1;

    private final ImageDataset data;
    private final List<String> names;
    private final List<Integer> places;

    private VictimLabels(ImageDataset data, List<String> names, List<Integer> places) {
        this.data = data;
        this.names = names;
        this.places = places;
    }

    /**
     * A data set with a victim's labels.
     *
     * @return {@code data} itself where its classes are the victim's already, or none of them is known to the victim by name
     * @throws io.redrl.base.RedrlException if the victim knows some of its classes by name and not others
     */
    public static ImageDataset of(Classifier victim, ImageDataset data) {
        List<String> own = data.classNames();
        List<String> names = victim.classNames();
        if (own.isEmpty() || own.equals(names)) {
            return data;
        }
        if (names.isEmpty()) {
            if (own.size() == victim.classes()) {
                return data;
            }
            names = IntStream.range(0, victim.classes())
                    .mapToObj(Integer::toString)
                    .toList();
        }
        Map<String, Integer> known = known(names);
        List<Integer> places = new ArrayList<>();
        Set<String> foreign = new LinkedHashSet<>();
        for (String name : own) {
            int place = known.getOrDefault(plain(name), Integer.MAX_VALUE);
            Checks.require(
                    place != AMBIGUOUS,
                    "%s has class '%s', which two classes of victim %s are called",
                    data.id(),
                    name,
                    victim.id());
            if (place == Integer.MAX_VALUE) {
                foreign.add(name);
            }
            places.add(place);
        }
        if (foreign.size() == own.size()) {
            return data;
        }
        Checks.require(
                foreign.isEmpty(),
                "%s has classes that victim %s does not know by name: %s. Name its folders as the victim's classes",
                data.id(),
                victim.id(),
                String.join(", ", foreign));
        Checks.require(
                new LinkedHashSet<>(places).size() == places.size(),
                "%s has two classes that are one of victim %s",
                data.id(),
                victim.id());
        return new VictimLabels(data, names, places);
    }

    /** Every name, and each of several with commas between. */
    private static Map<String, Integer> known(List<String> names) {
        Map<String, Integer> known = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Set<String> ways = new LinkedHashSet<>(List.of(plain(names.get(i))));
            for (String way : names.get(i).split(",", -1)) {
                ways.add(plain(way));
            }
            int place = i;
            ways.forEach(way -> known.merge(way, place, (a, b) -> AMBIGUOUS));
        }
        return known;
    }

    private static String plain(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ');
    }

    @Override
    public String id() {
        return data.id();
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public ImageShape shape() {
        return data.shape();
    }

    @Override
    public List<String> classNames() {
        return names;
    }

    @Override
    public byte[] pixels(int index) {
        return data.pixels(index);
    }

    @Override
    public int label(int index) {
        return places.get(data.label(index));
    }

    @Override
    public Map<ImageShape, Integer> sizes() {
        return data.sizes();
    }

    @Override
    public List<String> remarks() {
        return data.remarks();
    }

    @Override
    public List<String> unreadable() {
        return data.unreadable();
    }

    @Override
    public List<String> remarks(int index) {
        return data.remarks(index);
    }

    @Override
    public Optional<String> failure(int index) {
        return data.failure(index);
    }

    @Override
    public String imageId(int index) {
        return data.imageId(index);
    }

    /** Of the data set's own checksum and the classes that its labels have become. */
    @Override
    public String checksum() {
        return Checksums.of(data.checksum() + places);
    }
}

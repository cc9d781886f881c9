package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.ImageStack;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackClass;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.image.Image;
import io.redrl.model.Classifier;
import io.redrl.saliency.FilterSaliency;
import io.redrl.saliency.FilterStatistics;
import io.redrl.saliency.HeatPicture;
import io.redrl.saliency.InputSaliency;
import io.redrl.saliency.ProfileBuilder;
import io.redrl.saliency.ProfileComparison;
import io.redrl.saliency.ProfileNumbers;
import io.redrl.saliency.SaliencyProfile;
import io.redrl.saliency.StatisticsBuilder;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Measures which filters and pixels of each victim the attacks of a test set speak to. Only images count that the victim has
 * right when clean and wrong after the attack; of several configurations of an attack on one image the first that does it.
 */
final class SaliencyStage {
    private static final int BATCH = 64;

    private final SaliencyPlan plan;
    private final ImageDataset data;
    private final AdversarialSet test;
    private final Seed seed;
    private final Path folder;
    private final Progress progress;

    /**
     * @param data the split that {@code test} was made from
     * @param seed of the permutation tests
     * @param folder where statistics are kept, which take the longest
     */
    SaliencyStage(
            SaliencyPlan plan, ImageDataset data, AdversarialSet test, Seed seed, Path folder, Progress progress) {
        this.plan = plan;
        this.data = data;
        this.test = test;
        this.seed = seed;
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * Measures every victim for which some image qualifies.
     *
     * @throws io.redrl.base.RedrlException if a victim has no convolutions
     */
    SaliencyEvaluation run(Map<String, Classifier> victims) {
        List<SaliencyEvaluation.Victim> measured = new ArrayList<>();
        List<SaliencyEvaluation.MapPicture> maps = new ArrayList<>();
        victims.forEach((name, victim) -> {
            Map<String, Map<Integer, AdversarialExample>> rows = qualifying(name, victim);
            if (rows.keySet().stream().allMatch(AttackClass.CLEAN.id()::equals)) {
                progress.say("saliency: of the images of the test set none is one that " + name
                        + " has right when clean and wrong after an attack; left out");
                return;
            }
            FilterSaliency filters = FilterSaliency.of(victim);
            FilterStatistics statistics = StatisticsBuilder.build(
                    filters,
                    data,
                    IndexRanges.parse(plan.statistics(), data),
                    plan.megabytes(),
                    folder.resolve("statistics-" + name + ".json"),
                    progress);
            measured.add(profiles(name, filters, statistics, rows));
            maps.addAll(maps(name, filters, statistics, rows));
        });
        return new SaliencyEvaluation(measured, maps);
    }

    /** By attack in the catalogue's order, clean first: the rows that count, by image. */
    private Map<String, Map<Integer, AdversarialExample>> qualifying(String name, Classifier victim) {
        Map<String, Map<Integer, AdversarialExample>> rows =
                new TreeMap<>(Comparator.comparing(AttackCatalog.order()::indexOf));
        List<AdversarialExample> clean = test.examples(AttackClass.CLEAN);
        for (int from = 0; from < clean.size(); from += BATCH) {
            List<AdversarialExample> some = clean.subList(from, Math.min(from + BATCH, clean.size()));
            long[] said = Scopes.valued(() -> victim.predict(ImageStack.pixels(some)));
            for (int i = 0; i < said.length; i++) {
                take(rows, some.get(i), said[i] == some.get(i).label());
            }
        }
        for (AdversarialExample row : test.examples(name)) {
            take(
                    rows,
                    row,
                    row.outcome().cleanPrediction() == row.label()
                            && row.outcome().adversarialPrediction() != row.label());
        }
        return rows;
    }

    private void take(Map<String, Map<Integer, AdversarialExample>> rows, AdversarialExample row, boolean qualifies) {
        if (qualifies) {
            Map<Integer, AdversarialExample> own = rows.computeIfAbsent(row.attack(), k -> new LinkedHashMap<>());
            if (own.size() < plan.images()) {
                own.putIfAbsent(row.index(), row);
            }
        }
    }

    private SaliencyEvaluation.Victim profiles(
            String name,
            FilterSaliency filters,
            FilterStatistics statistics,
            Map<String, Map<Integer, AdversarialExample>> rows) {
        List<SaliencyProfile> profiles = new ArrayList<>();
        List<ProfileBuilder> builders = new ArrayList<>();
        int total = rows.values().stream().mapToInt(Map::size).sum();
        try (Progress.Task task = progress.start("saliency profiles of " + name, total, "images")) {
            rows.forEach((attack, own) -> {
                ProfileBuilder builder = new ProfileBuilder(name, attack, filters.layout());
                List<AdversarialExample> examples = List.copyOf(own.values());
                for (int from = 0; from < examples.size(); from += BATCH) {
                    progress.checkStopped();
                    List<AdversarialExample> some = examples.subList(from, Math.min(from + BATCH, examples.size()));
                    double[][] saliency =
                            Scopes.valued(() -> filters.of(ImageStack.pixels(some), labels(some), plan.megabytes()));
                    for (int i = 0; i < saliency.length; i++) {
                        builder.add(some.get(i).index(), statistics.standardised(saliency[i], plan.signed()));
                    }
                    task.advance(some.size());
                }
                builders.add(builder);
                profiles.add(builder.profile());
            });
        }
        List<ProfileComparison> comparisons = new ArrayList<>();
        for (int i = 0; i < builders.size(); i++) {
            for (int j = i + 1; j < builders.size(); j++) {
                String first = profiles.get(i).attack();
                String second = profiles.get(j).attack();
                ProfileComparison.of(
                                first,
                                builders.get(i).layerMeans(),
                                second,
                                builders.get(j).layerMeans(),
                                plan.permutations(),
                                seed.child(name + "/" + first + "/" + second))
                        .ifPresent(comparisons::add);
            }
        }
        return new SaliencyEvaluation.Victim(
                name,
                test.plan().indices().size(),
                profiles,
                profiles.stream().map(ProfileNumbers::of).toList(),
                comparisons);
    }

    /** Of the images that fall to the most attacks. */
    private List<SaliencyEvaluation.MapPicture> maps(
            String name,
            FilterSaliency filters,
            FilterStatistics statistics,
            Map<String, Map<Integer, AdversarialExample>> rows) {
        Map<Integer, Integer> attacks = new TreeMap<>();
        rows.values().forEach(own -> own.keySet().forEach(index -> attacks.merge(index, 1, Integer::sum)));
        List<Integer> chosen = attacks.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
                .limit(plan.maps())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        List<SaliencyEvaluation.MapPicture> maps = new ArrayList<>();
        try (Progress.Task task = progress.start("saliency maps of " + name, chosen.size(), "images")) {
            for (int index : chosen) {
                for (Map<Integer, AdversarialExample> own : rows.values()) {
                    progress.checkStopped();
                    AdversarialExample row = own.get(index);
                    if (row != null) {
                        maps.add(map(name, filters, statistics, row));
                    }
                }
                task.advance(1);
            }
        }
        return maps;
    }

    private SaliencyEvaluation.MapPicture map(
            String name, FilterSaliency filters, FilterStatistics statistics, AdversarialExample row) {
        return Scopes.valued(() -> {
            Tensor pixels = ImageStack.pixels(List.of(row));
            double[] map = plan.inputSaliency().maps(filters, statistics, pixels, labels(List.of(row)))[0];
            Image shown = Tensors.images(pixels).get(0);
            return new SaliencyEvaluation.MapPicture(
                    row.index(),
                    Objects.requireNonNull(data.classNames().get(row.label())),
                    name,
                    row.attack(),
                    shown,
                    HeatPicture.overlay(
                            InputSaliency.overChannels(map, shown.shape().channels()), shown));
        });
    }

    private static long[] labels(List<AdversarialExample> rows) {
        return rows.stream().mapToLong(AdversarialExample::label).toArray();
    }
}

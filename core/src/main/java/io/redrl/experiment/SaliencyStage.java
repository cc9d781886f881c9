package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.ImageStack;
import io.redrl.adversarial.SetRows;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Json;
import io.redrl.base.Progress;
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
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;

/**
 * The stage that measures which filters and pixels of each victim the attacks of the test set activate. Only images count that the victim
 * has right when clean and wrong after the attack; of several configurations of an attack on one image the first that does it.
 *
 * @param run whose test set is made
 */
record SaliencyStage(Run run) {
    private static final String FOLDER = "saliency";
    private static final String RESULT = "saliency.json";
    private static final int BATCH = 64;
    private static final double SAME = 1e-9;

    /** The stage. Its images are those of the statistics and those that qualify, each once for each victim. */
    Stage stage() {
        long classes =
                1 + run.spec.attacks().stream().map(AttackSpec::id).distinct().count();
        long statistics = IndexRanges.parse(plan().statistics()).length;
        long most = classes * Math.min(run.spec.test().count(), plan().images());
        return new Stage(
                FOLDER,
                () -> List.of(
                        plan(),
                        test().manifest(),
                        data().checksum(),
                        run.victims().values().stream()
                                .map(Classifier::checksum)
                                .toList()),
                run.spec.victims().size() * (statistics + most),
                Stage.IMAGES,
                false,
                this::run);
    }

    /** Where it is. */
    static Path folder(Run run) {
        return run.folder.resolve(FOLDER);
    }

    /** What was measured; nothing if the experiment does not ask for it. */
    static SaliencyEvaluation result(Run run) {
        if (run.spec.saliency().isEmpty()) {
            return new SaliencyEvaluation(List.of(), List.of());
        }
        return Json.read(folder(run).resolve(RESULT), SaliencyEvaluation.class);
    }

    private SaliencyPlan plan() {
        return run.spec.saliency().orElseThrow();
    }

    private ImageDataset data() {
        return run.data(run.spec.test().split());
    }

    private AdversarialSet test() {
        return run.set(PlannedSet.TEST);
    }

    /** Measures every victim for which some image qualifies. */
    private long run(Path into) {
        List<SaliencyEvaluation.Victim> measured = new ArrayList<>();
        List<SaliencyEvaluation.MapPicture> maps = new ArrayList<>();
        long images = 0;
        for (Map.Entry<String, Classifier> entry : run.victims().entrySet()) {
            String name = entry.getKey();
            FilterSaliency filters = FilterSaliency.of(entry.getValue());
            FilterStatistics statistics = StatisticsBuilder.build(
                    filters,
                    data(),
                    IndexRanges.parse(plan().statistics(), data()),
                    plan().megabytes(),
                    into.resolve("statistics-" + name + ".json"),
                    run.progress);
            images += statistics.images();
            Map<String, Map<Integer, Integer>> rows = qualifying(name, entry.getValue());
            if (rows.keySet().stream().allMatch(AttackClass.CLEAN.id()::equals)) {
                run.progress.say("saliency: of the images of the test set none is one that " + name
                        + " has right when clean and wrong after an attack; left out");
            } else {
                measured.add(profiles(name, filters, statistics, rows));
                maps.addAll(maps(name, filters, statistics, rows));
                images += rows.values().stream().mapToInt(Map::size).sum();
            }
        }
        Json.write(into.resolve(RESULT), new SaliencyEvaluation(measured, maps));
        return images;
    }

    /** By attack in the catalogue's order, clean first: where the rows that count are in the test set, by image. */
    private Map<String, Map<Integer, Integer>> qualifying(String name, Classifier victim) {
        Map<String, Map<Integer, Integer>> rows = new TreeMap<>(Comparator.comparing(AttackCatalog.order()::indexOf));
        SetRows all = rows();
        SetRows heads = all.heads();
        int[] clean = IntStream.range(0, all.size())
                .filter(place -> heads.get(place).attack().equals(AttackClass.CLEAN.id()))
                .toArray();
        for (int from = 0; from < clean.length; from += BATCH) {
            int[] places = Arrays.copyOfRange(clean, from, Math.min(from + BATCH, clean.length));
            List<AdversarialExample> some = List.copyOf(all.at(places));
            long[] predicted = Scopes.valued(() -> victim.predict(ImageStack.pixels(some)));
            for (int i = 0; i < predicted.length; i++) {
                take(rows, some.get(i), places[i], predicted[i] == some.get(i).label());
            }
        }
        for (int place = 0; place < all.size(); place++) {
            AdversarialExample row = heads.get(place);
            take(
                    rows,
                    row,
                    place,
                    row.victim().equals(name)
                            && looksAt(row)
                            && row.outcome().cleanPrediction() == row.label()
                            && row.outcome().adversarialPrediction() != row.label());
        }
        return rows;
    }

    private void take(Map<String, Map<Integer, Integer>> rows, AdversarialExample row, int place, boolean qualifies) {
        if (qualifies) {
            Map<Integer, Integer> own = rows.computeIfAbsent(row.attack(), k -> new LinkedHashMap<>());
            if (own.size() < plan().images()) {
                own.putIfAbsent(row.index(), place);
            }
        }
    }

    /** Whether profiles are of this row's configuration: that of the ε asked for, where an attack has one. */
    private boolean looksAt(AdversarialExample row) {
        JsonNode epsilon = Json.parse(row.config(), JsonNode.class, "config").path("epsilon");
        return plan().epsilon().isEmpty()
                || !epsilon.isNumber()
                || Math.abs(epsilon.asDouble() - plan().epsilon().get()) < SAME;
    }

    private SetRows rows() {
        return run.rows(PlannedSet.TEST);
    }

    private SaliencyEvaluation.Victim profiles(
            String name, FilterSaliency filters, FilterStatistics statistics, Map<String, Map<Integer, Integer>> rows) {
        List<SaliencyProfile> profiles = new ArrayList<>();
        List<ProfileBuilder> builders = new ArrayList<>();
        int total = rows.values().stream().mapToInt(Map::size).sum();
        try (Progress.Task task = run.progress.start("saliency profiles of " + name, total, "images")) {
            rows.forEach((attack, own) -> {
                ProfileBuilder builder = new ProfileBuilder(name, attack, filters.layout());
                int[] places = own.values().stream().mapToInt(i -> i).toArray();
                for (int from = 0; from < places.length; from += BATCH) {
                    run.progress.checkStopped();
                    int[] part = Arrays.copyOfRange(places, from, Math.min(from + BATCH, places.length));
                    List<AdversarialExample> some = List.copyOf(rows().at(part));
                    double[][] saliency =
                            Scopes.valued(() -> filters.of(ImageStack.pixels(some), labels(some), plan().megabytes()));
                    for (int i = 0; i < saliency.length; i++) {
                        builder.add(some.get(i).index(), statistics.standardised(saliency[i], plan().signed()));
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
                                plan().permutations(),
                                run.spec.seedValue().child("saliency").child(name + "/" + first + "/" + second))
                        .ifPresent(comparisons::add);
            }
        }
        return new SaliencyEvaluation.Victim(
                name,
                test().plan().indices().size(),
                profiles,
                profiles.stream().map(ProfileNumbers::of).toList(),
                comparisons);
    }

    /** Of the images that fall to the most attacks. */
    private List<SaliencyEvaluation.MapPicture> maps(
            String name, FilterSaliency filters, FilterStatistics statistics, Map<String, Map<Integer, Integer>> rows) {
        Map<Integer, Integer> attacks = new TreeMap<>();
        rows.values().forEach(own -> own.keySet().forEach(index -> attacks.merge(index, 1, Integer::sum)));
        List<Integer> chosen = attacks.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
                .limit(plan().maps())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        List<SaliencyEvaluation.MapPicture> maps = new ArrayList<>();
        try (Progress.Task task = run.progress.start("saliency maps of " + name, chosen.size(), "images")) {
            for (int index : chosen) {
                for (Map<Integer, Integer> own : rows.values()) {
                    run.progress.checkStopped();
                    Integer place = own.get(index);
                    if (place != null) {
                        maps.add(map(name, filters, statistics, rows().get(place)));
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
            double[] map = plan().inputSaliency().maps(filters, statistics, pixels, labels(List.of(row)))[0];
            Image shown = Tensors.images(pixels).get(0);
            return new SaliencyEvaluation.MapPicture(
                    row.index(),
                    Objects.requireNonNull(data().classNames().get(row.label())),
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

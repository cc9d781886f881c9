package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JacksonInject;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.base.Suggestion;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.saliency.FilterSaliency;
import io.redrl.tensor.ComputeDevice;
import io.redrl.training.VictimSpec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Check of an experiment's file: everything that is wrong with it, where reading it would say one thing after the other. It also looks
 * for the images and victims that the file names, so that nothing is refused after hours of work.
 */
public final class ExperimentCheck {
    private final Map<String, Integer> lines;
    private final List<Problem> problems = new ArrayList<>();

    /**
     * A mistake in a file.
     *
     * @param line where, from 1
     * @param key the path of keys, such as {@code attacks[2].epsilon}; empty for the file as a whole
     * @param text what is wrong
     */
    public record Problem(int line, String key, String text) {
        /** One line for people. */
        @Override
        public String toString() {
            return "line " + line + ": " + (key.isEmpty() || text.startsWith(key + " ") ? "" : key + ": ") + text;
        }
    }

    private ExperimentCheck(Map<String, Integer> lines) {
        this.lines = lines;
    }

    /**
     * Everything that is wrong with an experiment, in the order of its lines; empty if it can be run.
     *
     * @param file the YAML file
     * @param data where the data set lies, in place of what the file says
     * @param repository the clone that the program was built from, from which paths in the file count
     * @throws RedrlException if there is no such file, or it is no YAML
     */
    public static List<Problem> of(Path file, Optional<String> data, Path repository) {
        String text = ExperimentRunner.text(file);
        JsonNode written = Json.yamlTree(text, file.toString());
        ExperimentCheck check = new ExperimentCheck(Json.yamlLines(text));
        if (!(written instanceof ObjectNode)) {
            return List.of(new Problem(1, "", "expected an experiment's settings by name, such as name: mine"));
        }
        JsonNode whole = ExperimentSpec.completed(written.deepCopy());
        check.record(List.of(), whole, ExperimentSpec.class);
        if (check.problems.isEmpty()) {
            ExperimentSpec spec = Json.parse(whole.toString(), ExperimentSpec.class, file.toString());
            spec.conflicts().forEach(conflict -> check.add(conflict.path(), conflict.text()));
            check.places(data.map(spec::withData).orElse(spec), repository);
        }
        return check.problems.stream()
                .distinct()
                .sorted(Comparator.comparingInt(Problem::line))
                .toList();
    }

    private void add(List<String> path, String text) {
        StringBuilder key = new StringBuilder();
        for (String step : path) {
            boolean number = step.matches("\\d+");
            key.append(number ? "[" + step + "]" : (key.isEmpty() ? "" : ".") + step);
        }
        problems.add(new Problem(line(path), key.toString(), text));
    }

    private int line(List<String> path) {
        for (int n = path.size(); n > 0; n--) {
            Integer line = lines.get(String.join("/", path.subList(0, n)));
            if (line != null) {
                return line;
            }
        }
        return 1;
    }

    private static List<String> below(List<String> path, String step) {
        List<String> longer = new ArrayList<>(path);
        longer.add(step);
        return longer;
    }

    /** A value of any type that a file may hold. */
    private void value(List<String> path, JsonNode node, Type type) {
        if (type instanceof ParameterizedType several) {
            Type inner = several.getActualTypeArguments()[several.getActualTypeArguments().length - 1];
            if (several.getRawType() == Optional.class) {
                value(path, node, inner);
            } else if (several.getRawType() == List.class && node instanceof ArrayNode list) {
                for (int i = 0; i < list.size(); i++) {
                    value(below(path, Integer.toString(i)), list.get(i), inner);
                }
            } else if (several.getRawType() == Map.class && node instanceof ObjectNode map) {
                map.properties().forEach(entry -> value(below(path, entry.getKey()), entry.getValue(), inner));
            } else {
                whole(path, node, type);
            }
        } else if (type == AttackSpec.class) {
            attack(path, node);
        } else if (type == NetworkSource.class) {
            network(path, node);
        } else if (type == RecogniserPlan.class) {
            record(path, node, RecogniserPlan.class);
            recognisers(path, node);
        } else if (type instanceof Class<?> each && each.isRecord() && node instanceof ObjectNode) {
            record(path, node, each);
        } else if (type != JsonNode.class) {
            whole(path, node, type);
        }
    }

    /** What a record as such has to say: of several reasons the first. */
    private void whole(List<String> path, JsonNode node, Type type) {
        Json.refusal(node, type).ifPresent(refusal -> {
            List<String> place = new ArrayList<>(path);
            place.addAll(refusal.path());
            add(place, refusal.text());
        });
    }

    private void record(List<String> path, JsonNode node, Class<?> type) {
        int before = problems.size();
        List<String> known = keys(type);
        node.properties().forEach(entry -> unknown(path, entry.getKey(), known));
        for (RecordComponent part : type.getRecordComponents()) {
            JsonNode own = node.get(kebab(part.getName()));
            if (own != null) {
                value(below(path, kebab(part.getName())), own, part.getGenericType());
            } else if (part.getAccessor().getAnnotation(JacksonInject.class) == null) {
                add(path, kebab(part.getName()) + " is missing");
            }
        }
        if (problems.size() == before) {
            whole(path, node, type);
        }
    }

    private void unknown(List<String> path, String key, List<String> known) {
        if (!known.contains(key)) {
            add(below(path, key), "unknown key" + Suggestion.text(key, known) + "; known: " + String.join(", ", known));
        }
    }

    private static List<String> keys(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(part -> kebab(part.getName()))
                .toList();
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private void attack(List<String> path, JsonNode node) {
        JsonNode name = node.path("attack");
        if (!name.isString()) {
            add(path, "attack is missing, such as {attack: pgd}");
            return;
        }
        AttackSpec defaults;
        try {
            defaults = AttackCatalog.defaults(name.asString());
        } catch (RedrlException e) {
            add(below(path, "attack"), String.valueOf(e.getMessage()));
            return;
        }
        ObjectNode full = Json.parse(Json.line(defaults), ObjectNode.class, name.asString());
        List<String> known = List.copyOf(full.propertyNames());
        ObjectNode own = (ObjectNode) node.deepCopy();
        node.properties().forEach(entry -> {
            unknown(path, entry.getKey(), known);
            if (!known.contains(entry.getKey())) {
                own.remove(entry.getKey());
            }
        });
        peel(path, own, (settings, all) -> {
            try {
                AttackSpec.of(settings);
                return Optional.empty();
            } catch (RedrlException e) {
                return Optional.of(new Json.Refusal(List.of(), plain(e)));
            }
        });
    }

    /** What a refusal says, without the place that it names: that is known better here. */
    private static String plain(RedrlException e) {
        return String.valueOf(e.getMessage())
                .replaceFirst("^.*?line \\d+: (at [^:]*: )?", "")
                .replaceFirst("^attack [a-z0-9-]+: (at [^:]*: )?", "");
    }

    /**
     * Finds every key whose value is refused: takes away the one without which the refusal is another or none, and looks again.
     */
    private void peel(
            List<String> path, ObjectNode settings, BiFunction<ObjectNode, Boolean, Optional<Json.Refusal>> refusal) {
        Optional<Json.Refusal> first = refusal.apply(settings, true);
        while (first.isPresent()) {
            Json.Refusal said = first.get();
            List<String> place = new ArrayList<>(path);
            Optional<String> blamed = said.path().isEmpty()
                    ? settings.propertyStream()
                            .map(Map.Entry::getKey)
                            .filter(key -> {
                                ObjectNode fewer = settings.deepCopy();
                                fewer.remove(key);
                                return !List.of("attack", "name", "file").contains(key)
                                        && refusal.apply(fewer, false)
                                                .filter(other -> other.text().equals(said.text()))
                                                .isEmpty();
                            })
                            .findFirst()
                    : said.path().stream().findFirst();
            if (said.path().isEmpty()) {
                blamed.ifPresent(place::add);
            } else {
                place.addAll(said.path());
            }
            add(place, said.text());
            if (blamed.isEmpty() || settings.remove(blamed.get()) == null) {
                return;
            }
            first = refusal.apply(settings, true);
        }
    }

    private void network(List<String> path, JsonNode node) {
        if (!(node instanceof ObjectNode own)) {
            add(path, "expected a name with train or file, such as {name: mine, file: mine.pt}");
            return;
        }
        List<String> ofFiles = new ArrayList<>(keys(NetworkSource.FromFile.class));
        List<String> known = new ArrayList<>(ofFiles);
        known.add(1, "train");
        ofFiles.removeAll(List.of("name", "file"));
        node.properties().forEach(entry -> unknown(path, entry.getKey(), known));
        if (!own.path("name").isString()) {
            add(path, "name is missing");
        }
        if (own.has("train") == own.has("file")) {
            add(path, "expected either train or file");
        } else if (own.has("file")) {
            ObjectNode settings = own.deepCopy();
            settings.retain(keys(NetworkSource.FromFile.class));
            if (!settings.path("name").isString()) {
                settings.put("name", "unnamed");
            }
            peel(path, settings, (some, all) -> Json.refusal(some, NetworkSource.FromFile.class));
        } else if (ofFiles.stream().anyMatch(own::has)) {
            ofFiles.stream()
                    .filter(own::has)
                    .forEach(key -> add(
                            below(path, key),
                            "goes with file: a network that is trained takes the images as they are"));
        } else if (own.get("train") instanceof ObjectNode train) {
            String model = train.path("model").asString("");
            try {
                VictimSpec defaults = train.path("recipe").asString("").equals("paper")
                        ? VictimSpec.paper(model)
                        : VictimSpec.oneCycle(model, NetworkSource.EPOCHS);
                overlay(below(path, "train"), defaults, train, VictimSpec.class);
            } catch (RedrlException e) {
                add(below(below(path, "train"), "model"), String.valueOf(e.getMessage()));
            }
        }
    }

    /** Settings over those that they differ from. */
    private <T> void overlay(List<String> path, T defaults, ObjectNode changes, Class<T> type) {
        List<String> known = keys(type);
        ObjectNode own = changes.deepCopy();
        changes.properties().forEach(entry -> {
            unknown(path, entry.getKey(), known);
            if (!known.contains(entry.getKey())) {
                own.remove(entry.getKey());
            }
        });
        for (RecordComponent part : type.getRecordComponents()) {
            String key = kebab(part.getName());
            if (part.getType().isRecord() && own.get(key) instanceof ObjectNode inner) {
                List<String> inside = keys(part.getType());
                changes.path(key).properties().forEach(entry -> {
                    unknown(below(path, key), entry.getKey(), inside);
                    if (!inside.contains(entry.getKey())) {
                        inner.remove(entry.getKey());
                    }
                });
            }
        }
        peel(path, own, (settings, all) -> {
            ObjectNode merged = Json.parse(Json.line(defaults), ObjectNode.class, type.getSimpleName());
            merge(merged, settings);
            return Json.refusal(merged, type);
        });
    }

    private static void merge(ObjectNode base, ObjectNode changes) {
        changes.properties().forEach(change -> {
            if (base.get(change.getKey()) instanceof ObjectNode old && change.getValue() instanceof ObjectNode inner) {
                merge(old, inner);
            } else {
                base.set(change.getKey(), change.getValue());
            }
        });
    }

    private void recognisers(List<String> path, JsonNode node) {
        RecogniserSpec base =
                node.path("preset").asString("").equals("paper") ? RecogniserSpec.paper() : RecogniserSpec.compact();
        RecogniserSpec shared = base.withSeed(new Seed(1).value());
        if (node.path("common") instanceof ObjectNode common) {
            int before = problems.size();
            overlay(below(path, "common"), base, common, RecogniserSpec.class);
            if (problems.size() == before) {
                shared = Json.overlay(base, common, RecogniserSpec.class, "common");
            }
        }
        JsonNode variants = node.path("variants");
        for (int i = 0; i < variants.size(); i++) {
            List<String> entry = below(below(path, "variants"), Integer.toString(i));
            if (variants.get(i) instanceof ObjectNode variant) {
                ObjectNode own = variant.deepCopy();
                own.remove(List.of("kind", "of", "title"));
                overlay(entry, shared, own, RecogniserSpec.class);
            } else {
                add(entry, "expected settings by name, such as {name: mine, input: image}");
            }
        }
    }

    /** Whether what the file names is there and goes together. */
    private void places(ExperimentSpec spec, Path repository) {
        spec.device().ifPresent(device -> tried(List.of("device"), () -> ComputeDevice.of(device)));
        ImageDataset test = images(spec, List.of("test"), spec.test());
        images(spec, List.of("train"), spec.train());
        if (test == null) {
            return;
        }
        spec.saliency()
                .ifPresent(saliency ->
                        tried(List.of("saliency", "statistics"), () -> IndexRanges.parse(saliency.statistics(), test)));
        int classes = test.classNames().size();
        victims(List.of("victims"), spec.victims(), repository, test.shape());
        spec.robustness()
                .ifPresent(outside ->
                        victims(List.of("robustness", "victims"), outside.victims(), repository, test.shape()));
        for (int i = 0; i < spec.attacks().size(); i++) {
            AttackSpec attack = spec.attacks().get(i);
            tried(
                    List.of("attacks", Integer.toString(i)),
                    () -> attack.requireFits(test.shape(), Math.max(1, classes)));
        }
    }

    /** Victims of robustness evaluations whose files are not there are left out of it, which is no mistake. */
    private void victims(List<String> place, List<NetworkSource> victims, Path repository, ImageShape images) {
        for (int i = 0; i < victims.size(); i++) {
            List<String> path = below(place, Integer.toString(i));
            if (victims.get(i) instanceof NetworkSource.FromFile own) {
                Path file = repository.resolve(own.file());
                if (Files.exists(file)) {
                    tried(path, () -> fits(path, own, file, images));
                } else if (place.size() == 1) {
                    add(below(path, "file"), "no such file: " + file);
                }
            }
        }
    }

    private void fits(List<String> path, NetworkSource.FromFile own, Path file, ImageShape images) {
        try (Classifier victim = Victims.load(file, own.settings(), Optional.of(images))) {
            if (!victim.input().equals(images)) {
                add(path, "takes images of " + victim.input() + ", but those of the data set are " + images);
            }
            FilterSaliency.of(victim); // refuses a network without filters
        }
    }

    private @Nullable ImageDataset images(ExperimentSpec spec, List<String> path, SetSpec set) {
        try {
            ImageDataset images = spec.data().open(set.split(), spec.inputSize());
            tried(below(path, "indices"), () -> IndexRanges.parse(set.indices(), images));
            return images;
        } catch (RedrlException e) {
            add(List.of("data"), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void tried(List<String> path, Runnable check) {
        try {
            check.run();
        } catch (RedrlException e) {
            add(path, String.valueOf(e.getMessage()));
        }
    }
}

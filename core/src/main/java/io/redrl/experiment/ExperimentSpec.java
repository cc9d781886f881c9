package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.adversarial.SamplingPolicy;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.DataSource;
import io.redrl.image.ImageShape;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.tensor.ComputeDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Experiment: what a YAML file under {@code experiments/} says.
 *
 * @param name the run's folder under {@code runs/}
 * @param seed everything random comes from it
 * @param data {@code cifar10}, {@code tiny-imagenet}, {@code tiny-imagenet:PATH}, or the path of a folder or zip of images; or settings, to
 *     have its images enlarged
 * @param victims the classifiers to attack, at least one
 * @param phi the name of the victim that serves as Φ in the loss L_IC; the first one if left out of the file
 * @param features the feature extractor F of the loss L_F; a small VGG that the experiment trains if left out of the file
 * @param attacks every configuration of every attack
 * @param train the images that recognisers learn from
 * @param test the images that they are measured on
 * @param recognisers what is trained on the sets
 * @param saliency which filters and pixels the attacks activate, on the test set; not measured if left out of the file. Any of its settings
 *     may be left out of the file
 * @param exemplars how many test images the report shows; 4 if left out of the file
 * @param expected the numbers that a run should come to, by recogniser. May be left out of the file
 * @param robustness the robustness evaluation, outside the training data. May be left out of the file
 * @param device what networks run on: {@code cpu}, {@code cuda:0}, or {@code auto} for a GPU where there is one; that if left out of the
 *     file. The command line's {@code --device} goes before it
 */
public record ExperimentSpec(
        String name,
        long seed,
        DataSource data,
        List<NetworkSource> victims,
        String phi,
        NetworkSource features,
        List<AttackSpec> attacks,
        SetSpec train,
        SetSpec test,
        RecogniserPlan recognisers,

        @JacksonInject(value = Json.OR_ABSENT + " 2", useInput = OptBoolean.TRUE)
        @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<SaliencyPlan> saliency,

        int exemplars,

        @JacksonInject(value = Json.OR_EMPTY_MAP, useInput = OptBoolean.TRUE)
        Map<String, Expectation> expected,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE)
        Optional<RobustnessPlan> robustness,

        @JacksonInject(value = Json.OR_ABSENT + " 3", useInput = OptBoolean.TRUE)
        @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<String> device) {
    private static final String FEATURES = "vgg16-quarter";
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

    /** Copies the lists; checks names. */
    public ExperimentSpec {
        expected = Collections.unmodifiableMap(new LinkedHashMap<>(expected));
        victims = List.copyOf(victims);
        attacks = List.copyOf(attacks);
        Checks.require(name.matches(NAME), "name must be of letters, digits, '.', '_' and '-', got '%s'", name);
        Checks.require(!victims.isEmpty(), "victims must name at least one network");
        Checks.require(!attacks.isEmpty(), "attacks must name at least one configuration");
        Set<String> names = new HashSet<>();
        for (NetworkSource victim : victims) {
            Checks.require(names.add(victim.name()), "victims names %s twice", victim.name());
            name("a victim's name", victim);
        }
        name("the name of features", features);
        Checks.require(names.contains(phi), "phi must be one of the victims %s, got %s", names, phi);
        Checks.inRange("exemplars", exemplars, 1, 50);
        device.ifPresent(ComputeDevice::checked);
    }

    /**
     * Reads an experiment file and checks all of it, so that a mistake in the last line shows before the first stage runs.
     *
     * @param warnings told, in a sentence each, which of its settings have another name by now
     */
    public static ExperimentSpec read(Path yaml, Consumer<String> warnings) {
        ExperimentSpec spec = Json.readYaml(yaml, ExperimentSpec.class, ExperimentSpec::completed, warnings);
        List<Variant> variants = spec.variants();
        spec.checkAttacks();
        variants.forEach(variant -> spec.check(variant.settings()));
        spec.victims().forEach(ExperimentSpec::check);
        check(spec.features());
        List<String> names = variants.stream().map(Variant::name).toList();
        for (String name : spec.expected().keySet()) {
            Checks.require(names.contains(name), "expected names %s, which is none of the recognisers %s", name, names);
        }
        spec.robustness().ifPresent(outside -> {
            outside.victims().forEach(ExperimentSpec::check);
            outside.victims().forEach(victim -> name("a victim's name", victim));
            outside.check(spec);
        });
        return spec;
    }

    /** Settings with those that their file may leave out; what is no experiment comes back as it is. */
    static JsonNode completed(JsonNode settings) {
        if (!(settings instanceof ObjectNode file)) {
            return settings;
        }
        JsonNode first = file.path("victims").path(0).path("name");
        if (!file.has("phi") && first.isString()) {
            file.set("phi", first);
        }
        if (!file.has("features")) {
            file.putObject("features")
                    .put("name", FEATURES)
                    .putObject("train")
                    .put("model", FEATURES)
                    .put("recipe", "one-cycle")
                    .put("epochs", 2);
        }
        if (!file.has("exemplars")) {
            file.put("exemplars", 4);
        }
        String indices = file.path("test").path("indices").asString("");
        if (file.get("saliency") instanceof ObjectNode saliency) {
            SaliencyPlan.DEFAULTS.forEach((key, value) -> {
                if (!saliency.has(key)) {
                    saliency.putPOJO(key, value);
                }
            });
            if (!saliency.has("statistics") && !indices.isEmpty()) {
                saliency.put("statistics", indices);
            }
        }
        return Json.parse(file.toString(), JsonNode.class, "settings");
    }

    /** Every reason why the parts of this do not go together, each by the path of what it is about. */
    List<Json.Refusal> conflicts() {
        List<Json.Refusal> found = new ArrayList<>();
        List<Variant> all;
        try {
            all = variants();
        } catch (RedrlException e) {
            return List.of(new Json.Refusal(List.of("recognisers"), String.valueOf(e.getMessage())));
        }
        collect(found, List.of("attacks"), this::checkAttacks);
        int i = 0;
        for (Variant variant : all) {
            String entry = Integer.toString(Math.min(i++, recognisers.variants().size() - 1));
            collect(found, List.of("recognisers", "variants", entry), () -> check(variant.settings()));
        }
        List<String> names = all.stream().map(Variant::name).toList();
        for (String name : expected.keySet()) {
            if (!names.contains(name)) {
                found.add(new Json.Refusal(
                        List.of("expected", name),
                        "expected names " + name + ", which is none of the recognisers " + names));
            }
        }
        robustness.ifPresent(outside -> {
            for (int k = 0; k < outside.victims().size(); k++) {
                NetworkSource victim = outside.victims().get(k);
                collect(
                        found,
                        List.of("robustness", "victims", Integer.toString(k)),
                        () -> name("a victim's name", victim));
            }
            collect(found, List.of("robustness"), () -> outside.check(this));
        });
        return found;
    }

    private static void collect(List<Json.Refusal> found, List<String> path, Runnable check) {
        try {
            check.run();
        } catch (RedrlException e) {
            found.add(new Json.Refusal(path, String.valueOf(e.getMessage())));
        }
    }

    private static void name(String what, NetworkSource source) {
        Checks.require(
                source.name().matches(NAME),
                "%s must be of letters, digits, '.', '_' and '-', got '%s'",
                what,
                source.name());
    }

    /** Refuses attacks that no recogniser has a class for. */
    private void checkAttacks() {
        List<String> named = AttackClass.attacks().stream().map(AttackClass::id).toList();
        for (AttackSpec attack : attacks) {
            Checks.require(
                    named.contains(attack.id()),
                    "attacks lists %s, which recognisers do not name; they name %s. Others go to robustness.unknown or"
                            + " recognisers.outliers",
                    attack.id(),
                    String.join(", ", named));
        }
    }

    private void check(RecogniserSpec recogniser) {
        List<String> lacking = AttackClass.attacks().stream()
                .map(AttackClass::id)
                .filter(id -> attacks.stream().noneMatch(attack -> attack.id().equals(id)))
                .toList();
        Checks.require(
                lacking.isEmpty() || !recogniser.training().paired(),
                "training of %s is paired, so that an image comes in all six classes, but attacks has none of %s: add it, or say"
                        + " paired: false",
                recogniser.name(),
                String.join(", ", lacking));
        Checks.require(
                recogniser.training().exposure().isEmpty() || train.storage().eightBit(),
                "exposure of %s needs a training set stored as uint8",
                recogniser.name());
        Checks.require(
                recogniser.leftOutVictims().isEmpty()
                        || train.sampling() == SamplingPolicy.ONE_VICTIM
                        || train.sampling() == SamplingPolicy.ONE_PER_ATTACK,
                "left-out-victims of %s needs a training set that draws one victim for an image: with sampling all or fresh images meet several",
                recogniser.name());
        List<String> names = victims.stream().map(NetworkSource::name).toList();
        Checks.require(
                recogniser.phi().isEmpty() || names.contains(recogniser.phi()),
                "phi of %s must be one of the victims %s, got %s",
                recogniser.name(),
                names,
                recogniser.phi());
        Checks.require(
                names.containsAll(recogniser.victimFeatures()),
                "victim-features of %s must name victims of %s, got %s",
                recogniser.name(),
                names,
                recogniser.victimFeatures());
        Checks.require(
                names.containsAll(recogniser.leftOutVictims())
                        && recogniser.leftOutVictims().size() < names.size(),
                "left-out-victims of %s must be some, not all, of the victims %s, got %s",
                recogniser.name(),
                names,
                recogniser.leftOutVictims());
    }

    private static void check(NetworkSource source) {
        if (source instanceof NetworkSource.Trained trained) {
            trained.spec();
        }
    }

    /** The same with its data elsewhere. */
    ExperimentSpec withData(String elsewhere) {
        return with(data.at(elsewhere), expected);
    }

    /** The same without expectations, which have no part in what is made. */
    ExperimentSpec withoutExpected() {
        return with(data, Map.of());
    }

    private ExperimentSpec with(DataSource newData, Map<String, Expectation> newExpected) {
        return new ExperimentSpec(
                name,
                seed,
                newData,
                victims,
                phi,
                features,
                attacks,
                train,
                test,
                recognisers,
                saliency,
                exemplars,
                newExpected,
                robustness,
                device);
    }

    /** The size that the file says of its victims, if it does. */
    Optional<ImageShape> inputSize() {
        return victims.stream()
                .flatMap(one -> one instanceof NetworkSource.FromFile own ? own.input().stream() : Stream.empty())
                .findFirst();
    }

    /** The seed as an argument for what draws. */
    Seed seedValue() {
        return new Seed(seed);
    }

    /** Every recogniser: variants and their further seeds. */
    List<Variant> variants() {
        return recognisers.variants(seedValue());
    }
}

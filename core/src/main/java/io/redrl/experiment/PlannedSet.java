package io.redrl.experiment;

import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSetBuilder;
import io.redrl.adversarial.PlannedExample;
import io.redrl.adversarial.SamplingPolicy;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.IndexRanges;
import io.redrl.model.Classifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Adversarial set of an experiment, before it is made.
 *
 * @param name of its folder below {@code sets/}
 * @param images which images are attacked, and how the result is kept
 * @param victims what is attacked
 * @param attacks every configuration
 * @param clean whether images are stored clean too
 * @param seed of everything that is drawn
 */
record PlannedSet(
        String name, SetSpec images, List<NetworkSource> victims, List<AttackSpec> attacks, boolean clean, Seed seed) {
    /** Rows above which files are larger, so that there are not too many of them. */
    private static final int MANY = 1 << 16;

    private static final int LARGE_SHARD = 512;

    static final String TRAIN = "train";
    static final String TEST = "test";
    /** Attacks that no recogniser has to name, shown to those with exposure. */
    static final String OUTLIERS = "outliers";
    /** What calibrations are fitted on. */
    static final String VALIDATION = "robustness-validation";
    /** The known attacks in other settings. */
    static final String SETTINGS = "robustness-settings";
    /** Attacks that training never saw. */
    static final String UNKNOWN = "robustness-unknown";
    /** Changes that are no attack. */
    static final String CLEAN_CORRUPTIONS = "robustness-clean-corruptions";

    /** The set of a victim that training never saw. */
    static String ofVictim(NetworkSource victim) {
        return "robustness-victim-" + victim.name();
    }

    /** Every set of an experiment, as far as the files of its victims are there, in the order in which they are made. */
    static List<PlannedSet> of(Run run) {
        ExperimentSpec spec = run.spec;
        Seed seed = spec.seedValue();
        List<PlannedSet> sets = new ArrayList<>();
        sets.add(new PlannedSet(TRAIN, spec.train(), spec.victims(), spec.attacks(), true, seed.child("sets/train")));
        sets.add(new PlannedSet(TEST, spec.test(), spec.victims(), spec.attacks(), true, seed.child("sets/test")));
        if (run.exposed()) {
            spec.recognisers().outliers().ifPresent(attacks -> {
                SetSpec images = spec.train().with(spec.train().indices(), SamplingPolicy.ONE_VICTIM);
                Seed own = seed.child("exposure").child("set");
                sets.add(new PlannedSet(OUTLIERS, images, spec.victims(), attacks, false, own));
            });
        }
        spec.robustness().ifPresent(plan -> {
            // Names of seeds are those of the first version: with others every set would be another.
            sets.add(new PlannedSet(
                    VALIDATION,
                    plan.validation(),
                    spec.victims(),
                    spec.attacks(),
                    true,
                    seed.child("generalisation/validation")));
            SetSpec test = spec.test().with(plan.images(), spec.test().sampling());
            SetSpec once = spec.test().with(plan.images(), SamplingPolicy.ONE_PER_ATTACK);
            for (NetworkSource victim : run.unseenVictims()) {
                Seed own = seed.child("generalisation/victim-" + victim.name());
                sets.add(new PlannedSet(ofVictim(victim), once, List.of(victim), spec.attacks(), false, own));
            }
            List<PlannedSet> others = List.of(
                    new PlannedSet(
                            SETTINGS,
                            test,
                            spec.victims(),
                            plan.attacks(),
                            false,
                            seed.child("generalisation/settings")),
                    new PlannedSet(
                            UNKNOWN, test, spec.victims(), plan.unknown(), false, seed.child("generalisation/unknown")),
                    new PlannedSet(
                            CLEAN_CORRUPTIONS,
                            test,
                            spec.victims(),
                            plan.cleanCorruptions(),
                            false,
                            seed.child("generalisation/nuisances")));
            others.stream().filter(set -> !set.attacks.isEmpty()).forEach(sets::add);
        });
        return sets;
    }

    /** The stage that makes it. Its work is counted in steps of attacks, which cost alike whatever the attack, as images do not. */
    Stage stage(Run run) {
        AdversarialPlan plan = plan(run);
        long steps = steps(plan);
        return new Stage(
                "sets/" + name,
                () -> List.of(
                        plan,
                        run.victims(victims).values().stream()
                                .map(Classifier::checksum)
                                .toList()),
                steps,
                "attack steps",
                false,
                into -> {
                    new AdversarialSetBuilder()
                            .build(
                                    plan,
                                    run.data(images.split()),
                                    run.victims(victims),
                                    into.resolve("set"),
                                    run.progress);
                    return steps;
                });
    }

    /** What is made. */
    AdversarialPlan plan(Run run) {
        AdversarialPlan plan = AdversarialPlan.of(
                        run.data(images.split()),
                        victims.stream().map(NetworkSource::name).toList(),
                        attacks,
                        Arrays.stream(IndexRanges.parse(images.indices()))
                                .boxed()
                                .toList(),
                        seed.value())
                .withClean(clean);
        AdversarialPlan whole = images.applyTo(plan);
        return whole.size() > MANY ? whole.withShardSize(LARGE_SHARD) : whole;
    }

    private long steps(AdversarialPlan plan) {
        Map<String, Long> steps =
                attacks.stream().distinct().collect(Collectors.toMap(Json::line, attack -> (long) steps(attack)));
        return plan.items().stream()
                .map(PlannedExample::config)
                .mapToLong(config -> steps.getOrDefault(config, 1L))
                .sum();
    }

    /** The steps that an attack takes of an image; 1 if it has no such setting. */
    static int steps(AttackSpec attack) {
        return Json.parse(Json.line(attack), JsonNode.class, "attack")
                .path("steps")
                .asInt(1);
    }
}

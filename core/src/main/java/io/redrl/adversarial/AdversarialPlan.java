package io.redrl.adversarial;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.tensor.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The plan of an adversarial set: what to attack, with what, how. Plan, data set and victims together fix every byte of
 * the set.
 *
 * @param dataset the data set's {@link ImageDataset#id()}, which names its split
 * @param datasetChecksum its {@link ImageDataset#checksum()}
 * @param victims the ids of the victims; they become names of folders
 * @param attacks all configurations of all attacks; those of one attack are what {@link SamplingPolicy} draws from
 * @param indices the images, kept in ascending order
 * @param options how
 * @param seed of everything that is drawn
 */
public record AdversarialPlan(
        String dataset,
        String datasetChecksum,
        List<String> victims,
        List<AttackSpec> attacks,
        List<Integer> indices,
        Options options,
        long seed) {

    /** The victim of clean rows. */
    public static final String NO_VICTIM = "none";

    /** Pairs of victim and configuration per image and attack where a set of {@link SamplingPolicy#FRESH} does not say. */
    public static final int DRAWS = 4;

    /** The configuration of clean rows. */
    public static final String NO_CONFIG = "{}";

    /** Sorts the indices; refuses an empty plan and anything listed twice. */
    public AdversarialPlan {
        victims = List.copyOf(victims);
        attacks = List.copyOf(attacks);
        indices = indices.stream().sorted().toList();
        Checks.require(!indices.isEmpty(), "indices must name at least one image, got none");
        Checks.require(
                options.includeClean() || !attacks.isEmpty(),
                "a set without attacks and without clean images is empty");
        Checks.require(attacks.isEmpty() || !victims.isEmpty(), "victims must name at least one victim, got none");
        for (String victim : victims) {
            Checks.require(
                    victim.matches("[A-Za-z0-9][A-Za-z0-9._-]*") && !victim.equals(NO_VICTIM),
                    "a victim's id names a folder: letters, digits, '.', '_' and '-', and not \"%s\"; got \"%s\"",
                    NO_VICTIM,
                    victim);
        }
        distinct("victims", victims);
        distinct("attacks", attacks.stream().map(Json::line).toList());
        distinct("indices", indices);
    }

    /**
     * How a set is made from images, victims and attacks.
     *
     * @param sampling every combination, or one per image and attack
     * @param includeClean whether each image is also stored clean, through the same rounding and the same writer
     * @param storage how images are kept
     * @param referenceLabel the class that attacks move away from
     * @param precision in which attacks look for directions; predictions are always fp32. {@code auto}, for processors that
     *     are faster in bfloat16 (elsewhere it becomes {@code fp32} here): bf16 for bounded attacks, fp32 for minimal-norm
     *     ones
     * @param shardSize the most images in one file, at least 1
     * @param draws how many pairs of victim and configuration an image gets of each attack with {@link SamplingPolicy#FRESH}: all if there
     *     are no more. Absent with the others
     */
    public record Options(
            SamplingPolicy sampling,
            boolean includeClean,
            Storage storage,
            ReferenceLabel referenceLabel,
            Precision precision,
            int shardSize,

            @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE)
            @JsonInclude(JsonInclude.Include.NON_ABSENT)
            Optional<Integer> draws) {
        /** Every combination, clean images included, stored as 8 bits, attacked against their true labels. */
        public static final Options DEFAULTS = new Options(
                SamplingPolicy.ALL, true, Storage.UINT8, ReferenceLabel.LABEL, Precision.AUTO, 64, Optional.empty());

        /** Decides {@code auto} where it makes no difference. */
        public Options {
            Checks.require(
                    draws.isPresent() == (sampling == SamplingPolicy.FRESH),
                    "draws goes with sampling fresh, and sampling fresh with draws");
            draws.ifPresent(count -> Checks.positive("draws", count));
            Checks.positive("shard-size", shardSize);
            boolean neverFaster = Precision.fastest() == Precision.FP32 && precision == Precision.AUTO;
            precision = neverFaster ? Precision.FP32 : precision;
        }
    }

    /**
     * A plan with {@link Options#DEFAULTS}.
     *
     * @param dataset the images come from here
     * @param victims the ids of the victims
     * @param attacks the configurations
     * @param indices the images
     * @param seed of everything that is drawn
     */
    public static AdversarialPlan of(
            ImageDataset dataset, List<String> victims, List<AttackSpec> attacks, List<Integer> indices, long seed) {
        return new AdversarialPlan(dataset.id(), dataset.checksum(), victims, attacks, indices, Options.DEFAULTS, seed);
    }

    /** A copy with other options. */
    public AdversarialPlan with(Options other) {
        return new AdversarialPlan(dataset, datasetChecksum, victims, attacks, indices, other, seed);
    }

    /** A copy with another draw; with {@link SamplingPolicy#FRESH} of {@value #DRAWS} pairs. */
    public AdversarialPlan withSampling(SamplingPolicy other) {
        return withSampling(other, other == SamplingPolicy.FRESH ? Optional.of(DRAWS) : Optional.empty());
    }

    /**
     * A copy with another draw.
     *
     * @param draws how many pairs of victim and configuration per image and attack, for {@link SamplingPolicy#FRESH} only
     */
    public AdversarialPlan withSampling(SamplingPolicy other, Optional<Integer> draws) {
        Options o = options;
        return with(new Options(other, o.includeClean, o.storage, o.referenceLabel, o.precision, o.shardSize, draws));
    }

    /**
     * A copy whose attacks all look for directions in one precision, so that none can be told by its number format: what
     * {@link Precision#AUTO} means here is float32 if an attack of minimal norm is among them, else the faster on this processor.
     */
    public AdversarialPlan inOnePrecision() {
        boolean minimal = attacks.stream().anyMatch(AttackSpec::minimalNorm);
        return options.precision() != Precision.AUTO
                ? this
                : withPrecision(minimal ? Precision.FP32 : Precision.fastest());
    }

    /** A copy with or without clean images. */
    public AdversarialPlan withClean(boolean other) {
        Options o = options;
        return with(new Options(o.sampling, other, o.storage, o.referenceLabel, o.precision, o.shardSize, o.draws));
    }

    /** A copy with another storage. */
    public AdversarialPlan withStorage(Storage other) {
        Options o = options;
        return with(
                new Options(o.sampling, o.includeClean, other, o.referenceLabel, o.precision, o.shardSize, o.draws));
    }

    /** A copy against labels or predictions. */
    public AdversarialPlan withReferenceLabel(ReferenceLabel other) {
        Options o = options;
        return with(new Options(o.sampling, o.includeClean, o.storage, other, o.precision, o.shardSize, o.draws));
    }

    /** A copy that looks for directions in another precision. */
    public AdversarialPlan withPrecision(Precision other) {
        Options o = options;
        return with(new Options(o.sampling, o.includeClean, o.storage, o.referenceLabel, other, o.shardSize, o.draws));
    }

    /** A copy with another shard size. */
    public AdversarialPlan withShardSize(int other) {
        Options o = options;
        return with(new Options(o.sampling, o.includeClean, o.storage, o.referenceLabel, o.precision, other, o.draws));
    }

    /**
     * Every row of the set, in its canonical order: by index, then clean and the attacks in the order of
     * {@link AttackCatalog}, then victims and configurations as listed here.
     */
    public List<PlannedExample> items() {
        return expand(indices, options.sampling());
    }

    /** What {@link SamplingPolicy#ALL} does to one image: every victim and configuration once, in canonical order. */
    List<PlannedExample> combinations() {
        return expand(indices.subList(0, 1), SamplingPolicy.ALL);
    }

    private List<PlannedExample> expand(List<Integer> images, SamplingPolicy how) {
        Map<String, List<String>> configs = new TreeMap<>(Comparator.comparing(AttackCatalog.order()::indexOf));
        for (AttackSpec spec : attacks) {
            configs.computeIfAbsent(spec.id(), a -> new ArrayList<>()).add(Json.line(spec));
        }
        List<PlannedExample> items = new ArrayList<>();
        for (int index : images) {
            if (options.includeClean()) {
                items.add(new PlannedExample(index, AttackClass.CLEAN.id(), NO_VICTIM, NO_CONFIG));
            }
            configs.forEach((attack, own) -> {
                if (how == SamplingPolicy.ALL) {
                    victims.forEach(victim ->
                            own.forEach(config -> items.add(new PlannedExample(index, attack, victim, config))));
                } else if (how == SamplingPolicy.FRESH) {
                    items.addAll(several(index, attack, own));
                } else {
                    items.add(drawn(index, attack, own));
                }
            });
        }
        return items;
    }

    /** Seeded by image and attack alone: more images, or another attack, leave this draw as it is. */
    private PlannedExample drawn(int index, String attack, List<String> configs) {
        Seed image = new Seed(seed).child(index);
        SplittableRandom random = image.child(attack).random();
        SplittableRandom ofVictim = options.sampling() == SamplingPolicy.ONE_VICTIM
                ? image.child("victim").random()
                : random;
        String victim = victims.get(ofVictim.nextInt(victims.size()));
        return new PlannedExample(index, attack, victim, configs.get(random.nextInt(configs.size())));
    }

    /** The first pairs of a permutation that is the image's and the attack's own, so that more draws add to fewer; in canonical order. */
    private List<PlannedExample> several(int index, String attack, List<String> configs) {
        int all = victims.size() * configs.size();
        SplittableRandom random =
                new Seed(seed).child(index).child(attack).child("fresh").random();
        int[] order = Seed.permutation(all, random);
        return Arrays.stream(order, 0, Math.min(all, options.draws().orElse(DRAWS)))
                .sorted()
                .mapToObj(pair -> new PlannedExample(
                        index, attack, victims.get(pair / configs.size()), configs.get(pair % configs.size())))
                .toList();
    }

    /** The number of rows that an image has of one attack with so many configurations. */
    private long each(long configs) {
        long all = victims.size() * configs;
        return switch (options.sampling()) {
            case ALL -> all;
            case FRESH -> Math.min(all, options.draws().orElse(DRAWS));
            case ONE_PER_ATTACK, ONE_VICTIM -> 1;
        };
    }

    /** The number of rows of the set. */
    public int size() {
        Map<String, Long> configs =
                attacks.stream().collect(Collectors.groupingBy(AttackSpec::id, Collectors.counting()));
        long each = configs.values().stream().mapToLong(this::each).sum();
        return Math.toIntExact(Math.multiplyExact((long) indices.size(), each + (options.includeClean() ? 1 : 0)));
    }

    /** Refuses a data set with other images or labels than the plan's. */
    void requireDataset(ImageDataset other) {
        Checks.require(
                datasetChecksum.equals(other.checksum()),
                "The adversarial set is made from %s with checksum %s, got %s with %s",
                dataset,
                datasetChecksum,
                other.id(),
                other.checksum());
    }

    /**
     * The seed handed to the attack with this configuration against this victim. Each image's own draws come from its
     * index below it.
     */
    Seed attackSeed(String victim, String config) {
        return new Seed(seed).child(config + victim);
    }

    private static void distinct(String name, List<?> values) {
        HashSet<Object> seen = new HashSet<>();
        for (Object value : values) {
            Checks.require(seen.add(value), "%s lists %s twice", name, value);
        }
    }
}

package io.redrl.experiment;

import io.redrl.adversarial.SamplingPolicy;
import io.redrl.attack.AttackSpec;
import io.redrl.base.RedrlException;
import io.redrl.data.Datasets;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import io.redrl.recognition.ExposureExamples;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.training.VictimSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the whole of an experiment costs: its counts, at the rates of a rehearsal. */
final class CostEstimate {
    private static final String IMAGES = "images";

    private final ExperimentSpec whole;
    private final RateMeter meter;
    private final CostProbes probes;
    private final int lanes;
    private final List<DryRun.Cost> costs = new ArrayList<>();

    CostEstimate(ExperimentSpec whole, RateMeter meter, CostProbes probes, int lanes) {
        this.whole = whole;
        this.meter = meter;
        this.probes = probes;
        this.lanes = lanes;
    }

    /** Every stage's cost, in the order in which they run. */
    List<DryRun.Cost> all() {
        List<NetworkSource> networks = Stream.concat(whole.victims().stream(), Stream.of(whole.features()))
                .toList();
        for (NetworkSource source : networks) {
            if (source instanceof NetworkSource.Trained trained) {
                training(trained, side(networks.size()));
            }
        }
        set("train", count(whole.train()), whole.train().sampling(), whole.attacks());
        set("test", count(whole.test()), whole.test().sampling(), whole.attacks());
        int test = count(whole.test());
        int classes = 1
                + (int) whole.attacks().stream().map(AttackSpec::id).distinct().count();
        int profiled = Math.min(test, whole.saliency().images()) * classes;
        int statistics = IndexRanges.parse(whole.saliency().statistics()).length;
        probes.saliency().forEach((victim, rate) -> add("saliency of " + victim, statistics + profiled, rate, 1));
        List<RecogniserSpec> recognisers = whole.recogniserSpecs();
        boolean exposed =
                recognisers.stream().anyMatch(r -> r.training().exposure().isPresent());
        List<AttackSpec> strangers = whole.recognisers().outliers().orElse(List.of());
        if (exposed) {
            set("strangers", count(whole.train()), SamplingPolicy.ONE_VICTIM, strangers);
        }
        probes.evidence().ifPresent(rate -> {
            long rows = rows(whole.train());
            add("evidence", rows, rate, 1);
            if (exposed) {
                long others =
                        strangers.stream().map(AttackSpec::id).distinct().count() + ExposureExamples.MADE_UP_PER_IMAGE;
                add("evidence of exposure", rows + count(whole.train()) * others, rate, 1);
            }
        });
        for (RecogniserSpec recogniser : recognisers) {
            long steps = recogniser.training().totalSteps(count(whole.train()));
            add(
                    "training " + recogniser.name(),
                    steps * recogniser.training().batch(),
                    lane("training " + first(recogniser), side(recognisers.size())),
                    side(recognisers.size()));
        }
        evaluation(recognisers);
        return costs;
    }

    private void training(NetworkSource.Trained source, int side) {
        VictimSpec spec = source.spec();
        int split = size(Split.TRAIN);
        int images = spec.trainImages() == 0 ? split : Math.min(spec.trainImages(), split);
        add("training " + source.name(), (long) spec.epochs() * images, lane(spec.model() + " epoch", side), side);
    }

    /** One row per attack: its images over all victims and configurations, and the rate that these come to together. */
    private void set(String name, int images, SamplingPolicy draw, List<AttackSpec> specs) {
        int victims = whole.victims().size();
        Map<String, List<AttackSpec>> attacks = new LinkedHashMap<>();
        specs.forEach(attack ->
                attacks.computeIfAbsent(attack.id(), k -> new ArrayList<>()).add(attack));
        attacks.forEach((id, configs) -> {
            // A draw meets each victim and configuration equally often.
            double each = draw == SamplingPolicy.ALL ? images : (double) images / (victims * configs.size());
            double seconds = 0;
            for (NetworkSource victim : whole.victims()) {
                CostProbes.Line line = probes.attacks().get(CostProbes.key(victim.name(), id));
                if (line == null) {
                    throw new RedrlException(id + " on " + victim.name() + " was not timed");
                }
                for (AttackSpec config : configs) {
                    seconds += each * line.seconds(DryRun.steps(config));
                }
            }
            double items = each * victims * configs.size();
            add(name + " set: " + id, Math.round(items), lanes * items / seconds, lanes);
        });
    }

    private void evaluation(List<RecogniserSpec> recognisers) {
        long rows = rows(whole.test());
        for (RecogniserSpec recogniser : recognisers) {
            add("testing " + recogniser.name(), rows, lane("testing " + first(recogniser), 1), 1);
        }
        long clean = count(whole.test());
        long own = (rows - clean) / whole.victims().size() + clean;
        for (NetworkSource victim : whole.victims()) {
            // All clean images of the split; then Table 4's, on which Φ decides twice.
            add(
                    "testing " + victim.name(),
                    size(whole.test().split()) + 2 * own,
                    lane("testing " + victim.name(), 1),
                    1);
        }
    }

    private long rows(SetSpec set) {
        long images = count(set);
        long attacks = whole.attacks().stream().map(AttackSpec::id).distinct().count();
        return images
                * (1
                        + (set.sampling() == SamplingPolicy.ALL
                                ? (long) whole.victims().size()
                                        * whole.attacks().size()
                                : attacks));
    }

    /** The rate of so many lanes. */
    private double lane(String task, int side) {
        return side * meter.rate(task).orElseThrow(() -> new RedrlException("the rehearsal did not time: " + task));
    }

    private int side(int pieces) {
        return Math.min(lanes, pieces);
    }

    /** Further seeds are not rehearsed: they go as fast as the first. */
    private static String first(RecogniserSpec recogniser) {
        return recogniser.name().replaceFirst("\\.seed[1-9][0-9]*$", "");
    }

    private static int count(SetSpec set) {
        return IndexRanges.parse(set.indices()).length;
    }

    /** Of the whole split, also where only a part of the data set is there: the file's indices name more images then. */
    private int size(Split split) {
        return Stream.of(whole.train(), whole.test())
                .filter(set -> set.split() == split)
                .mapToInt(set -> 1
                        + Arrays.stream(IndexRanges.parse(set.indices())).max().orElse(0))
                .reduce(Datasets.open(whole.data(), split).size(), Math::max);
    }

    private void add(String stage, long items, double rate, int side) {
        costs.add(new DryRun.Cost(stage, items, IMAGES, rate, side));
    }
}

package io.redrl.attribution;

import io.redrl.base.Checks;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.features.VictimFeatures;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.ResidualNetwork;
import io.redrl.model.ScriptSettings;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** Images of a world with what victims make of them, which is asked once and kept in a file: it takes most of the time. */
public final class SuspectRows {
    /** The file's name in a folder. */
    public static final String FILE = "answers.safetensors";

    /** Victims asked about an image: the attacked one and others. */
    private static final List<AttributionCalibrator.After> AFTERS = List.of(AttributionCalibrator.After.values());

    private static final int ASKED = 4;

    /** Suspected at most, in training and measurement. */
    private static final int MOST = 3;

    /** Of images that are compressed before anybody is asked, where history is mixed: half of them each way. */
    private static final double COMPRESSED = 0.3;

    private static final int PIXELS_AT_ONCE = 32 * 32 * 32;
    private static final String ROWS = "rows";
    private static final String OWN = "own";
    private static final String LEADS = "leads";
    private static final int COLUMNS = 5;

    private SuspectRows() {}

    /**
     * A world and the answers to it.
     *
     * @param world its folder
     * @param answers the folder of {@link #FILE}
     */
    public record Asked(Path world, Path answers) {}

    /**
     * An image whose suspects are still to be drawn.
     *
     * @param known the image without suspects
     * @param answers of all that were asked, the attacked one first
     * @param attackedAsked whether the first is the attacked one
     */
    record Row(Evidence.Known known, SuspectAnswers answers, boolean attackedAsked) {
        boolean clean() {
            return known.label().algorithm() == Algorithm.CLEAN;
        }

        /** Some of those who were asked, one to three: with the attacked one if it is to be among them; none where there are no such. */
        int[] drawn(boolean attackedAmong, SplittableRandom random) {
            int all = answers.own().length;
            int[] others = IntStream.range(attackedAsked ? 1 : 0, all).toArray();
            boolean first = attackedAsked && attackedAmong;
            int least = first ? 0 : Math.min(1, others.length);
            int most = Math.min(first ? MOST - 1 : MOST, others.length);
            int count = least + random.nextInt(most - least + 1);
            int[] order = Seed.permutation(others.length, random);
            return IntStream.concat(
                            first ? IntStream.of(0) : IntStream.empty(),
                            Arrays.stream(order).limit(count).map(i -> others[i]))
                    .toArray();
        }
    }

    /** An image to be asked about; {@code version} is -1 for the clean picture. */
    private record Place(
            int picture, int version, AttributionCalibrator.After after, boolean attackedAsked, int asked) {
        Image image(List<Traces.Picture> pictures) {
            Traces.Picture one = pictures.get(picture);
            return after.apply(
                    version < 0 ? one.clean() : one.versions().get(version).image());
        }
    }

    /**
     * Asks victims about a world's images and keeps what they say.
     *
     * @param world its folder
     * @param victims those that the world's attacks were made for, and others of their kind
     * @param models where they lie by name
     * @param mixed whether some images are compressed before; otherwise all are as they are
     * @param folder for {@link #FILE}
     */
    public static void ask(
            Path world,
            List<String> victims,
            Path models,
            SuspectSettings settings,
            boolean mixed,
            Path folder,
            Progress progress) {
        List<Traces.Picture> pictures = Traces.read(world);
        try (Suspects suspects = Suspects.open(victims, models, ScriptSettings.NONE)) {
            List<Place> places = new ArrayList<>();
            Map<ImageShape, Map<List<Integer>, List<Integer>>> together = new LinkedHashMap<>();
            Seed seed = new Seed(settings.seed()).child(String.valueOf(world.getFileName()));
            for (int p : thinned(pictures, settings.megapixels())) {
                ImageShape shape = pictures.get(p).clean().shape();
                List<Classifier> there = suspects.at(shape);
                Checks.require(!there.isEmpty(), "of %s none takes images of %s", victims, shape);
                for (int v = -1; v < pictures.get(p).versions().size(); v++) {
                    SplittableRandom random = seed.child(places.size()).random();
                    String attacked =
                            v < 0 ? "" : pictures.get(p).versions().get(v).victim();
                    List<Integer> asked = asked(there, attacked, random);
                    boolean first = v >= 0 && there.get(asked.get(0)).id().equals(attacked);
                    together.computeIfAbsent(shape, key -> new LinkedHashMap<>())
                            .computeIfAbsent(asked, key -> new ArrayList<>())
                            .add(places.size());
                    places.add(new Place(p, v, after(mixed, random), first, asked.size()));
                }
            }
            SuspectAnswers[] answers = new SuspectAnswers[places.size()];
            try (Progress.Task task =
                    progress.start("asking victims about " + world.getFileName(), places.size(), "images")) {
                together.forEach((shape, groups) -> groups.forEach((asked, members) -> {
                    List<Classifier> there = suspects.at(shape);
                    List<Classifier> own = asked.stream().map(there::get).toList();
                    int most = Math.max(1, PIXELS_AT_ONCE / (shape.height() * shape.width()));
                    for (int from = 0; from < members.size(); from += most) {
                        progress.checkStopped();
                        List<Integer> part = members.subList(from, Math.min(members.size(), from + most));
                        List<SuspectAnswers> found = SuspectAnswers.of(
                                part.stream()
                                        .map(i -> places.get(i).image(pictures))
                                        .toList(),
                                own);
                        for (int i = 0; i < part.size(); i++) {
                            answers[part.get(i)] = found.get(i);
                        }
                        task.advance(part.size());
                    }
                }));
            }
            write(folder.resolve(FILE), places, answers);
        }
    }

    /** The attacked one first, if it is there, then others at random. */
    private static List<Integer> asked(List<Classifier> there, String attacked, SplittableRandom random) {
        List<Integer> asked = new ArrayList<>();
        for (int i = 0; i < there.size(); i++) {
            if (there.get(i).id().equals(attacked)) {
                asked.add(i);
            }
        }
        Checks.require(asked.size() <= 1, "two victims are called %s", attacked);
        Arrays.stream(Seed.permutation(there.size(), random))
                .filter(i -> !asked.contains(i))
                .limit(ASKED - asked.size())
                .sorted()
                .forEach(asked::add);
        return asked;
    }

    private static AttributionCalibrator.After after(boolean mixed, SplittableRandom random) {
        double which = random.nextDouble();
        return !mixed || which >= COMPRESSED
                ? AttributionCalibrator.After.PNG
                : which < COMPRESSED / 2 ? AttributionCalibrator.After.JPEG_95 : AttributionCalibrator.After.JPEG_75;
    }

    /** Pictures of sizes that suspects are asked about, evenly thinned out. */
    private static int[] thinned(List<Traces.Picture> pictures, double megapixels) {
        int[] all = IntStream.range(0, pictures.size())
                .filter(i -> AttributionModel.asksAbout(pictures.get(i).clean().shape()))
                .toArray();
        double pixels = Arrays.stream(all)
                .mapToObj(pictures::get)
                .mapToDouble(one -> (1.0 + one.versions().size())
                        * one.clean().height()
                        * one.clean().width())
                .sum();
        double share = Math.min(1, megapixels * 1e6 / pixels);
        return IntStream.range(0, all.length)
                .filter(i -> (long) Math.floor((i + 1) * share) > (long) Math.floor(i * share))
                .map(i -> all[i])
                .toArray();
    }

    private static void write(Path file, List<Place> places, SuspectAnswers[] answers) {
        int count = places.size();
        long[] rows = new long[count * COLUMNS];
        float[] own = new float[count * ASKED * VictimFeatures.OWN];
        float[] leads = new float[count * ASKED * ASKED];
        for (int i = 0; i < count; i++) {
            Place place = places.get(i);
            System.arraycopy(
                    new long[] {
                        place.picture(),
                        place.version(),
                        AFTERS.indexOf(place.after()),
                        place.attackedAsked() ? 1 : 0,
                        place.asked()
                    },
                    0,
                    rows,
                    i * COLUMNS,
                    COLUMNS);
            for (int a = 0; a < place.asked(); a++) {
                System.arraycopy(answers[i].own()[a], 0, own, (i * ASKED + a) * VictimFeatures.OWN, VictimFeatures.OWN);
                System.arraycopy(answers[i].leads()[a], 0, leads, (i * ASKED + a) * ASKED, place.asked());
            }
        }
        Scopes.run(() -> Safetensors.write(
                file,
                Map.of(
                        ROWS, Tensors.longs(rows).reshape(count, COLUMNS),
                        OWN, Tensors.floats(own, count, ASKED, VictimFeatures.OWN),
                        LEADS, Tensors.floats(leads, count, ASKED, ASKED)),
                Map.of()));
    }

    /** The rows of a world, read by a network as well. */
    static List<Row> read(ResidualNetwork network, Asked asked, Progress progress) {
        List<Traces.Picture> pictures = Traces.read(asked.world());
        Path file = asked.answers().resolve(FILE);
        long[][] rows = new long[1][];
        float[][] values = new float[2][];
        Scopes.run(() -> {
            Map<String, Tensor> tensors = Safetensors.read(file);
            rows[0] = Tensors.toLongs(Objects.requireNonNull(tensors.get(ROWS)));
            values[0] = Tensors.toFloats(Objects.requireNonNull(tensors.get(OWN)));
            values[1] = Tensors.toFloats(Objects.requireNonNull(tensors.get(LEADS)));
        });
        List<Place> places = new ArrayList<>();
        for (int at = 0; at < rows[0].length; at += COLUMNS) {
            places.add(new Place(
                    (int) rows[0][at],
                    (int) rows[0][at + 1],
                    AFTERS.get((int) rows[0][at + 2]),
                    rows[0][at + 3] == 1,
                    (int) rows[0][at + 4]));
        }
        List<Evidence.Known> known = AttributionCalibrator.known(
                network,
                String.valueOf(asked.world().getFileName()),
                places.stream()
                        .map(place -> AttributionCalibrator.Sample.of(
                                pictures.get(place.picture()), place.version(), place.after()))
                        .toList(),
                progress);
        List<Row> result = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            int count = places.get(i).asked();
            float[][] own = new float[count][];
            float[][] leads = new float[count][];
            for (int a = 0; a < count; a++) {
                int row = i * ASKED + a;
                own[a] = Arrays.copyOfRange(values[0], row * VictimFeatures.OWN, (row + 1) * VictimFeatures.OWN);
                leads[a] = Arrays.copyOfRange(values[1], row * ASKED, row * ASKED + count);
            }
            result.add(new Row(
                    known.get(i), new SuspectAnswers(own, leads), places.get(i).attackedAsked()));
        }
        return result;
    }
}

package io.redrl.attribution;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ParquetShard;
import io.redrl.adversarial.StoredImage;
import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackOutcome;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Fingerprint;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import io.redrl.model.Victims;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The maker of a {@linkplain WorldSpec world's} images: a folder of shards, each a group of clean pictures and, for each of
 * them, versions under several attacks, all computed in float32 and stored in 8 bits. A version in which nothing changed is left
 * out. What a shard holds depends on the seed and its number alone; made again, only what is missing is made.
 */
public final class WorldMaker implements AutoCloseable {
    private static final String SPEC = "_world.json";

    private final WorldSpec world;
    private final Seed seed;
    private final Path models;
    private final Map<String, Classifier> victims = new HashMap<>();
    private final List<Path> photographs;
    private final int[] indices;
    private final @Nullable ImageDataset dataset;
    /** The only one to attack, which belongs to the caller; else they are opened by name. */
    private final @Nullable Classifier only;

    private WorldMaker(WorldSpec world, Seed seed, Path models) {
        this.world = world;
        this.seed = seed.child(world.name());
        this.models = models;
        only = null;
        if (world.photographs()) {
            List<Path> all = files(Path.of(world.data()));
            indices = chosen(all.size());
            photographs = all;
            dataset = null;
        } else {
            dataset = Datasets.open(world.data(), world.split());
            indices = chosen(dataset.size());
            photographs = List.of();
        }
    }

    private WorldMaker(WorldSpec world, Seed seed, ImageDataset images, Classifier victim) {
        this.world = world;
        this.seed = seed.child(world.name());
        models = Path.of("");
        only = victim;
        dataset = images;
        indices = chosen(images.size());
        photographs = List.of();
    }

    private int[] chosen(int size) {
        return world.indices().isEmpty()
                ? IntStream.range(0, size).toArray()
                : Arrays.stream(IndexRanges.parse(world.indices()))
                        .map(index -> Checks.inRange("image of " + world.name(), index, 0, size - 1))
                        .toArray();
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName()
                            .toString()
                            .toLowerCase(Locale.ROOT)
                            .matches(".*\\.(jpe?g|png)"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new RedrlException("Could not list " + folder + ": " + e, e);
        }
    }

    /**
     * Makes what is missing of a world.
     *
     * @param models where victims are looked for that are no paths
     * @param folder of the world
     * @throws io.redrl.base.StoppedException if {@code progress} asks to stop; the shards that are complete stay
     */
    public static void make(WorldSpec world, Seed seed, Path models, Path folder, Progress progress) {
        Fingerprint fingerprint = Fingerprint.of(Map.of("world", world, "seed", seed.value()));
        make(world, fingerprint, () -> new WorldMaker(world, seed, models), folder, "world " + world.name(), progress);
    }

    /**
     * Makes what is missing of a world of somebody's own: images as they are, of the victim's size, and attacks on that victim. The
     * algorithms take turns, so that few groups have all of them.
     *
     * @param world whose data and victims are names and nothing more
     * @param images they need not be square
     * @param victim stays open
     * @param folder of the world
     * @param task what people read beside the progress
     * @throws io.redrl.base.StoppedException if {@code progress} asks to stop; the shards that are complete stay
     */
    static void make(
            WorldSpec world,
            Seed seed,
            ImageDataset images,
            Classifier victim,
            Path folder,
            String task,
            Progress progress) {
        Fingerprint fingerprint = Fingerprint.of(
                Map.of("world", world, "seed", seed.value(), "images", images.checksum(), "victim", victim.checksum()));
        make(world, fingerprint, () -> new WorldMaker(world, seed, images, victim), folder, task, progress);
    }

    private static void make(
            WorldSpec world,
            Fingerprint fingerprint,
            Supplier<WorldMaker> makers,
            Path folder,
            String name,
            Progress progress) {
        Path spec = folder.resolve(SPEC);
        if (Files.isRegularFile(spec)) {
            fingerprint.requireSame(Json.read(spec, Fingerprint.class), folder);
        }
        Json.write(spec, fingerprint);
        int shards = (world.images() + world.group() - 1) / world.group();
        try (WorldMaker maker = makers.get();
                Progress.Task task = progress.start(name, shards, "groups")) {
            if (maker.only != null) {
                Lanes.map(IntStream.range(0, shards)
                        .mapToObj(shard -> (Callable<Integer>) () -> maker.made(shard, folder, task, progress))
                        .toList());
            } else { // victims that are opened on the way are not for several threads
                for (int shard = 0; shard < shards; shard++) {
                    maker.made(shard, folder, task, progress);
                }
            }
        }
    }

    private int made(int shard, Path folder, Progress.Task task, Progress progress) {
        progress.checkStopped();
        Path file = folder.resolve(String.format(Locale.ROOT, "shard-%05d.parquet", shard));
        if (!Files.isRegularFile(file)) {
            byte[] bytes = ParquetShard.encode(shard(shard, task, progress));
            AtomicFiles.write(file, out -> out.write(bytes));
        }
        task.advance(1);
        return shard;
    }

    /** What a world was made with. */
    static Fingerprint fingerprint(Path folder) {
        return Json.read(folder.resolve(SPEC), Fingerprint.class);
    }

    /** The shards of a world that are there, in their order. */
    public static List<Path> shards(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".parquet"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new RedrlException("Could not list " + folder + ": " + e, e);
        }
    }

    private List<AdversarialExample> shard(int number, Progress.Task task, Progress progress) {
        Seed own = seed.child(number);
        SplittableRandom random = own.child("plan").random();
        int side = world.sides().get(random.nextInt(world.sides().size()));
        int count = Math.min(world.group(), world.images() - number * world.group());
        List<Image> clean = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clean.add(picture(
                    number * world.group() + i,
                    side,
                    own.child("picture").child(i).random()));
        }
        List<AdversarialExample> rows = new ArrayList<>();
        Scopes.run(() -> {
            Tensor images = Tensors.pixels(clean);
            rows.addAll(rows(number, AttackClass.CLEAN.id(), "none", "{}", images, notAttacked(count)));
            for (int a = 0; a < world.attacks(); a++) {
                progress.checkStopped();
                SplittableRandom draw = own.child("attack").child(a).random();
                Algorithm algorithm = only == null
                        ? world.algorithms().get(draw.nextInt(world.algorithms().size()))
                        : turn(number * world.attacks() + a);
                Classifier victim = only == null
                        ? victim(
                                world.victims().get(draw.nextInt(world.victims().size())), side)
                        : only;
                AttackSpec spec = new AttackDraw(side, draw, victim.classes()).of(algorithm);
                task.note(String.format(Locale.ROOT, "%d px, %s on %s", side, algorithm.id(), victim.id()));
                Scopes.run(() -> {
                    long[] ids = IntStream.range(0, count).mapToLong(i -> i).toArray();
                    AttackOutcome outcome = AttackRunner.run(
                            spec,
                            victim,
                            new AttackBatch(images, victim.predict(images), ids, new Seed(draw.nextLong())),
                            Storage.UINT8,
                            Precision.FP32);
                    rows.addAll(rows(
                            number,
                            spec.id(),
                            victim.id(),
                            Json.line(spec),
                            outcome.adversarial(),
                            outcome.outcomes()));
                });
            }
        });
        return rows;
    }

    /** The algorithm of an attack by its number: all of them once, in an order of chance, then again in another one. */
    private Algorithm turn(int number) {
        int count = world.algorithms().size();
        int[] order = Seed.permutation(
                count, seed.child("turns").child(number / count).random());
        return world.algorithms().get(order[number % count]);
    }

    private static List<Outcome> notAttacked(int count) {
        return IntStream.range(0, count).mapToObj(i -> Outcome.NOT_ATTACKED).toList();
    }

    private List<AdversarialExample> rows(
            int shard, String attack, String victim, String config, Tensor images, List<Outcome> outcomes) {
        List<StoredImage> stored = StoredImage.of(images, Storage.UINT8);
        List<AdversarialExample> rows = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            Outcome outcome = outcomes.get(i);
            if (attack.equals(AttackClass.CLEAN.id()) || outcome.linf() > 0) {
                rows.add(new AdversarialExample(
                        shard * world.group() + i, -1, attack, victim, config, outcome, stored.get(i)));
            }
        }
        return rows;
    }

    private Image picture(int number, int side, SplittableRandom random) {
        if (random.nextDouble() < world.drawn()) {
            return History.processed(DrawnPicture.of(side, random), random);
        }
        int index = indices[number % indices.length];
        if (!photographs.isEmpty()) {
            Image photograph = ImageCodec.read(photographs.get(index)).image();
            int shorter = Math.min(photograph.height(), photograph.width());
            if (shorter < side) {
                photograph = Scaling.scaled(
                        photograph,
                        new ImageShape(
                                3,
                                Math.max(side, photograph.height() * side / shorter),
                                Math.max(side, photograph.width() * side / shorter)));
            }
            return History.of(photograph, side, random);
        }
        Image image = Objects.requireNonNull(dataset).image(index);
        if (only == null && image.height() != side) {
            image = Scaling.scaled(image, new ImageShape(3, side, side));
        }
        return random.nextDouble() < world.processed() ? History.processed(image, random) : image;
    }

    private Classifier victim(String name, int side) {
        ImageShape input = new ImageShape(3, side, side);
        return victims.computeIfAbsent(
                name + "@" + side, key -> Victims.loadAt(name, models, ScriptSettings.NONE, input)
                        .orElseThrow(() -> new RedrlException("world " + world.name() + " has images of " + side + "×"
                                + side + ", which victim " + name + " does not take")));
    }

    @Override
    public void close() {
        victims.values().forEach(Classifier::close);
    }
}

package io.redrl.adversarial;

import io.redrl.attack.AttackClass;
import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.data.ImageDataset;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An adversarial set as PNG files: for each attacked image {@code INDEX-original.png}, {@code INDEX-ATTACK.png} and
 * {@code INDEX-perturbation.png}, the last {@code 128 + factor · (adversarial − original)} in grey levels, cut off at 0
 * and 255. Sets with several victims, attacks or configurations get a folder for each. {@code pictures.csv} says of each image what it is
 * and what the victim makes of it.
 *
 * <p>PNG keeps 8 bits without loss: the pixels of sets stored as uint8 are exactly the set's, those of float32 sets are
 * rounded half up, after which an image may no longer fool.
 *
 * <p>Files are complete or absent; the same call goes on where it was stopped.
 */
public final class PngExport {
    /** How many times perturbations are magnified unless another factor is asked for. */
    public static final int FACTOR = 10;

    /** Written first: what the pictures show. */
    static final String CLAIM = "pictures.json";

    private PngExport() {}

    /**
     * What a folder of pictures shows.
     *
     * @param set SHA-256 of the set's manifest
     * @param dataset the data set that the originals are from
     * @param storage how the set keeps images; float32 ones are rounded here
     * @param factor how many times perturbations are magnified
     * @param folders what lies in which folder
     */
    record Pictures(String set, String dataset, Storage storage, int factor, List<Folder> folders) {}

    /**
     * The pictures of one configuration.
     *
     * @param folder below the folder of all pictures, with {@code /}; empty if there is no other
     * @param victim the victim's id
     * @param attack the attack's id
     * @param config its settings as one line of JSON
     */
    record Folder(String folder, String victim, String attack, String config) {}

    /**
     * Refuses a folder that holds other files, before any work.
     *
     * @throws RedrlException if it is neither absent nor empty nor a folder of pictures
     */
    public static void checkFree(Path folder) {
        if (!Files.exists(folder) || Files.exists(folder.resolve(CLAIM))) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            Checks.require(
                    files.allMatch(file -> file.getFileName().toString().endsWith(".partial")),
                    "%s holds other files: choose an empty or a new folder for the pictures",
                    folder);
        } catch (IOException e) {
            throw new RedrlException(folder + " is no folder that can be read: " + e, e);
        }
    }

    /**
     * Writes the pictures, or what is still missing of them; clean rows are left out.
     *
     * @param set the set
     * @param dataset the data set that it was made from
     * @param folder where; empty, absent, or begun from the same set with the same factor
     * @param factor how many times perturbations are magnified, at least 1
     * @param progress told of every image and asked whether to stop between two
     * @throws RedrlException if set, data set and folder do not fit together
     */
    public static void write(AdversarialSet set, ImageDataset dataset, Path folder, int factor, Progress progress) {
        Checks.inRange("factor of perturbations", factor, 1, 255);
        set.plan().requireDataset(dataset);
        List<AdversarialManifest.Shard> shards = set.manifest().shards().stream()
                .filter(shard -> !shard.attack().equals(AttackClass.CLEAN.id()))
                .toList();
        List<Folder> folders = folders(shards);
        claim(
                folder,
                new Pictures(set.checksum(), dataset.id(), set.plan().options().storage(), factor, folders));
        int images = shards.stream().mapToInt(AdversarialManifest.Shard::rows).sum();
        PictureTable table = new PictureTable(set.manifest().classNames().orElse(List.of()));
        try (Progress.Task task = progress.start("writing pictures", images, "images")) {
            for (AdversarialManifest.Shard shard : shards) {
                String own = folders.stream()
                        .filter(each -> each.victim().equals(shard.victim())
                                && each.config().equals(shard.config()))
                        .findFirst()
                        .map(Folder::folder)
                        .orElseThrow();
                for (AdversarialExample row : set.examples(shard)) {
                    progress.checkStopped();
                    write(row, dataset, folder.resolve(own), factor);
                    table.add(row, own);
                    task.advance(1);
                }
            }
        }
        table.write(folder);
    }

    private static void write(AdversarialExample row, ImageDataset dataset, Path folder, int factor) {
        Path last = folder.resolve(row.index() + "-perturbation.png");
        if (Files.exists(last)) {
            return;
        }
        ImageShape shape = dataset.shape();
        byte[] original = dataset.pixels(row.index());
        ImageCodec.writePng(folder.resolve(row.index() + "-original.png"), new Image(shape, original));
        ImageCodec.writePng(
                folder.resolve(row.index() + "-" + row.attack() + ".png"),
                row.image().rounded());
        float[] adversarial = row.image().floats();
        byte[] change = new byte[original.length];
        for (int i = 0; i < change.length; i++) {
            long level = Math.round(Image.MID_GREY + factor * (255.0 * adversarial[i] - (original[i] & 0xff)));
            change[i] = (byte) Math.max(0, Math.min(255, level));
        }
        ImageCodec.writePng(last, new Image(shape, change));
    }

    private static void claim(Path folder, Pictures pictures) {
        Path file = folder.resolve(CLAIM);
        checkFree(folder);
        if (!Files.exists(file)) {
            Json.write(file, pictures);
            return;
        }
        Checks.require(
                Json.read(file, Map.class).equals(Json.parse(Json.line(pictures), Map.class, CLAIM)),
                "%s holds pictures of another set, or with another factor. Choose another folder, or delete this one.",
                folder);
    }

    /** One folder per victim, attack and configuration, in the order of the shards. */
    private static List<Folder> folders(List<AdversarialManifest.Shard> shards) {
        Set<List<String>> groups = new LinkedHashSet<>();
        shards.forEach(shard -> groups.add(List.of(shard.victim(), shard.attack(), shard.config())));
        boolean victims = groups.stream().map(group -> group.get(0)).distinct().count() > 1;
        Map<String, String> names = ConfigNames.of(
                groups.stream().map(group -> group.get(2)).distinct().toList());
        List<Folder> folders = new ArrayList<>();
        Set<String> taken = new LinkedHashSet<>();
        for (List<String> group : groups) {
            String config = names.getOrDefault(group.get(2), "");
            String name = (victims ? group.get(0) + "/" : "")
                    + group.get(1)
                    + (config.isEmpty() ? "" : "-" + config.replace(", ", "-").replaceAll("[^A-Za-z0-9.-]+", "_"));
            String free = name;
            for (int i = 2; !taken.add(free); i++) {
                free = name + "-" + i;
            }
            folders.add(new Folder(groups.size() == 1 ? "" : free, group.get(0), group.get(1), group.get(2)));
        }
        return folders;
    }
}

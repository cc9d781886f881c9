package io.redrl.adversarial;

import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.parquet.io.api.Binary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Rows of a finished adversarial set in bounded memory: a list whose rows are made when they are asked for. What a row says beside its
 * pixels is kept in arrays, {@value #BYTES_A_ROW} bytes a row; the pixels lie unpacked in one file that is mapped, once for all
 * threads, so that the system reads what is looked at and forgets it when it needs the room.
 *
 * <p>Immutable and safe to read from several threads. Closing it closes the views made from it, too.
 */
public final class SetRows extends AbstractList<AdversarialExample> implements RandomAccess, AutoCloseable {
    /** Of memory, beside names of files. */
    public static final int BYTES_A_ROW = 49;

    private final Table table;
    /** Rows of the table. */
    private final int[] places;

    private final boolean withPixels;

    private SetRows(Table table, int[] places, boolean withPixels) {
        this.table = table;
        this.places = places;
        this.withPixels = withPixels;
    }

    /** A file of a set as far as all its rows have it in common. */
    private record Group(String attack, String victim, String config) {}

    /** All rows in the order of the shards. */
    private static final class Table {
        final String checksum;
        final Storage format;
        final ImageShape shape;
        final List<Group> groups = new ArrayList<>();
        final Map<Integer, String> files = new HashMap<>();
        final Map<Integer, String> classNames = new HashMap<>();
        final int[] group;
        final int[] index;
        final int[] label;
        final int[] target;
        final int[] cleanPrediction;
        final int[] adversarialPrediction;
        final byte[] success;
        final double[] linf;
        final double[] l2;
        final Tensor pixels;
        int size;

        Table(AdversarialSet set, Path folder) {
            checksum = set.checksum();
            format = set.plan().options().storage().format();
            shape = set.manifest().shape();
            int n = set.size();
            group = new int[n];
            index = new int[n];
            label = new int[n];
            target = new int[n];
            cleanPrediction = new int[n];
            adversarialPrediction = new int[n];
            success = new byte[n];
            linf = new double[n];
            l2 = new double[n];
            Path file = folder.resolve("pixels-" + checksum.substring(0, 16) + ".bin");
            if (size(file) == n * rowBytes()) {
                set.manifest().shards().forEach(shard -> set.heads(shard).forEach(this::add));
            } else {
                AtomicFiles.write(file, out -> {
                    for (AdversarialManifest.Shard shard : set.manifest().shards()) {
                        for (AdversarialExample row : set.examples(shard)) {
                            add(row);
                            out.write(row.pixels());
                        }
                    }
                });
            }
            Checks.require(size == n, "the adversarial set of %s has %d rows, its manifest says %d", folder, size, n);
            pixels = map(file, n);
        }

        private static long size(Path file) {
            try {
                return Files.isRegularFile(file) ? Files.size(file) : -1;
            } catch (IOException e) {
                throw new RedrlException("Could not read " + file + ": " + e, e);
            }
        }

        private long rowBytes() {
            return (long) shape.values() * format.bytes();
        }

        private void add(AdversarialExample row) {
            Group own = new Group(row.attack(), row.victim(), row.config());
            if (groups.isEmpty() || !groups.get(groups.size() - 1).equals(own)) {
                groups.add(own);
            }
            group[size] = groups.size() - 1;
            index[size] = row.index();
            label[size] = row.label();
            files.putIfAbsent(row.index(), row.file());
            classNames.putIfAbsent(row.index(), row.className());
            Outcome outcome = row.outcome();
            target[size] = outcome.target();
            cleanPrediction[size] = outcome.cleanPrediction();
            adversarialPrediction[size] = outcome.adversarialPrediction();
            success[size] = (byte) ((outcome.successFloat() ? 1 : 0) + (outcome.success8bit() ? 2 : 0));
            linf[size] = outcome.linf();
            l2[size] = outcome.l2();
            size++;
        }

        /** Privately: nobody writes, and the file's pages stay the system's to drop. */
        private Tensor map(Path file, int n) {
            ScalarType type = format == Storage.UINT8 ? ScalarType.Byte : ScalarType.Float;
            long[] sizes = {n, shape.channels(), shape.height(), shape.width()};
            return Scopes.valuedNoGrad(() -> Scopes.owned(torch.from_file(
                            file.toString(),
                            new BoolOptional(false),
                            new LongOptional((long) n * shape.values()),
                            new TensorOptions(type))
                    .view(sizes)));
        }

        AdversarialExample row(int at, boolean withPixels) {
            Group own = groups.get(group[at]);
            Outcome outcome = new Outcome(
                    target[at],
                    cleanPrediction[at],
                    adversarialPrediction[at],
                    (success[at] & 1) != 0,
                    (success[at] & 2) != 0,
                    linf[at],
                    l2[at]);
            return new AdversarialExample(
                    index[at],
                    files.getOrDefault(index[at], ""),
                    label[at],
                    classNames.getOrDefault(index[at], ""),
                    own.attack(),
                    own.victim(),
                    own.config(),
                    outcome,
                    withPixels
                            ? StoredImage.of(shape.height(), shape.width(), format, bytes(at))
                            : new StoredImage(shape.height(), shape.width(), format, Binary.EMPTY));
        }

        private byte[] bytes(int at) {
            byte[] bytes = new byte[Math.toIntExact(rowBytes())];
            Scopes.run(() ->
                    new BytePointer(pixels.data_ptr()).position(at * rowBytes()).get(bytes));
            return bytes;
        }
    }

    /**
     * Opens all rows of a set, in the canonical order of {@link AdversarialPlan#items()}.
     *
     * @param folder where the file of pixels lies or is made: as many bytes as the images have
     */
    public static SetRows open(AdversarialSet set, Path folder) {
        Table table = new Table(set, folder);
        Comparator<AdversarialExample> order = AdversarialSet.canonical(set.plan());
        Map<Group, AdversarialExample> any = new LinkedHashMap<>();
        for (int i = 0; i < table.size; i++) {
            int at = i;
            any.computeIfAbsent(table.groups.get(table.group[i]), g -> table.row(at, false));
        }
        List<Group> ranked = any.entrySet().stream()
                .sorted(Comparator.comparing(
                        (Map.Entry<Group, AdversarialExample> e) -> withIndex(e.getValue(), 0), order))
                .map(Map.Entry::getKey)
                .toList();
        Map<Group, Integer> ranks = new HashMap<>();
        ranked.forEach(group -> ranks.put(group, ranks.size()));
        int[] rank = table.groups.stream()
                .mapToInt(group -> ranks.getOrDefault(group, 0))
                .toArray();
        return new SetRows(table, sorted(table, rank), true);
    }

    private static AdversarialExample withIndex(AdversarialExample row, int index) {
        return new AdversarialExample(
                index, row.label(), row.attack(), row.victim(), row.config(), row.outcome(), row.image());
    }

    /** By image, then by the rank of what was done to it; in memory of a number for each row. */
    private static int[] sorted(Table table, int[] rank) {
        long[] keys = new long[table.size];
        int groups = rank.length + 1;
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) table.index[i] * groups + rank[table.group[i]];
        }
        int[] places = IntStream.range(0, keys.length).toArray();
        int[] buffer = new int[places.length];
        for (int width = 1; width < places.length; width *= 2) {
            for (int from = 0; from < places.length; from += 2 * width) {
                int middle = Math.min(from + width, places.length);
                int end = Math.min(middle + width, places.length);
                int left = from;
                int right = middle;
                for (int to = from; to < end; to++) {
                    boolean first = left < middle && (right >= end || keys[places[left]] <= keys[places[right]]);
                    buffer[to] = first ? places[left++] : places[right++];
                }
            }
            int[] swap = places;
            places = buffer;
            buffer = swap;
        }
        return places;
    }

    @Override
    public AdversarialExample get(int i) {
        return table.row(places[i], withPixels);
    }

    @Override
    public int size() {
        return places.length;
    }

    /** The same rows without pixels: all that most questions need. */
    public SetRows heads() {
        return new SetRows(table, places, false);
    }

    /** Some of the rows; {@code wanted} is shown them without pixels. */
    public SetRows where(Predicate<AdversarialExample> wanted) {
        int[] kept = IntStream.range(0, places.length)
                .filter(i -> wanted.test(table.row(places[i], false)))
                .map(i -> places[i])
                .toArray();
        return new SetRows(table, kept, withPixels);
    }

    /** The rows at some positions of this list. */
    public SetRows at(int[] positions) {
        int[] kept = new int[positions.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = places[positions[i]];
        }
        return new SetRows(table, kept, withPixels);
    }

    /** Some rows of a list of any kind, without reading the pixels of these rows if it is one of this kind. */
    public static List<AdversarialExample> where(List<AdversarialExample> rows, Predicate<AdversarialExample> wanted) {
        return rows instanceof SetRows own
                ? own.where(wanted)
                : rows.stream().filter(wanted).toList();
    }

    /** The rows of a list of any kind, without pixels if it is one of this kind. */
    public static List<AdversarialExample> heads(List<AdversarialExample> rows) {
        return rows instanceof SetRows own ? own.heads() : rows;
    }

    /** The images of all rows of the set, which {@link #places} are places of; closed with these rows. */
    public ImageStack images() {
        return ImageStack.lent(table.pixels);
    }

    /** Where in {@link #images} each of these rows is. */
    public int[] places() {
        return places.clone();
    }

    /** The size of every image. */
    public ImageShape shape() {
        return table.shape;
    }

    /** SHA-256 of the set and of which of its rows these are. */
    public String checksum() {
        MessageDigest digest = Checksums.sha256();
        digest.update(table.checksum.getBytes(StandardCharsets.UTF_8));
        for (int place : places) {
            digest.update(
                    new byte[] {(byte) (place >>> 24), (byte) (place >>> 16), (byte) (place >>> 8), (byte) place});
        }
        return Checksums.hex(digest);
    }

    /** Frees the mapping; the file stays. */
    @Override
    public void close() {
        table.pixels.close();
    }
}

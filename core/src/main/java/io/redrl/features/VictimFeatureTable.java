package io.redrl.features;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.model.Classifier;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * What victims say of training examples, worked out once for all recognisers that ask them; and where the victims lie, so that
 * a trained recogniser can take them along. Closing it frees its native memory.
 */
public final class VictimFeatureTable implements AutoCloseable {
    /** Raised when victims are asked something else: tables and recognisers made before are of no use any more. */
    public static final int VERSION = 2;

    private static final String KEY = "evidence";
    private static final int CHUNK = 64;
    private static final int PIECE = 1024;

    private final List<Path> homes;
    private final List<String> victims;
    private final Tensor values;

    private VictimFeatureTable(List<String> victims, List<Path> homes, Tensor values) {
        this.victims = List.copyOf(victims);
        this.homes = List.copyOf(homes);
        this.values = values;
    }

    /**
     * Asks the victims about every row.
     *
     * @param rows whole rows, with pixels of the victims' size
     * @param victims in the order of the table
     * @param file gets the table; complete or absent
     * @param progress told about every batch
     */
    public static void write(
            List<AdversarialExample> rows, List<? extends Classifier> victims, Path file, Progress progress) {
        VictimFeatures evidence = new VictimFeatures(victims);
        List<float[]> parts;
        try (Progress.Task task = progress.start("evidence", rows.size(), "images")) {
            List<Callable<float[]>> work = new ArrayList<>();
            for (int from = 0; from < rows.size(); from += PIECE) {
                List<AdversarialExample> part = rows.subList(from, Math.min(rows.size(), from + PIECE));
                work.add(() -> piece(evidence, part, progress, task));
            }
            parts = Lanes.map(work);
        }
        Scopes.run(() -> {
            TensorVector all = new TensorVector();
            parts.forEach(part -> all.push_back(Tensors.floats(part, part.length)));
            long v = victims.size();
            Tensor table = torch.cat(all, 0).reshape(-1, v, VictimFeatures.OWN + v);
            Safetensors.write(file, Map.of(KEY, table), Map.of());
        });
    }

    private static float[] piece(
            VictimFeatures evidence, List<AdversarialExample> rows, Progress progress, Progress.Task task) {
        List<float[]> parts = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += CHUNK) {
            progress.checkStopped();
            List<AdversarialExample> chunk = rows.subList(from, Math.min(rows.size(), from + CHUNK));
            parts.add(Scopes.valued(() -> Tensors.toFloats(evidence.of(ImageStack.pixels(chunk)))));
            task.advance(chunk.size());
        }
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    /**
     * Reads a table.
     *
     * @param file that {@link #write} made
     * @param victims the victims' names, in the table's order
     * @param homes the model folder or TorchScript file of each
     * @throws RedrlException if the file is damaged or of another number of victims
     */
    public static VictimFeatureTable open(Path file, List<String> victims, List<Path> homes) {
        Tensor values = Scopes.valued(() ->
                Scopes.owned(Objects.requireNonNull(Safetensors.read(file).get(KEY), () -> file + " has no " + KEY)));
        Checks.shape(file.toString(), Tensors.shape(values), -1, victims.size(), VictimFeatures.OWN + victims.size());
        return new VictimFeatureTable(victims, homes, values);
    }

    /**
     * Part of the table.
     *
     * @param rows positions of the rows to keep
     * @param names of the victims to keep
     */
    public VictimFeatureTable of(int[] rows, List<String> names) {
        for (String name : names) {
            Checks.require(victims.contains(name), "evidence of %s is asked for; known are %s", name, victims);
        }
        long[] places = names.stream().mapToLong(victims::indexOf).toArray();
        long[] columns = new long[VictimFeatures.OWN + places.length];
        Arrays.setAll(columns, i -> i < VictimFeatures.OWN ? i : VictimFeatures.OWN + places[i - VictimFeatures.OWN]);
        Tensor part = Scopes.valuedNoGrad(() -> Scopes.owned(values.index_select(
                        0, Tensors.longs(Arrays.stream(rows).asLongStream().toArray()))
                .index_select(1, Tensors.longs(places))
                .index_select(2, Tensors.longs(columns))
                .contiguous()));
        return new VictimFeatureTable(
                names,
                names.stream().map(name -> homes.get(victims.indexOf(name))).toList(),
                part);
    }

    /**
     * One table after another.
     *
     * @param further of the same victims
     * @return a table of its own, to be closed like the two
     */
    public VictimFeatureTable followedBy(VictimFeatureTable further) {
        Checks.require(
                victims.equals(further.victims),
                "tables of the same victims can be joined, got %s and %s",
                victims,
                further.victims);
        return new VictimFeatureTable(
                victims,
                homes,
                Scopes.valuedNoGrad(() -> Scopes.owned(torch.cat(new TensorVector(values, further.values), 0))));
    }

    /** The victims' names, in order. */
    public List<String> victims() {
        return victims;
    }

    /** {@code [rows,V,OWN+V]} float32, this object's. */
    public Tensor values() {
        return values;
    }

    /** Where a recogniser's folder keeps a victim. */
    public static Path home(Path recogniser, String victim) {
        Path folder = recogniser.resolve("victims");
        Path script = folder.resolve(victim + ".pt");
        return Files.isRegularFile(script) ? script : folder.resolve(victim);
    }

    /** Copies the victims into a recogniser's folder. */
    public void takeAlong(Path recogniser) {
        for (int i = 0; i < victims.size(); i++) {
            Path from = homes.get(i);
            Path to = recogniser.resolve("victims").resolve(victims.get(i));
            if (Files.isDirectory(from)) {
                try (Stream<Path> files = Files.list(from)) {
                    files.filter(file -> file.getFileName().toString().startsWith("model."))
                            .forEach(file ->
                                    copy(file, to.resolve(file.getFileName().toString())));
                } catch (IOException e) {
                    throw new RedrlException("Could not read " + from + ": " + e, e);
                }
            } else {
                copy(from, to.resolveSibling(victims.get(i) + ".pt"));
            }
        }
    }

    private static void copy(Path from, Path to) {
        AtomicFiles.write(to, out -> Files.copy(from, out));
    }

    @Override
    public void close() {
        values.close();
    }
}

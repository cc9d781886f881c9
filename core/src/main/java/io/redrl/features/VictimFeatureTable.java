package io.redrl.features;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
import io.redrl.base.Checks;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.model.Classifier;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Table of {@link VictimFeatures} of training examples, made once for all recognisers whose Ψ sees them. It knows where the victims lie,
 * since a recogniser keeps copies of them. Closing it frees its native memory.
 */
public final class VictimFeatureTable implements AutoCloseable {
    /** Raised when the features change: tables and recognisers made before are of no use any more. */
    public static final int VERSION = 2;

    /** Its name in files, which is older than that of the class. */
    private static final String KEY = "evidence";

    private static final int CHUNK = 64;
    private static final int PIECE = 1024;

    private final List<Path> paths;
    private final List<String> victims;
    private final Tensor values;

    private VictimFeatureTable(List<String> victims, List<Path> paths, Tensor values) {
        this.victims = List.copyOf(victims);
        this.paths = List.copyOf(paths);
        this.values = values;
    }

    /**
     * Makes the table of some rows.
     *
     * @param rows whole rows, with pixels of the victims' size
     * @param victims in the order of the table
     * @param file gets the table; complete or absent
     * @param progress told about every batch
     */
    public static void write(
            List<AdversarialExample> rows, List<? extends Classifier> victims, Path file, Progress progress) {
        VictimFeatures features = new VictimFeatures(victims);
        List<List<float[]>> pieces;
        try (Progress.Task task = progress.start("victim features", rows.size(), "images")) {
            List<Callable<List<float[]>>> work = new ArrayList<>();
            for (int from = 0; from < rows.size(); from += PIECE) {
                List<AdversarialExample> part = rows.subList(from, Math.min(rows.size(), from + PIECE));
                work.add(() -> piece(features, part, progress, task));
            }
            pieces = Lanes.map(work);
        }
        Scopes.run(() -> {
            TensorVector all = new TensorVector();
            pieces.forEach(piece -> piece.forEach(part -> all.push_back(Tensors.floats(part, part.length))));
            long v = victims.size();
            Tensor table = torch.cat(all, 0).reshape(-1, v, VictimFeatures.OWN + v);
            Safetensors.write(file, Map.of(KEY, table), Map.of());
        });
    }

    private static List<float[]> piece(
            VictimFeatures features, List<AdversarialExample> rows, Progress progress, Progress.Task task) {
        List<float[]> parts = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += CHUNK) {
            progress.checkStopped();
            List<AdversarialExample> chunk = rows.subList(from, Math.min(rows.size(), from + CHUNK));
            parts.add(Scopes.valued(() -> Tensors.toFloats(features.of(ImageStack.pixels(chunk)))));
            task.advance(chunk.size());
        }
        return parts;
    }

    /**
     * Reads a table.
     *
     * @param file that {@link #write} made
     * @param victims the victims' names, in the table's order
     * @param paths each one's model folder or TorchScript file
     * @throws RedrlException if the file is damaged or of another number of victims
     */
    public static VictimFeatureTable open(Path file, List<String> victims, List<Path> paths) {
        Tensor values = Scopes.valued(() ->
                Scopes.owned(Objects.requireNonNull(Safetensors.read(file).get(KEY), () -> file + " has no " + KEY)));
        Checks.shape(file.toString(), Tensors.shape(values), -1, victims.size(), VictimFeatures.OWN + victims.size());
        return new VictimFeatureTable(victims, paths, values);
    }

    /**
     * Part of the table.
     *
     * @param rows positions of the rows to keep
     * @param names of the victims to keep
     */
    public VictimFeatureTable of(int[] rows, List<String> names) {
        for (String name : names) {
            Checks.require(victims.contains(name), "features of victim %s are asked for; known are %s", name, victims);
        }
        long[] places = names.stream().mapToLong(victims::indexOf).toArray();
        long[] columns = new long[VictimFeatures.OWN + places.length];
        Arrays.setAll(columns, i -> i < VictimFeatures.OWN ? i : VictimFeatures.OWN + places[i - VictimFeatures.OWN]);
        Tensor part = Scopes.valuedNoGrad(() -> Scopes.owned(
                Tensors.picked(values, Arrays.stream(rows).asLongStream().toArray())
                        .index_select(1, Tensors.longs(places))
                        .index_select(2, Tensors.longs(columns))
                        .contiguous()));
        return new VictimFeatureTable(
                names,
                names.stream().map(name -> paths.get(victims.indexOf(name))).toList(),
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
                paths,
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

    /** Each victim's model folder or TorchScript file, in order. */
    public List<Path> paths() {
        return paths;
    }

    @Override
    public void close() {
        values.close();
    }
}

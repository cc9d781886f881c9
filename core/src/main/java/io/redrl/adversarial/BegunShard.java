package io.redrl.adversarial;

import io.redrl.base.AtomicFiles;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is done of a shard whose attack takes long, kept beside its file so that a stop costs one batch. Its name begins with
 * {@code _} and does not end in {@code .parquet}, so that no reader of sets takes it for a part of one.
 */
final class BegunShard {
    private static final long BETWEEN = Duration.ofSeconds(5).toNanos();

    private final PlannedShard shard;
    private final Path file;
    private long kept = System.nanoTime();

    BegunShard(PlannedShard shard, Path shardFile) {
        this.shard = shard;
        String name = String.valueOf(shardFile.getFileName());
        this.file = shardFile.resolveSibling("_" + name.replaceFirst("\\.parquet$", ".begun"));
    }

    /** The rows that are there already; none if they are damaged, or of another plan. */
    List<AdversarialExample> rows() {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try {
            List<AdversarialExample> rows = ParquetShard.decode(file);
            boolean fits = rows.size() < shard.indices().size()
                    && rows.stream()
                            .map(AdversarialExample::index)
                            .toList()
                            .equals(shard.indices().subList(0, rows.size()))
                    && rows.stream().allMatch(row -> row.config().equals(shard.config()));
            return fits ? rows : List.of();
        } catch (RedrlException e) {
            return List.of();
        }
    }

    /** Keeps rows, unless that was done a moment ago. */
    void keep(List<AdversarialExample> rows) {
        if (System.nanoTime() - kept > BETWEEN) {
            keepNow(rows);
        }
    }

    /** Keeps rows. */
    void keepNow(List<AdversarialExample> rows) {
        if (!rows.isEmpty()) {
            AtomicFiles.write(file, out -> out.write(ParquetShard.encode(rows)));
            kept = System.nanoTime();
        }
    }

    /** The shard is whole. */
    void forget() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw AtomicFiles.writeFailure(file, e);
        }
    }
}

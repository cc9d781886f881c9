package io.redrl.adversarial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a set as it was before its plan was written there, to leave nothing behind where the work is refused. */
final class FreshFolder {
    private final Path folder;
    private final boolean claimed;
    private final List<Path> absent = new ArrayList<>();

    FreshFolder(Path folder) {
        this.folder = folder;
        this.claimed = Files.exists(folder.resolve(Claim.FILE));
        for (Path each = folder.toAbsolutePath().normalize();
                each != null && !Files.exists(each);
                each = each.getParent()) {
            absent.add(each);
        }
    }

    /** Takes away the plan and the folders, unless there is more than these. */
    void clear() {
        if (claimed || !Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> all = walk.sorted(Comparator.reverseOrder()).toList();
            Path claim = folder.resolve(Claim.FILE);
            if (all.stream().anyMatch(file -> Files.isRegularFile(file) && !file.equals(claim))) {
                return;
            }
            for (Path each : all) {
                if (!each.equals(folder)) {
                    Files.delete(each);
                }
            }
            for (Path each : absent) {
                Files.deleteIfExists(each);
            }
        } catch (DirectoryNotEmptyException e) {
            // Somebody else has begun to use a folder above: it stays.
        } catch (IOException | UncheckedIOException e) {
            // What refused the work is the message that counts.
        }
    }
}

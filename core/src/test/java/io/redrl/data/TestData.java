package io.redrl.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Real data for tests. */
public final class TestData {
    private static final Map<Split, ImageDataset> CIFAR10 = new EnumMap<>(Split.class);

    private TestData() {}

    /** A split of CIFAR-10 from the default cache, which is filled first when it is empty. Kept for the whole test run. */
    public static ImageDataset cifar10(Split split) {
        synchronized (CIFAR10) {
            ImageDataset known = CIFAR10.get(split);
            if (known != null) {
                return known;
            }
            ImageDataset opened = openOrFetch(split);
            CIFAR10.put(split, opened);
            return opened;
        }
    }

    /** Opening checks the split; only what is missing or altered is fetched, since fetching checks both splits. */
    private static ImageDataset openOrFetch(Split split) {
        try {
            return Cifar10.open(split);
        } catch (RedrlException missing) {
            new Cifar10Fetcher(RedrlHome.data("cifar10")).fetch(Progress.silent());
            return Cifar10.open(split);
        }
    }

    /**
     * A file of the shared data folder, if this machine has it: the folder is the system property
     * {@code redrl.shared.data}, else the environment variable {@code REDRL_SHARED_DATA}, else {@code shared/data} beside
     * the repository.
     */
    public static Optional<Path> shared(String name) {
        String property = System.getProperty("redrl.shared.data", "");
        String environment = System.getenv().getOrDefault("REDRL_SHARED_DATA", "");
        // Tests run in the folder of their module.
        String folder = !property.isBlank() ? property : !environment.isBlank() ? environment : "../../shared/data";
        return Optional.of(Path.of(folder, name)).filter(Files::exists);
    }

    /** A file of the odd inputs beside the shared data folder; the test is skipped on machines without them. */
    public static Path odd(String name) {
        Optional<Path> file = shared("../odd/" + name);
        assumeTrue(file.isPresent(), "skipped: shared/odd/" + name + " is not on this machine");
        return file.orElseThrow();
    }
}

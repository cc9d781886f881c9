package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.saliency.FilterStatistics;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code redrl saliency merge}. */
@Command(
        name = "merge",
        description = "Statistics over all images of several files, which must be of the same victim and data, and of"
                + " different images.")
final class SaliencyMergeCommand implements Runnable {
    private final RedrlCommand redrl;

    @Parameters(arity = "2..*", paramLabel = "FILE", description = "What redrl saliency statistics has written.")
    private List<Path> files;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where they go, as JSON.")
    private Path out;

    SaliencyMergeCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        FilterStatistics all = files.stream()
                .map(FilterStatistics::open)
                .reduce(FilterStatistics::merged)
                .orElseThrow();
        all.save(out);
        redrl.out().println(Durations.count(all.images()) + " images, " + all.indices() + ": " + out);
    }
}

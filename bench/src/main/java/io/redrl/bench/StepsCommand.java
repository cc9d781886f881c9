package io.redrl.bench;

import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code redrl-bench steps}: the benchmarks of this package under JMH, whose forks inherit this process's environment. */
@Command(
        name = "steps",
        mixinStandardHelpOptions = true,
        customSynopsis = "redrl-bench steps [--out=DIR] [NAME | JMH-OPTION]...",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "JMH benchmarks of single steps, ours against the plain one: Pgd (a step on a batch), Saliency (an image of"
                        + " a batch), Training (a REDRL step).",
        footer = {
            "",
            "Writes steps.csv and manifest.json. Where other work keeps the machine busy, compare the lines that end in cpu,"
                    + " processor time.",
            "Example: ./redrl-bench steps Saliency -p model=resnet18 -f 5"
        })
final class StepsCommand implements Callable<Integer> {
    @Unmatched
    private List<String> jmh = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("runs", "bench");

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(out);
        try {
            new Runner(new OptionsBuilder()
                            .parent(new CommandLineOptions(jmh.toArray(String[]::new)))
                            .addProfiler(CpuTime.class)
                            .resultFormat(ResultFormatType.CSV)
                            .result(out.resolve("steps.csv").toString())
                            .build())
                    .run();
        } catch (CommandLineOptionException | RunnerException e) {
            throw new RedrlException(String.valueOf(e.getMessage()));
        }
        Manifest.write(out, Map.of("jmh", jmh));
        return 0;
    }
}

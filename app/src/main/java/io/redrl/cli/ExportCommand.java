package io.redrl.cli;

import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.NpzExport;
import io.redrl.base.Durations;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code redrl export}. */
@Command(
        name = "export",
        description = "Write an adversarial set as one file that NumPy loads: images (uint8 and float32, NCHW), index,"
                + " label, predictions, success and norms.")
final class ExportCommand implements Runnable {
    private final RedrlCommand redrl;

    @Parameters(index = "0", paramLabel = "DIR", description = "A finished adversarial set.")
    private Path set;

    @Parameters(index = "1", paramLabel = "FILE", description = "The file to write, such as out.npz.")
    private Path file;

    ExportCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        AdversarialSet examples = AdversarialSet.open(set);
        NpzExport.write(examples, file);
        redrl.out().println(Durations.count(examples.size()) + " images in " + file);
    }
}

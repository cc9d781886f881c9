package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.base.Json;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code redrl data info}. */
@Command(name = "info", description = "Size, classes and checksum of a data set.")
final class DataInfoCommand implements Runnable {
    private final RedrlCommand redrl;

    @Parameters(
            paramLabel = "NAME",
            description =
                    "cifar10, tiny-imagenet, tiny-imagenet:PATH, or a folder of images, in one folder per class or unlabelled.")
    private String name;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    DataInfoCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    /**
     * What is printed of a split.
     *
     * @param id its name
     * @param images how many
     * @param shape {@code C×H×W}
     * @param classes their names
     * @param checksum of the content
     */
    record Info(String id, int images, String shape, List<String> classes, String checksum) {
        static Info of(ImageDataset data) {
            return new Info(data.id(), data.size(), data.shape().toString(), data.classNames(), data.checksum());
        }
    }

    @Override
    public void run() {
        List<Info> splits = Arrays.stream(Split.values())
                .map(split -> Info.of(Datasets.open(name, split)))
                .toList();
        if (json) {
            redrl.out().print(Json.pretty(splits));
            return;
        }
        Table table =
                new Table().words("split").numbers("images", "classes", "size").words("checksum");
        for (Info split : splits) {
            table.row(
                    split.id(),
                    Durations.count(split.images()),
                    String.valueOf(split.classes().size()),
                    split.shape(),
                    split.checksum());
        }
        redrl.print(table);
        List<String> classes = splits.get(0).classes();
        redrl.out()
                .println("Classes: " + String.join(", ", classes.subList(0, Math.min(20, classes.size())))
                        + (classes.size() > 20 ? ", and " + (classes.size() - 20) + " more" : ""));
    }
}

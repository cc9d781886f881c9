package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code redrl data info}. */
@Command(name = "info", description = "Size, classes and checksum of a data set, and what of it cannot be read.")
final class DataInfoCommand implements Runnable {
    private static final int MOST_NAMED = 20;

    private final RedrlCommand redrl;

    @Parameters(
            paramLabel = "NAME",
            description = "cifar10, tiny-imagenet, tiny-imagenet:PATH, the path of " + Datasets.PATHS
                    + ", or - for standard input.")
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
     * @param shape {@code C×H×W} of all of them, or of the first where sizes differ
     * @param sizes how many there are of which size
     * @param classes their names; none where the images are unlabelled
     * @param remarks what was left out, and how it was read
     * @param unreadable what cannot be read
     * @param checksum of the content
     */
    record Info(
            String id,
            int images,
            String shape,
            Map<String, Integer> sizes,
            List<String> classes,
            List<String> remarks,
            List<String> unreadable,
            String checksum) {
        static Info of(ImageDataset data) {
            Map<String, Integer> sizes = new LinkedHashMap<>();
            data.sizes().forEach((shape, count) -> sizes.put(shape.toString(), count));
            return new Info(
                    data.id(),
                    data.size(),
                    data.shape().toString(),
                    sizes,
                    data.classNames(),
                    data.remarks(),
                    data.unreadable(),
                    data.checksum());
        }
    }

    @Override
    public void run() {
        String source = name.equals(StandardInput.NAME)
                ? StandardInput.file(Path.of(name)).toString()
                : name;
        List<Info> splits = new ArrayList<>();
        Optional<RedrlException> training = open(source, Split.TRAIN, splits);
        Optional<RedrlException> test = open(source, Split.TEST, splits);
        if (splits.isEmpty()) {
            throw test.or(() -> training).orElseThrow();
        }
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
                    split.classes().isEmpty()
                            ? "none"
                            : String.valueOf(split.classes().size()),
                    split.sizes().size() == 1 ? split.shape() : split.sizes().size() + " sizes",
                    split.checksum());
        }
        redrl.print(table);
        describe(splits);
        training.ifPresent(why -> redrl.out().println("No training split: " + why.getMessage()));
        test.ifPresent(why -> redrl.out().println("No test split: " + why.getMessage()));
    }

    private static Optional<RedrlException> open(String source, Split split, List<Info> splits) {
        try {
            splits.add(Info.of(Datasets.openOfAnySize(source, split)));
            return Optional.empty();
        } catch (RedrlException e) {
            return Optional.of(e);
        }
    }

    private void describe(List<Info> splits) {
        List<String> classes = splits.get(0).classes();
        redrl.out()
                .println(classes.isEmpty() ? "Classes: none, the images are unlabelled" : "Classes: " + some(classes));
        Set<String> lines = new LinkedHashSet<>();
        for (Info split : splits) {
            if (split.sizes().size() > 1) {
                List<String> sizes = new ArrayList<>();
                split.sizes().forEach((shape, count) -> sizes.add(count + " of " + shape));
                lines.add("Sizes: " + some(sizes) + "; redrl attack needs --resize for these");
            }
            split.remarks().forEach(remark -> lines.add("Note: " + remark));
            split.unreadable().stream().limit(MOST_NAMED).forEach(why -> lines.add("Cannot be read: " + why));
            if (split.unreadable().size() > MOST_NAMED) {
                lines.add("Cannot be read: " + (split.unreadable().size() - MOST_NAMED) + " more");
            }
        }
        lines.forEach(redrl.out()::println);
    }

    private static String some(List<String> all) {
        return String.join(", ", all.subList(0, Math.min(MOST_NAMED, all.size())))
                + (all.size() > MOST_NAMED ? ", and " + (all.size() - MOST_NAMED) + " more" : "");
    }
}

package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.base.Json;
import io.redrl.model.VictimCatalog;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl victim list}. */
@Command(name = "list", description = "The models that can be trained here.")
final class VictimListCommand implements Runnable {
    private final RedrlCommand redrl;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    VictimListCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    /**
     * What is printed of a model.
     *
     * @param model its name
     * @param family its kind
     * @param parameters learnable values with ten classes
     * @param compact whether it trains on a CPU in minutes
     */
    record Row(String model, String family, long parameters, boolean compact) {}

    @Override
    public void run() {
        List<Row> rows = VictimCatalog.all().stream()
                .map(each -> new Row(
                        each.name(), each.family().name().toLowerCase(Locale.ROOT), each.parameters(), each.compact()))
                .toList();
        if (json) {
            redrl.out().print(Json.pretty(rows));
            return;
        }
        Table table =
                new Table().words("model").words("family").numbers("parameters").words("for a CPU");
        rows.forEach(row ->
                table.row(row.model(), row.family(), Durations.count(row.parameters()), row.compact() ? "yes" : ""));
        redrl.print(table);
    }
}

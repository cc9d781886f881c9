package io.redrl.cli;

import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Json;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl attack list}. */
@Command(name = "list", description = "The attacks, with kind, norm, cost, default settings and where they are from.")
final class AttackListCommand implements Runnable {
    private final RedrlCommand redrl;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    AttackListCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        if (json) {
            redrl.out().print(Json.pretty(AttackCatalog.entries()));
            return;
        }
        Table table = new Table().words("attack").words("kind").words("norm");
        for (AttackCatalog.Entry each : AttackCatalog.entries()) {
            table.row(each.defaults().id(), kind(each.kind()), each.norm());
        }
        redrl.print(table);
        for (AttackCatalog.Entry each : AttackCatalog.entries()) {
            redrl.out().println();
            redrl.out().println(each.defaults().id() + ": " + each.citation());
            redrl.out().println("  " + each.title() + "; cost per image: " + each.cost());
            redrl.out().println("  " + options(each.defaults()));
        }
    }

    private static String kind(AttackCatalog.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The settings as one writes them on the command line. */
    private static String options(AttackSpec spec) {
        return AttackSettings.settings(spec).entrySet().stream()
                .map(setting -> setting.getValue() instanceof Boolean flag
                        ? (flag ? "--" : "--no-") + setting.getKey()
                        : "--" + setting.getKey() + " " + AttackSettings.shown(setting.getValue()))
                .collect(Collectors.joining(" "));
    }
}

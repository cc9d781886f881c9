package io.redrl.report;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Durations;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.StageCost;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The report's tables as Markdown. All of it follows from the evaluation, also the sentences. */
public final class MarkdownReport {
    private MarkdownReport() {}

    /**
     * Writes {@code results.md}.
     *
     * @param folder created if missing
     * @return the file's path
     */
    public static Path write(Evaluation evaluation, Path folder) {
        Path file = folder.resolve("results.md");
        AtomicFiles.writeString(file, text(evaluation));
        return file;
    }

    /** The file as text. */
    static String text(Evaluation evaluation) {
        Findings findings = new Findings(evaluation);
        TableFindings tables = new TableFindings(evaluation);
        StringBuilder text = new StringBuilder();
        text.append("# Results of the experiment ").append(evaluation.name()).append("\n\n");
        paragraph(
                text,
                List.of(
                        findings.headline(),
                        findings.scale(),
                        evaluation.setup().networks()));
        paragraph(text, List.of(origin(evaluation)));
        text.append("## Victims\n\n");
        table(text, Optional.of(ResultTables.table1(evaluation)), tables.victims());
        text.append("## Naming the attack\n\n");
        table(text, Optional.of(ResultTables.table3(evaluation)), findings.recognition());
        table(text, ResultTables.seeds(evaluation), tables.seeds());
        table(text, ResultTables.table5(evaluation), tables.ablations());
        table(text, ResultTables.plus(evaluation), tables.plusAblations());
        if (!evaluation.repair().rows().isEmpty()) {
            text.append("## Repairing images\n\n");
            table(text, Optional.of(ResultTables.table4(evaluation)), findings.repair());
        }
        if (!evaluation.attacks().isEmpty()) {
            text.append("## What the attacks did\n\n");
            paragraph(text, findings.attacks());
        }
        evaluation.robustness().ifPresent(outside -> {
            text.append("## Outside the training data\n\n");
            paragraph(text, RobustnessFindings.of(outside));
            RobustnessTables.all(outside).forEach(table -> text.append(table.markdown()));
            paragraph(text, RobustnessFindings.skipped(outside));
        });
        return text.append("Paper: ").append(PaperNumbers.SOURCE).append(".\n").toString();
    }

    /** Where the numbers come from. */
    private static String origin(Evaluation evaluation) {
        double seconds =
                evaluation.costs().stream().mapToDouble(StageCost::seconds).sum();
        return "Begun " + evaluation.manifest().started() + " at commit "
                + evaluation.manifest().environment().commit() + " on "
                + evaluation.manifest().environment().cpu() + " with "
                + evaluation.manifest().environment().threads() + " threads; the stages' times add up to "
                + Durations.text(seconds) + ".";
    }

    private static void table(StringBuilder text, Optional<TextTable> table, List<String> sentences) {
        table.ifPresent(t -> {
            text.append(t.markdown());
            paragraph(text, sentences);
        });
    }

    private static void paragraph(StringBuilder text, List<String> sentences) {
        if (!sentences.isEmpty()) {
            text.append(String.join(" ", sentences)).append("\n\n");
        }
    }
}

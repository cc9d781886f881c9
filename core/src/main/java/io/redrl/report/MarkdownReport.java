package io.redrl.report;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Durations;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.RunEnvironment;
import io.redrl.evaluation.StageCost;
import java.nio.file.Path;

/** The report's sentences and tables as Markdown. */
public final class MarkdownReport {
    private static final int LINE = 120;

    private final StringBuilder text = new StringBuilder();

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
        MarkdownReport report = new MarkdownReport();
        report.add(evaluation);
        return report.text.toString().stripTrailing() + "\n";
    }

    private void add(Evaluation evaluation) {
        Findings findings = new Findings(evaluation);
        RunEnvironment on = evaluation.manifest().environment();
        double seconds =
                evaluation.costs().stream().mapToDouble(StageCost::seconds).sum();
        paragraph("# Results of the experiment " + evaluation.name());
        paragraph(findings.headline() + " " + findings.scale());
        paragraph(evaluation.setup().networks());
        paragraph("Begun " + evaluation.manifest().started() + " at commit " + on.commit() + " on " + on.cpu()
                + " with " + on.threads() + " threads; the stages' times add up to " + Durations.text(seconds) + ".");
        for (Section section : Section.of(evaluation)) {
            if (!section.tables().isEmpty()) {
                paragraph("## " + section.title());
                section.findings().forEach(finding -> paragraph("- " + finding));
                section.tables().forEach(table -> {
                    text.append(table.markdown());
                    paragraph(table.note());
                });
            }
        }
        paragraph("Paper: " + PaperNumbers.PAPER.source() + ".");
    }

    /** A paragraph in lines of at most {@value #LINE} characters, as far as its words let it; nothing for an empty one. */
    private void paragraph(String words) {
        int start = text.length();
        for (String word : words.split(" ", -1)) {
            boolean full = text.length() - start + 1 + word.length() > LINE;
            text.append(text.length() == start ? "" : full ? "\n" : " ").append(word);
            start = full ? text.length() - word.length() : start;
        }
        text.append(words.isEmpty() ? "" : "\n\n");
    }
}

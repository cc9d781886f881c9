package io.redrl.report;

import io.redrl.base.AtomicFiles;
import io.redrl.evaluation.Evaluation;
import java.nio.file.Path;

/**
 * The report: one HTML file that needs nothing else, and the figures as PNG files beside it.
 *
 * <p>The page loads nothing, which its content security policy also forbids: styles are inside, figures are inline SVG,
 * images are data URIs. The one script, which only a page with saliency profiles has, is inside too and named in the
 * policy by its checksum; without it the page loses nothing but the numbers under the pointer.
 */
public final class HtmlReport {
    private HtmlReport() {}

    /**
     * Writes {@code report.html} and {@code figures/*.png}.
     *
     * @param folder created if missing
     * @return the page's path
     */
    public static Path write(Evaluation evaluation, Path folder) {
        Path page = folder.resolve("report.html");
        AtomicFiles.writeString(page, page(evaluation));
        Figures.write(evaluation, folder.resolve("figures"));
        return page;
    }

    /** The page as text. */
    static String page(Evaluation evaluation) {
        return Page.of("report", evaluation);
    }
}

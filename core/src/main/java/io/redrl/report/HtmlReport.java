package io.redrl.report;

import io.redrl.base.AtomicFiles;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The report: one HTML file that needs nothing else, and the figures as PNG files beside it.
 *
 * <p>The page loads nothing, which its content security policy also forbids: styles are inside, figures are inline SVG,
 * images are data URIs.
 */
public final class HtmlReport {
    private static final Logger LOG = LoggerFactory.getLogger(HtmlReport.class);
    private static final List<String> TITLES = List.of(
            "What was run",
            "Naming the attack",
            "Repairing images",
            "Pictures",
            "What the attacks did",
            "How training went",
            "What it cost",
            "Where this comes from");

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
        try {
            Figures.write(evaluation, folder.resolve("figures"));
        } catch (LinkageError | InternalError | NullPointerException e) {
            // Headless Java without a font installed fails in one of these ways, deep inside AWT; the page needs no
            // font.
            LOG.warn("The PNG figures were not drawn: this machine's Java has no fonts. The page is complete.", e);
        }
        return page;
    }

    /** The page as text. */
    static String page(Evaluation evaluation) {
        Findings findings = new Findings(evaluation);
        Html html = new Html();
        html.open("html", "lang", "en").open("head");
        html.empty("meta", "charset", "utf-8");
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; img-src data:; style-src 'unsafe-inline'");
        html.element("title", "redrl report: " + evaluation.name());
        html.open("style").markup(styles()).close().close();
        html.open("body").open("header");
        html.element(
                "p",
                "redrl · " + evaluation.name() + " · " + evaluation.manifest().started(),
                "class",
                "kicker");
        html.element("h1", "Which attack made this image?");
        html.element("p", findings.headline(), "class", "lead");
        RecognitionSection.ladder(html, evaluation);
        html.open("p", "class", "scale").text(findings.scale()).close();
        html.close();
        html.open("nav").open("ol");
        for (int i = 0; i < TITLES.size(); i++) {
            html.open("li").element("a", TITLES.get(i), "href", "#s" + (i + 1)).close();
        }
        html.close().close().open("main");
        section(html, 1, h -> Sections.setup(h, evaluation));
        section(html, 2, h -> RecognitionSection.write(h, evaluation, findings));
        section(html, 3, h -> VictimSections.repair(h, evaluation, findings));
        section(html, 4, h -> PictureSection.write(h, evaluation.exemplars()));
        section(html, 5, h -> VictimSections.attacks(h, evaluation, findings));
        section(html, 6, h -> Sections.curves(h, evaluation.curves()));
        section(html, 7, h -> Sections.costs(h, evaluation.costs()));
        section(html, 8, h -> Sections.manifest(h, evaluation.manifest()));
        html.close();
        html.element("footer", "Paper: " + PaperNumbers.SOURCE + ".");
        html.close().close();
        return "<!DOCTYPE html>\n" + html + "\n";
    }

    private static void section(Html html, int number, Consumer<Html> content) {
        html.open("section", "id", "s" + number).open("h2");
        html.element("span", Integer.toString(number), "class", "number").text(" " + TITLES.get(number - 1));
        html.close();
        content.accept(html);
        html.close();
    }

    private static String styles() {
        try (InputStream in = Objects.requireNonNull(
                HtmlReport.class.getResourceAsStream("report.css"), "report.css is part of the library")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

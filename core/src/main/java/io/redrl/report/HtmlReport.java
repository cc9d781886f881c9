package io.redrl.report;

import io.redrl.base.AtomicFiles;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.PaperNumbers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

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
                "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
                        + evaluation
                                .saliency()
                                .map(x -> "; script-src '" + hash(script()) + "'")
                                .orElse(""));
        html.element("title", "redrl report: " + evaluation.name());
        html.open("style").markup(resource("report.css")).close().close();
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
        List<Part> parts = parts(evaluation, findings);
        html.open("nav").open("ol");
        for (int i = 0; i < parts.size(); i++) {
            html.open("li")
                    .element("a", parts.get(i).title(), "href", "#s" + (i + 1))
                    .close();
        }
        html.close().close().open("main");
        for (int i = 0; i < parts.size(); i++) {
            html.open("section", "id", "s" + (i + 1)).open("h2");
            html.element("span", Integer.toString(i + 1), "class", "number")
                    .text(" " + parts.get(i).title());
            html.close();
            parts.get(i).content().accept(html);
            html.close();
        }
        html.close();
        html.element("footer", "Paper: " + PaperNumbers.SOURCE + ".");
        if (evaluation.saliency().isPresent()) {
            html.open("script").markup(script()).close();
        }
        html.close().close();
        return "<!DOCTYPE html>\n" + html + "\n";
    }

    /** A section of the page. */
    private record Part(String title, Consumer<Html> content) {}

    private static List<Part> parts(Evaluation evaluation, Findings findings) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("What was run", h -> Sections.setup(h, evaluation)));
        parts.add(new Part("Naming the attack", h -> RecognitionSection.write(h, evaluation, findings)));
        if (!evaluation.repair().rows().isEmpty()) {
            parts.add(new Part("Repairing images", h -> VictimSections.repair(h, evaluation, findings)));
        }
        parts.add(new Part("Pictures", h -> PictureSection.write(h, evaluation.exemplars())));
        if (!evaluation.attacks().isEmpty()) {
            parts.add(new Part("What the attacks did", h -> VictimSections.attacks(h, evaluation, findings)));
        }
        evaluation
                .saliency()
                .ifPresent(s -> parts.add(new Part("What the attacks speak to", h -> SaliencySection.write(h, s))));
        evaluation
                .robustness()
                .ifPresent(r -> parts.add(new Part("Outside the training data", h -> RobustnessSection.write(h, r))));
        parts.add(new Part("How training went", h -> Sections.curves(h, evaluation.curves())));
        parts.add(new Part("What it cost", h -> Sections.costs(h, evaluation.costs())));
        parts.add(new Part("Where this comes from", h -> Sections.manifest(h, evaluation.manifest())));
        return parts;
    }

    private static String script() {
        return resource("report.js");
    }

    /** What a content security policy calls a script by. */
    private static String hash(String script) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static String resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(HtmlReport.class.getResourceAsStream(name), name + " is part of the library")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.RepairTable;
import io.redrl.evaluation.SampleEvaluation;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final Evaluation SAMPLE = SampleEvaluation.create();
    private static final String PAGE = HtmlReport.page(SAMPLE);

    /** Where a person can look at the sample's report after the tests. */
    private static final Path LOOK = Path.of("target", "sample-report");

    @TempDir
    Path folder;

    @Test
    void writesAPageAndSharpFigures() throws Exception {
        Path page = HtmlReport.write(SAMPLE, LOOK);

        assertThat(page).hasFileName("report.html").isRegularFile();
        BufferedImage matrices =
                ImageIO.read(LOOK.resolve("figures/figure1.png").toFile());
        BufferedImage strips = ImageIO.read(LOOK.resolve("figures/strips.png").toFile());
        assertThat(matrices.getWidth()).isGreaterThan(2000);
        assertThat(strips.getWidth()).isGreaterThan(2000);
        assertThat(Files.size(page)).isLessThan(4_000_000);
    }

    @Test
    void thePageIsWellFormedAndItsLinksLeadSomewhere() throws Exception {
        var page = parse(PAGE);
        var ids = new java.util.HashSet<String>();
        for (var element : elements(page)) {
            ids.add(element.getAttribute("id"));
        }
        for (var element : elements(page)) {
            if (element.getTagName().equals("a")) {
                assertThat(ids).contains(element.getAttribute("href").substring(1));
            }
        }
        for (var result : SAMPLE.main()) {
            assertThat(PAGE).containsOnlyOnce("aria-label=\"Confusion matrix: " + result.title() + "\"");
        }
        for (var curve : SAMPLE.curves()) {
            for (var series : curve.losses()) {
                assertThat(PAGE).contains("aria-label=\"" + series.name() + " over training\"");
            }
        }
        for (var exemplar : SAMPLE.exemplars()) {
            for (String panel : List.of("clean", "adversarial", "perturbation ×8", "reconstruction", "residual ×8")) {
                assertThat(PAGE)
                        .contains("alt=\"" + panel + " of test image " + exemplar.index() + " · " + exemplar.victim());
            }
        }
    }

    @Test
    void aRunWithoutREDRLHasNoTable4() {
        Evaluation without = new Evaluation(
                SAMPLE.name(),
                SAMPLE.setup(),
                SAMPLE.recognition(),
                SAMPLE.comparisons(),
                new RepairTable("", List.of()),
                SAMPLE.attacks(),
                SAMPLE.exemplars(),
                SAMPLE.curves(),
                SAMPLE.costs(),
                SAMPLE.manifest());
        assertThat(PAGE).contains("Repairing images", "G is that of");
        assertThat(HtmlReport.page(without)).doesNotContain("Repairing images", "Table 4", "G is that of");
    }

    @Test
    void thePageLoadsNothing() throws Exception {
        String page = PAGE;
        for (var element : elements(parse(page))) {
            assertThat(element.getTagName()).isNotIn("link", "script", "iframe", "object", "embed", "base");
            if (element.hasAttribute("src")) {
                assertThat(element.getAttribute("src")).startsWith("data:image/png;base64,");
            }
            if (element.hasAttribute("href")) {
                assertThat(element.getAttribute("href")).startsWith("#s");
            }
        }
        // The name of the SVG name space is the only address; nothing follows it.
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:", "url(", "@import");
    }

    @Test
    void whatComesFromOutsideIsTextNotMarkup() throws Exception {
        String page = PAGE;
        assertThat(page).contains("&lt;b&gt;&amp; markup stays text&lt;/b&gt;").doesNotContain("<b>&");
    }

    @Test
    void theSamePageComesFromTheFilesAlone() {
        SAMPLE.save(folder);
        assertThat(HtmlReport.page(Evaluation.load(folder))).isEqualTo(PAGE);
    }

    @Test
    void anEvaluationWithoutPicturesAndCurvesStillHasAPage() throws Exception {
        Evaluation bare = new Evaluation(
                "bare",
                SAMPLE.setup(),
                java.util.List.of(),
                java.util.List.of(),
                new io.redrl.evaluation.RepairTable("redrl", java.util.List.of()),
                java.util.List.of(),
                java.util.List.of(),
                java.util.List.of(),
                java.util.List.of(),
                SAMPLE.manifest());
        assertThat(parse(HtmlReport.page(bare)).getDocumentElement().getTextContent())
                .contains("No REDRL recogniser was evaluated")
                .doesNotContain("Pictures", "How training went");
        assertThat(Figures.write(bare, folder)).isEmpty();
    }

    @Test
    void picturesKeepTheirColoursAndTheirHardEdges() {
        byte[] levels = {(byte) 255, 0, 10, 20, 0, (byte) 128};
        BufferedImage image = Png.image(new Image(new ImageShape(3, 1, 2), levels), 3);
        assertThat(image.getWidth()).isEqualTo(6);
        assertThat(image.getRGB(2, 2) & 0xffffff).isEqualTo(0xff0a00);
        assertThat(image.getRGB(3, 0) & 0xffffff).isEqualTo(0x001480);
    }

    @Test
    void aJavaWithoutFontsIsNoFailure() {
        assertThat(Figures.hasFonts(() -> {
                    throw new NullPointerException("no font configuration");
                }))
                .isFalse();
        assertThat(Figures.hasFonts(() -> {
                    throw new NoClassDefFoundError("sun/font/FontManager");
                }))
                .isFalse();
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake
    void aMistakeInDrawingIsNotTakenForMissingFonts() {
        Drawing drawing = new Drawing(10, 10, "mistake");
        drawing.rectangle(0, 0, 5, 5, null);
        assertThatThrownBy(() -> Figures.write(Map.of("mistake.png", drawing), folder))
                .isInstanceOf(NullPointerException.class);
    }

    private static org.w3c.dom.Document parse(String page) throws Exception {
        return javax.xml.parsers.DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new org.xml.sax.InputSource(new java.io.StringReader(page)));
    }

    private static java.util.List<org.w3c.dom.Element> elements(org.w3c.dom.Document page) {
        var nodes = page.getElementsByTagName("*");
        return java.util.stream.IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (org.w3c.dom.Element) nodes.item(i))
                .toList();
    }
}

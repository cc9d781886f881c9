package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.RobustnessEvaluation;
import io.redrl.evaluation.SampleEvaluation;
import io.redrl.evaluation.SampleRobustness;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class RobustnessSectionTest {
    private static final RobustnessEvaluation ROBUSTNESS = SampleRobustness.create();
    private static final Evaluation SAMPLE = SampleEvaluation.create().withRobustness(ROBUSTNESS);

    /** Where a person can look at the sample's report after the tests. */
    private static final Path LOOK = Path.of("target", "sample-robustness");

    @TempDir
    Path folder;

    @Test
    void thePageHasOneSectionMoreAndIsWellFormed() throws Exception {
        HtmlReport.write(SAMPLE, LOOK);
        Document page = parse(HtmlReport.page(SAMPLE));
        assertThat(page.getElementsByTagName("section").getLength()).isEqualTo(9);
        assertThat(HtmlReport.page(SampleEvaluation.create())).doesNotContain("Outside the training data");
    }

    @Test
    void theFindingsComeFromTheNumbers() {
        List<String> findings = RobustnessFindings.of(ROBUSTNESS);
        assertThat(findings)
                .contains(
                        "redrl-plus on a victim that it never met: macro 80.0%; trained with all victims, 90.0% on the same"
                                + " images.",
                        "redrl-plus, victims never seen: macro at worst 80.0% (victim resnext20), against 90.0% on the test"
                                + " set's own examples of these images.",
                        "redrl, images changed after the attack: macro at worst 20.0% (JPEG 75), against 60.0% on the test"
                                + " set's own examples of these images.",
                        "redrl, attacks that training never saw: mean AUROC 0.750, from apgd 0.550, square 0.950; 5.0% of"
                                + " known images are called unknown.",
                        "redrl: expected calibration error 20.0 points before calibration, 2.0 after.");
    }

    @Test
    void theTablesHaveTheNumbers() throws Exception {
        String text = section();
        assertThat(text)
                .contains(
                        "vgg8redrl-plus.without-vgg880.0 (",
                        "victim resnext2080.0",
                        "PGDε 6/255 · 40 steps10040.0 (",
                        "JPEG, quality 7520080.0 (",
                        "apgd20095.00.550 (0.500–0.600)",
                        "PGD 90.0PGD 90%, CW-L∞ 10%",
                        "mean0.750",
                        "20.0 points before, 2.0 after",
                        "Mahalanobis0.8100.7000.755",
                        "Left out: the victim elsewhere: its file is not there.");
        assertThat(MarkdownReport.text(SAMPLE))
                .contains(
                        "## Outside the training data", "| victim resnext20 | 80.0 |", "Left out: the victim elsewhere")
                .contains("| apgd | 200 | 95.0 | 0.550 (0.500–0.600) |");
    }

    @Test
    void itComesBackFromItsFile() {
        SAMPLE.save(folder);
        assertThat(Evaluation.load(folder).robustness()).contains(ROBUSTNESS);
        assertThat(HtmlReport.page(Evaluation.load(folder))).isEqualTo(HtmlReport.page(SAMPLE));
    }

    private static String section() throws Exception {
        Html html = new Html();
        html.open("section");
        RobustnessSection.write(html, ROBUSTNESS);
        html.close();
        return parse(html.toString()).getDocumentElement().getTextContent();
    }

    private static Document parse(String page) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }
}

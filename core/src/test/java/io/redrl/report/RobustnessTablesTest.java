package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.RobustnessEvaluation;
import io.redrl.evaluation.SampleEvaluation;
import io.redrl.evaluation.SampleRobustness;
import java.io.StringReader;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class RobustnessTablesTest {
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
        assertThat(page.getDocumentElement().getTextContent()).contains("Outside the training data", "apgd");
        assertThat(HtmlReport.page(SampleEvaluation.create())).doesNotContain("Outside the training data");
    }

    @Test
    void theFindingsSayWhereARecogniserIsAtItsWorst() {
        assertThat(RobustnessTables.findings(ROBUSTNESS))
                .containsExactly(
                        "redrl: macro 60.0% on the test set's own images; at worst 50.0% (victim resnext20), 55.0%"
                                + " (settings never seen), 20.0% (JPEG 75).",
                        "redrl-plus: macro 90.0% on the test set's own images; at worst 80.0% (victim resnext20), 85.0%"
                                + " (settings never seen), 50.0% (JPEG 75).",
                        "Left out: the victim elsewhere: its file is not there.");
    }

    @Test
    void theTablesHaveTheNumbers() {
        assertThat(MarkdownReport.text(SAMPLE)
                        .replace("20.0\npoints", "20.0 points")
                        .replaceAll(" \\([0-9.]+–[0-9.]+\\)", ""))
                .contains(
                        "## Outside the training data",
                        "| vgg8 | redrl-plus.without-vgg8 | 80.0 |",
                        "| victim resnext20 | 80.0 |",
                        "| PGD, ε 6/255 · 40 steps (n 100) |  | 40.0 |  |",
                        "| JPEG, quality 75 | 200 | 80.0 |",
                        "| apgd | 200 | 95.0 | 0.550 |",
                        "| PGD 90.0 | PGD 90%, CW-L∞ 10% |",
                        "| mean |  |  | 0.750 |",
                        "20.0 points before, 2.0 after",
                        "| Mahalanobis | 0.810 | 0.700 | 0.755 |",
                        "- Left out: the victim elsewhere");
    }

    @Test
    void itComesBackFromItsFile() {
        SAMPLE.save(folder);
        assertThat(Evaluation.load(folder).robustness()).contains(ROBUSTNESS);
        assertThat(HtmlReport.page(Evaluation.load(folder))).isEqualTo(HtmlReport.page(SAMPLE));
    }

    private static Document parse(String page) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }
}

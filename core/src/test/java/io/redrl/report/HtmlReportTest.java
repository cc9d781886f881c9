package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.SampleEvaluation;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final Evaluation SAMPLE = SampleEvaluation.create();

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
}

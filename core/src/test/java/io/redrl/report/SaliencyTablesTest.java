package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.evaluation.SampleEvaluation;
import io.redrl.evaluation.SampleSaliency;
import io.redrl.saliency.FilterLayout;
import io.redrl.saliency.ProfileComparison;
import io.redrl.saliency.ProfileNumbers;
import io.redrl.saliency.SaliencyProfile;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class SaliencyTablesTest {
    private static final SaliencyEvaluation SALIENCY = SampleSaliency.create();
    private static final Evaluation SAMPLE = SampleEvaluation.create().withSaliency(SALIENCY);
    private static final String PAGE = HtmlReport.page(SAMPLE);

    /** Where a person can look at the sample's report after the tests. */
    private static final Path LOOK = Path.of("target", "sample-saliency");

    @TempDir
    Path folder;

    @Test
    void writesThePageAndItsFigures() throws Exception {
        HtmlReport.write(SAMPLE, LOOK);
        assertThat(ImageIO.read(LOOK.resolve("figures/saliency-resnet50.png").toFile())
                        .getWidth())
                .isGreaterThan(2000);
        assertThat(LOOK.resolve("figures/saliency-small-free.png")).isRegularFile();
        assertThat(ImageIO.read(LOOK.resolve("figures/maps-resnet50.png").toFile())
                        .getWidth())
                .isGreaterThan(2000);
        assertThat(LOOK.resolve("figures/maps-small.png")).doesNotExist();
    }

    @Test
    void thePageIsWellFormedAndRunsNoScriptButItsOwn() throws Exception {
        Document page = parse(PAGE);
        assertThat(page.getElementsByTagName("script").getLength()).isEqualTo(1);
        assertThat(page.getElementsByTagName("script").item(0).getAttributes().getLength())
                .isZero();
        assertThat(PAGE).containsOnlyOnce("; script-src 'sha256-" + sha256(script(page)) + "'");
        assertThat(HtmlReport.page(SampleEvaluation.create()))
                .contains("; script-src 'none'")
                .doesNotContain("<script");
    }

    @Test
    void theTablesHaveTheNumbers() {
        assertThat(text(SALIENCY))
                .contains(
                        "| PGD | 40 | 15.0 | 25.0 | **60.0** | late ✓ |",
                        "| DeepFool | 40 | **55.0** | 25.0 | 20.0 | early ✓ |",
                        "features.7 (",
                        "| all filters |  | 14.3 | 28.6 | 57.1 |",
                        "p <0.001, n 40",
                        "10,000 permutations",
                        "| 0.0312 (p 0.012, n 40) |",
                        "from 64 images.");
    }

    @Test
    void itComesBackFromItsFileAndAnEvaluationWithoutItHasNone() {
        SAMPLE.save(folder);
        assertThat(HtmlReport.page(Evaluation.load(folder))).isEqualTo(PAGE);
        SampleEvaluation.create().save(folder);
        assertThat(Evaluation.load(folder).saliency()).isEmpty();
    }

    @Test
    void namesAreTextNotMarkup() throws Exception {
        String evil = "<b>&\"'</b>";
        FilterLayout layout = new FilterLayout(List.of(new FilterLayout.Layer(evil, 40)));
        List<Double> values = java.util.Collections.nCopies(40, 1.0);
        SaliencyEvaluation.Victim victim = new SaliencyEvaluation.Victim(
                evil,
                1,
                List.of(new SaliencyProfile(evil, evil, 1, layout, values, values)),
                List.of(new ProfileNumbers(evil, 1, List.of(1.0), 1, 0, 0)),
                List.of(new ProfileComparison(evil, "pgd", 2, 1, 1, 1)));
        Evaluation evaluation =
                SampleEvaluation.create().withSaliency(new SaliencyEvaluation(List.of(victim), List.of()));
        parse(HtmlReport.page(evaluation));
        assertThat(HtmlReport.page(evaluation)).doesNotContain("<b>&").contains("&lt;b>&amp;");
        Figures.write(evaluation, folder);
        assertThat(folder.toFile().list()).anyMatch(name -> name.matches("saliency-[A-Za-z_]+\\.png"));
    }

    @Test
    void oneVictimWithAMissingAttackIsEnough() throws Exception {
        SaliencyEvaluation.Victim whole = SALIENCY.victims().get(0);
        SaliencyEvaluation.Victim part = new SaliencyEvaluation.Victim(
                whole.name(),
                whole.sourceImages(),
                whole.profiles().subList(0, 5),
                whole.numbers().subList(0, 5),
                whole.comparisons().subList(1, 3));
        assertThat(text(new SaliencyEvaluation(List.of(part), List.of()))).contains("of 4 attacks");
        SaliencyEvaluation.Victim bare =
                new SaliencyEvaluation.Victim("small", 1, whole.profiles().subList(1, 2), List.of(), List.of());
        SaliencyEvaluation nothing = new SaliencyEvaluation(List.of(bare), List.of());
        assertThat(new SaliencyTables(bare).findings()).isEmpty();
        assertThat(new SaliencyTables(bare).depths().rows()).isEmpty();
        assertThat(new SaliencyTables(bare).distances().rows()).isEmpty();
        assertThat(HtmlReport.page(SampleEvaluation.create().withSaliency(nothing)))
                .contains("Filters of small", "Saliency profiles of small")
                .doesNotContain("Saliency maps");
    }

    @Test
    void findingsSayWhereTheClaimHolds() {
        SaliencyEvaluation.Victim as = withNumbers(
                numbers("clean", 0.5, 0.3, 0.2),
                numbers("pgd", 0.2, 0.3, 0.5),
                numbers("deepfool", 0.6, 0.3, 0.1),
                numbers("cw-l2", 0.1, 0.3, 0.6),
                numbers("cw-linf", 0.3, 0.5, 0.2),
                numbers("patch", 0.3, 0.3, 0.4));
        assertThat(new SaliencyTables(as).findings())
                .containsExactly("Saliency lies at the depth that the paper reports for 5 of 5 attacks.");
        assertThat(text(new SaliencyEvaluation(List.of(as), List.of())))
                .contains("| DeepFool | 40 | **60.0** | 30.0 | 10.0 | early ✓ |")
                .contains("| CW-L∞ | 40 | 30.0 | **50.0** | 20.0 | all ✓ |");
    }

    @Test
    void findingsSayWhereTheClaimDoesNotHold() {
        List<ProfileNumbers> late =
                ClassNames.ids().stream().map(id -> numbers(id, 0.1, 0.2, 0.7)).toList();
        SaliencyEvaluation.Victim victim = withNumbers(late.toArray(ProfileNumbers[]::new));
        assertThat(new SaliencyTables(victim).findings())
                .containsExactly(
                        "Saliency lies at the depth that the paper reports for 3 of 5 attacks.",
                        "Clean images have their largest share in the same third as every attack, so the third alone says"
                                + " nothing about the attack.");
        assertThat(text(new SaliencyEvaluation(List.of(victim), List.of())))
                .contains("| DeepFool | 40 | 10.0 | 20.0 | **70.0** | early ✗ |")
                .contains("| CW-L∞ | 40 | 10.0 | 20.0 | **70.0** | all ✗ |");
    }

    @Test
    void whereNothingIsSalientNothingAgrees() {
        assertThat(new SaliencyTables(withNumbers(numbers("cw-linf", 0, 0, 0))).findings())
                .containsExactly("Saliency lies at the depth that the paper reports for 0 of 1 attack.");
    }

    @Test
    void refusesProfilesThatDoNotBelongTogether() {
        SaliencyEvaluation.Victim small = SALIENCY.victims().get(0);
        assertThatThrownBy(() -> new SaliencyEvaluation.Victim("other", 1, small.profiles(), List.of(), List.of()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("have one layout");
        assertThatThrownBy(() -> new SaliencyEvaluation.Victim(
                        "small",
                        1,
                        small.profiles(),
                        List.of(new ProfileNumbers("pgd", 1, List.of(1.0), 1, 0, 0)),
                        List.of()))
                .hasMessageContaining("has 3 convolutions, the numbers of pgd are of 1");
        assertThatThrownBy(() -> new SaliencyEvaluation(List.of(small, small), List.of()))
                .hasMessageContaining("2 victims of 1 names");
    }

    private static ProfileNumbers numbers(String attack, double first, double middle, double last) {
        return new ProfileNumbers(attack, 40, List.of(first, middle, last), first, middle, last);
    }

    private static SaliencyEvaluation.Victim withNumbers(ProfileNumbers... numbers) {
        SaliencyEvaluation.Victim small = SALIENCY.victims().get(0);
        return new SaliencyEvaluation.Victim(
                small.name(), small.sourceImages(), small.profiles(), List.of(numbers), List.of());
    }

    private static String text(SaliencyEvaluation saliency) {
        return MarkdownReport.text(SampleEvaluation.create().withSaliency(saliency));
    }

    private static String script(Document page) {
        return page.getElementsByTagName("script").item(0).getTextContent();
    }

    private static String sha256(String text) throws Exception {
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Document parse(String page) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }
}

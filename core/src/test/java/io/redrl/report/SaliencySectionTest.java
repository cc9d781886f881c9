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
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class SaliencySectionTest {
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
        assertThat(page.getElementsByTagName("section").getLength()).isEqualTo(9);
        assertThat(page.getElementsByTagName("script").getLength()).isEqualTo(1);
        assertThat(page.getElementsByTagName("script").item(0).getAttributes().getLength())
                .isZero();
        assertThat(PAGE).contains("; script-src &#39;sha256-");
        assertThat(HtmlReport.page(SampleEvaluation.create())).doesNotContain("script-src", "<script");
    }

    @Test
    void theTablesHaveTheNumbers() throws Exception {
        String text = section(SALIENCY);
        assertThat(text).contains("PGD4015.025.060.0", "DeepFool4055.025.020.0", "features.7 (");
        assertThat(text)
                .contains(
                        "p <0.001, n 40",
                        "all filters14.328.657.1",
                        "10,000 permutations",
                        "0.0312p 0.012, n 40",
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
        Html html = new Html();
        SaliencySection.write(html, new SaliencyEvaluation(List.of(victim), List.of()));
        assertThat(html.toString()).doesNotContain("<b>&").contains("&lt;b&gt;&amp;");
        Figures.write(
                SampleEvaluation.create().withSaliency(new SaliencyEvaluation(List.of(victim), List.of())), folder);
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
        String text = section(new SaliencyEvaluation(List.of(part), List.of()));
        assertThat(text).contains("not measured: patch", "of 4 attacks").doesNotContain("Pixels that");
        SaliencyEvaluation.Victim bare =
                new SaliencyEvaluation.Victim("small", 1, whole.profiles().subList(1, 2), List.of(), List.of());
        assertThat(section(new SaliencyEvaluation(List.of(bare), List.of())))
                .contains("none of the attacks of which the paper speaks was measured");
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
        assertThat(SaliencyFindings.of(as).get(0)).contains("In small that holds for 5 of 5 attacks.");
        assertThat(SaliencyFindings.of(as))
                .endsWith("Shares follow the widths of layers too: were all filters equally salient, the first, middle"
                        + " and last third would have 14.3%, 28.6%, 57.1%.")
                .contains("DeepFool: the first third has the largest share, 60.0% (middle 30.0%, last 10.0%)."
                        + " Paper: early layers; this agrees.")
                .contains("CW-L∞: the middle third has the largest share, 50.0% (first 30.0%, last 20.0%)."
                        + " Paper: all layers; this agrees, as no third has more than half.")
                .anyMatch(
                        s -> s.startsWith("Clean images: the first third") && s.contains("differs in this from clean"));
    }

    @Test
    void findingsSayWhereTheClaimDoesNotHold() {
        List<ProfileNumbers> late =
                ClassNames.ids().stream().map(id -> numbers(id, 0.1, 0.2, 0.7)).toList();
        List<String> sentences = SaliencyFindings.of(withNumbers(late.toArray(ProfileNumbers[]::new)));
        assertThat(sentences.get(0)).contains("In small that holds for 3 of 5 attacks.");
        assertThat(sentences)
                .contains("DeepFool: the last third has the largest share, 70.0% (first 10.0%, middle 20.0%)."
                        + " Paper: early layers; this disagrees.")
                .contains("CW-L∞: the last third has the largest share, 70.0% (first 10.0%, middle 20.0%)."
                        + " Paper: all layers; this disagrees, as one third has more than half.")
                .anyMatch(s -> s.startsWith("Clean images: ") && s.contains("says nothing about the attack"));
    }

    @Test
    void findingsSayWhereNothingIsSalient() {
        List<String> sentences = SaliencyFindings.of(withNumbers(numbers("cw-linf", 0, 0, 0)));
        assertThat(sentences.get(0)).contains("holds for 0 of 1 attack; not measured: PGD, DeepFool, CW-L2, patch.");
        assertThat(sentences.get(1)).isEqualTo("CW-L∞: no filter is salient at all, so there is nothing to compare.");
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

    /** What a reader sees of the section. */
    private static String section(SaliencyEvaluation saliency) throws Exception {
        Html html = new Html();
        html.open("section");
        SaliencySection.write(html, saliency);
        return parse(html.close().toString()).getDocumentElement().getTextContent();
    }

    private static Document parse(String page) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }
}

package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.evaluation.SampleSaliency;
import io.redrl.saliency.FilterLayout;
import io.redrl.saliency.SaliencyProfile;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProfileFigureTest {
    private static final FilterLayout LARGE = SampleSaliency.resnet50();
    private static final int TALL = 12_345;
    private static final double PANEL = 66;

    @Test
    void oneTallFilterAmongThousandsIsDrawnAtItsHeight() {
        String svg = svg(List.of(spike("pgd", 1, 5)), true);
        double[] heights = path(svg, 0);
        assertThat(LARGE.filters()).isEqualTo(26_560);
        assertThat(max(heights) - min(heights))
                .as("height of 5 above 1 on an axis to 5")
                .isCloseTo(PANEL * 4 / 5, within(0.011));
        assertThat(Arrays.stream(heights).filter(y -> y < min(heights) + 0.02).count())
                .isEqualTo(1);
    }

    @Test
    void thePixelsShowThePeakToo() {
        SaliencyProfile spike = spike("pgd", 0.01, 1);
        BufferedImage with = new ProfileFigure(List.of(spike), true).drawing().pixels();
        double x = 44 + (720 - 44 - 8) * (double) TALL / LARGE.filters();
        double top = 30 + 16;
        int darkest = 255;
        for (int dx = -2; dx <= 2; dx++) {
            int rgb = with.getRGB((int) (x * Drawing.SCALE) + dx, (int) ((top + 0.25 * PANEL) * Drawing.SCALE));
            darkest = Math.min(darkest, rgb >> 8 & 0xff);
        }
        assertThat(darkest).isLessThan(160);
    }

    @Test
    void aCommonAxisComparesPanelsAndFreeAxesFillThem() {
        List<SaliencyProfile> profiles = List.of(spike("pgd", 1, 5), spike("patch", 1, 10));
        String common = svg(profiles, true);
        String free = svg(profiles, false);
        assertThat(rise(common, 0)).isCloseTo(PANEL * 4 / 10, within(0.011));
        assertThat(rise(common, 1)).isCloseTo(PANEL * 9 / 10, within(0.011));
        assertThat(rise(free, 0)).isCloseTo(PANEL * 4 / 5, within(0.011));
        assertThat(rise(free, 1)).isCloseTo(PANEL * 9 / 10, within(0.011));
    }

    @Test
    void columnsDivideFiltersWithinLayers() {
        List<Integer> starts = ProfileFigure.columns(LARGE);
        assertThat(starts).hasSizeBetween(961, 961 + 53).doesNotHaveDuplicates().isSorted();
        assertThat(starts).startsWith(0).endsWith(26_560);
        assertThat(starts)
                .containsAll(IntStream.range(0, 53).mapToObj(LARGE::offset).toList());
    }

    @Test
    void aSmallNetworkHasAColumnForEachFilter() {
        assertThat(ProfileFigure.columns(SampleSaliency.small()))
                .isEqualTo(IntStream.rangeClosed(0, 56).boxed().toList());
    }

    @Test
    void manyLayersAreNamedByStage() {
        List<LayerGroups.Group> large = LayerGroups.of(LARGE, 668, 9);
        assertThat(large.stream().map(LayerGroups.Group::name))
                .containsExactly("conv1", "layer1", "layer2", "layer3", "layer4");
        assertThat(large.get(4).to()).isEqualTo(26_560);
        assertThat(large.get(1).from()).isEqualTo(64);
        assertThat(LayerGroups.of(SampleSaliency.small(), 668, 9).stream().map(LayerGroups.Group::name))
                .containsExactly("0", "3", "7");
        FilterLayout one = new FilterLayout(List.of(new FilterLayout.Layer("features.conv", 3)));
        assertThat(LayerGroups.of(one, 668, 9)).containsExactly(new LayerGroups.Group("conv", 0, 3));
    }

    @Test
    void titlesLayersAndTicksAreWritten() {
        String svg = svg(SampleSaliency.victim("small", SampleSaliency.small()).profiles(), true);
        assertThat(svg).contains(">CW-L∞<", ">40 images<", ">0<", ">7<", "56 filters of 3 convolutions");
        assertThat(svg).contains("z\" fill=\"#b4c8de\"/>");
    }

    @Test
    void profilesOfNothingAndOfNegativeValuesAreDrawnInsideTheirPanels() {
        for (double level : new double[] {0, -2}) {
            double[] heights = path(svg(List.of(spike("pgd", level, level)), false), 0);
            assertThat(min(heights)).isGreaterThanOrEqualTo(46);
            assertThat(max(heights)).isLessThanOrEqualTo(46 + PANEL);
        }
    }

    @Test
    void theScriptsDataHaveFourDigitsAndEveryLayer() {
        String data = new ProfileFigure(List.of(spike("pgd", 1.23456, 54.3219)), true).data();
        assertThat(data)
                .contains("\"layer4.2.conv3\"", "54.32", "1.235", "26560")
                .doesNotContain("1.2345");
        assertThat(data.length()).isLessThan(30_000);
    }

    /** A flat profile with one filter that stands out. */
    private static SaliencyProfile spike(String attack, double level, double peak) {
        List<Double> mean = new ArrayList<>(Collections.nCopies(LARGE.filters(), level));
        mean.set(TALL, peak);
        return new SaliencyProfile("v", attack, 1, LARGE, mean, Collections.nCopies(LARGE.filters(), 0.0));
    }

    private static String svg(List<SaliencyProfile> profiles, boolean comparable) {
        return new ProfileFigure(profiles, comparable).drawing().svg();
    }

    private static double rise(String svg, int panel) {
        double[] heights = path(svg, panel);
        return max(heights) - min(heights);
    }

    /** The vertical places of a panel's line. */
    private static double[] path(String svg, int panel) {
        Matcher paths = Pattern.compile("<path d=\"M([^\"]*)\" fill=\"none\" stroke=\"#124a86\"")
                .matcher(svg);
        for (int i = 0; i <= panel; i++) {
            assertThat(paths.find()).isTrue();
        }
        return Stream.of(paths.group(1).split("L"))
                .mapToDouble(point -> Double.parseDouble(point.substring(point.indexOf(',') + 1)))
                .toArray();
    }

    private static double max(double[] values) {
        return Arrays.stream(values).max().orElseThrow();
    }

    private static double min(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }
}

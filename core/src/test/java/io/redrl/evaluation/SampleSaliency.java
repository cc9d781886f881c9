package io.redrl.evaluation;

import io.redrl.image.Image;
import io.redrl.saliency.FilterLayout;
import io.redrl.saliency.HeatPicture;
import io.redrl.saliency.ProfileComparison;
import io.redrl.saliency.ProfileNumbers;
import io.redrl.saliency.SaliencyProfile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** Made-up saliency of realistic size and shape. Its numbers mean nothing. */
public final class SampleSaliency {
    private SampleSaliency() {}

    /** Two victims, one small and one as large as ResNet-50, all kinds of images, maps of three images. */
    public static SaliencyEvaluation create() {
        List<SaliencyEvaluation.MapPicture> maps = new ArrayList<>(maps("resnet50"));
        maps.removeIf(m -> m.attack().equals("patch") && m.image() == 1007);
        return new SaliencyEvaluation(
                List.of(victim("small", small()), victim("resnet50", resnet50())), List.copyOf(maps));
    }

    /** Three layers. */
    public static FilterLayout small() {
        return new FilterLayout(List.of(
                new FilterLayout.Layer("features.0", 8),
                new FilterLayout.Layer("features.3", 16),
                new FilterLayout.Layer("features.7", 32)));
    }

    /** The 53 convolutions of ResNet-50 with 26,560 filters. */
    public static FilterLayout resnet50() {
        List<FilterLayout.Layer> layers = new ArrayList<>(List.of(new FilterLayout.Layer("conv1", 64)));
        int[] blocks = {3, 4, 6, 3};
        for (int stage = 0; stage < 4; stage++) {
            int width = 64 << stage;
            for (int block = 0; block < blocks[stage]; block++) {
                String name = "layer" + (stage + 1) + "." + block;
                layers.add(new FilterLayout.Layer(name + ".conv1", width));
                layers.add(new FilterLayout.Layer(name + ".conv2", width));
                layers.add(new FilterLayout.Layer(name + ".conv3", 4 * width));
                if (block == 0) {
                    layers.add(new FilterLayout.Layer(name + ".downsample.0", 4 * width));
                }
            }
        }
        return new FilterLayout(layers);
    }

    /** A victim with the six kinds of images, each with its own distribution over the depth. */
    public static SaliencyEvaluation.Victim victim(String name, FilterLayout layout) {
        List<SaliencyProfile> profiles = new ArrayList<>();
        List<ProfileNumbers> numbers = new ArrayList<>();
        List<ProfileComparison> comparisons = new ArrayList<>();
        List<String> ids = ClassNames.ids();
        double[][] thirds = {
            {0.2, 0.3, 0.5}, {0.15, 0.25, 0.6}, {0.55, 0.25, 0.2}, {0.4, 0.35, 0.25}, {0.3, 0.36, 0.34}, {0.1, 0.2, 0.7}
        };
        for (int i = 0; i < ids.size(); i++) {
            SaliencyProfile profile = profile(name, ids.get(i), layout, thirds[i]);
            profiles.add(profile);
            numbers.add(
                    new ProfileNumbers(ids.get(i), 40, profile.layerMeans(), thirds[i][0], thirds[i][1], thirds[i][2]));
            for (int j = 0; j < i; j++) {
                comparisons.add(new ProfileComparison(
                        ids.get(j), ids.get(i), 40, 0.0312 * (i + j), i == 5 ? 0.0004 : 0.0123 * i, 10_000));
            }
        }
        return new SaliencyEvaluation.Victim(name, 64, profiles, numbers, comparisons);
    }

    private static SaliencyProfile profile(String victim, String attack, FilterLayout layout, double[] thirds) {
        SplittableRandom random = new SplittableRandom(victim.hashCode() + 31L * attack.hashCode());
        int layers = layout.layers().size();
        List<Double> mean = new ArrayList<>();
        List<Double> error = new ArrayList<>();
        for (int l = 0; l < layers; l++) {
            int filters = layout.layers().get(l).filters();
            double depth = (l + 0.5) / layers * 2;
            double level = depth < 1
                    ? thirds[0] + depth * (thirds[1] - thirds[0])
                    : thirds[1] + (depth - 1) * (thirds[2] - thirds[1]);
            double scale = (0.4 + 1.5 * level) * (0.85 + 0.3 * random.nextDouble());
            List<Double> sorted = new ArrayList<>();
            for (int f = 0; f < filters; f++) {
                sorted.add(scale * Math.abs(random.nextGaussian()));
            }
            sorted.sort(Collections.reverseOrder());
            mean.addAll(sorted);
            sorted.forEach(v -> error.add(0.02 + 0.05 * v));
        }
        return new SaliencyProfile(victim, attack, 40, layout, mean, error);
    }

    /** Maps of three images in six kinds. */
    private static List<SaliencyEvaluation.MapPicture> maps(String victim) {
        List<SaliencyEvaluation.MapPicture> maps = new ArrayList<>();
        for (Exemplar exemplar : SampleEvaluation.create().exemplars()) {
            if (exemplar.attack().equals("pgd")) {
                maps.add(map(exemplar, victim, "clean", exemplar.clean()));
            }
            maps.add(map(exemplar, victim, exemplar.attack(), exemplar.adversarial()));
        }
        return maps;
    }

    private static SaliencyEvaluation.MapPicture map(Exemplar exemplar, String victim, String attack, Image shown) {
        SplittableRandom random = new SplittableRandom(exemplar.index() + 7L * attack.hashCode());
        double[] map = new double[32 * 32];
        double x = 8 + 16 * random.nextDouble();
        double y = 8 + 16 * random.nextDouble();
        double width = 3 + 5 * random.nextDouble();
        for (int i = 0; i < map.length; i++) {
            double far = Math.hypot(i % 32 - x, Math.floorDiv(i, 32) - y) / width;
            map[i] = (0.1 + Math.exp(-far * far)) * -Math.log(random.nextDouble());
        }
        return new SaliencyEvaluation.MapPicture(
                exemplar.index(), exemplar.label(), victim, attack, shown, HeatPicture.overlay(map, shown));
    }
}

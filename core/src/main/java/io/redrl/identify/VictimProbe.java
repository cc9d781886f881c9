package io.redrl.identify;

import io.redrl.base.RedrlException;
import io.redrl.data.RedrlHome;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import io.redrl.model.Classifier;
import io.redrl.model.NetworkClassifier;
import io.redrl.model.Victims;
import io.redrl.saliency.FilterSaliency;
import io.redrl.saliency.FilterStatistics;
import io.redrl.saliency.HeatPicture;
import io.redrl.saliency.ImageSaliency;
import io.redrl.saliency.InputSaliency;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a victim says of images and of repaired ones, and which of its filters they target. The victim is loaded when first
 * needed. Images of another size than the victim's are scaled for it.
 */
final class VictimProbe implements AutoCloseable {
    private static final int BATCH = 64;

    private final Optional<String> name;
    private final Optional<Path> statistics;
    private @Nullable Classifier loaded;
    private @Nullable FilterSaliency saliency;
    private @Nullable FilterStatistics known;

    VictimProbe(Optional<String> name, Optional<Path> statistics) {
        this.name = name;
        this.statistics = statistics;
    }

    /** The same results with what the victim says; the same as they are if there is no victim. */
    List<Identification> heard(List<Identification> results, IdentifySettings settings) {
        if (name.isEmpty()) {
            return results;
        }
        Classifier victim = victim(name.get());
        List<Image> images = new ArrayList<>();
        for (Identification result : results) {
            images.add(fitted(result.pictures().image(), victim.input()));
            result.pictures().repaired().ifPresent(repaired -> images.add(fitted(repaired, victim.input())));
        }
        List<Identification.Said> said = new ArrayList<>();
        for (int from = 0; from < images.size(); from += BATCH) {
            said.addAll(ask(victim, images.subList(from, Math.min(images.size(), from + BATCH))));
        }
        List<Identification> heard = new ArrayList<>();
        int next = 0;
        for (Identification result : results) {
            Image image = images.get(next);
            Identification.Said before = said.get(next++);
            Optional<Identification.Said> after =
                    result.pictures().repaired().isPresent() ? Optional.of(said.get(next++)) : Optional.empty();
            heard.add(with(
                    result,
                    new Identification.VictimView(victim.id(), before, after),
                    settings.saliency()
                            ? Optional.of(
                                    targets(victim, image, after.orElse(before).label()))
                            : Optional.empty(),
                    victim.input()));
        }
        return heard;
    }

    private Classifier victim(String nameOrPath) {
        if (loaded == null) {
            loaded = Victims.load(nameOrPath, RedrlHome.path().resolve("models"));
        }
        return loaded;
    }

    private static Image fitted(Image image, ImageShape input) {
        return Scaling.scaled(image, input);
    }

    private static List<Identification.Said> ask(Classifier victim, List<Image> images) {
        float[] probabilities = Scopes.valuedNoGrad(
                () -> Tensors.toFloats(victim.logits(Tensors.pixels(images)).softmax(1)));
        List<Identification.Said> said = new ArrayList<>();
        for (int from = 0; from < probabilities.length; from += victim.classes()) {
            int best = 0;
            for (int k = 1; k < victim.classes(); k++) {
                best = probabilities[from + k] > probabilities[from + best] ? k : best;
            }
            String label = victim instanceof NetworkClassifier network
                    ? network.card().classNames().get(best)
                    : Integer.toString(best);
            said.add(new Identification.Said(best, label, probabilities[from + best]));
        }
        return said;
    }

    private ImageSaliency targets(Classifier victim, Image image, int label) {
        if (saliency == null || known == null) {
            Path file = statistics.orElseThrow(() -> new RedrlException("Saliency needs statistics of victim "
                    + victim.id() + ": make them with redrl saliency statistics, and name the file with --statistics"));
            saliency = FilterSaliency.of(victim);
            known = FilterStatistics.open(file);
            known.requireOf(file.toString(), victim.checksum(), saliency.layout());
        }
        return ImageSaliency.of(saliency, known, InputSaliency.DEFAULTS, image, label);
    }

    private static Identification with(
            Identification result, Identification.VictimView view, Optional<ImageSaliency> targets, ImageShape input) {
        Identification.Pictures pictures = result.pictures();
        Optional<Image> overlay = targets.map(
                found -> HeatPicture.overlay(found.overChannels(input.channels()), fitted(pictures.image(), input)));
        List<String> remarks = new ArrayList<>(result.remarks());
        if (pictures.image().height() != input.height() || pictures.image().width() != input.width()) {
            remarks.add("the victim looked at it scaled to " + input.width() + "×" + input.height());
        }
        return new Identification(
                result.image(),
                result.height(),
                result.width(),
                result.reading(),
                result.verdict(),
                result.probabilities(),
                result.unknownScore(),
                result.perturbation(),
                result.box(),
                result.epsilon(),
                Optional.of(view),
                targets.map(found -> new Identification.Targets(found.victim(), found.label(), found.filters())),
                remarks,
                new Identification.Pictures(pictures.image(), pictures.repaired(), pictures.perturbation(), overlay));
    }

    @Override
    public void close() {
        if (loaded != null) {
            loaded.close();
        }
    }
}

package io.redrl.identify;

import io.redrl.base.RedrlException;
import io.redrl.data.RedrlHome;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import io.redrl.model.Classifier;
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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Probe of a victim: its predictions for images and for repaired ones, and which of its filters they activate. The victim is loaded when
 * first needed. Images of another size than the victim's are scaled for it.
 */
final class VictimProbe implements AutoCloseable {
    private static final int BATCH = 64;

    private final IdentifyModels models;
    private @Nullable Classifier loaded;
    private @Nullable FilterSaliency filters;
    private @Nullable FilterStatistics known;

    VictimProbe(IdentifyModels models) {
        this.models = models;
    }

    /**
     * Asks about images as they are and as they are repaired.
     *
     * @param repaired of each image, where there is one
     * @param withSaliency whether filters and pixels are asked for
     * @return an answer for each image, in their order; none if there is no victim, or nobody chose it and the image is of another size
     */
    List<Optional<Identification.Victim>> ask(
            List<Image> images, List<Optional<Image>> repaired, boolean withSaliency) {
        if (models.victim().isEmpty()) {
            return Collections.nCopies(images.size(), Optional.empty());
        }
        Classifier victim = victim(models.victim().get(), images);
        List<Integer> asked = IntStream.range(0, images.size())
                .filter(i -> models.chosenVictim() || images.get(i).shape().equals(victim.input()))
                .boxed()
                .toList();
        List<Image> all = new ArrayList<>();
        for (int i : asked) {
            all.add(Scaling.scaled(images.get(i), victim.input()));
            repaired.get(i).ifPresent(image -> all.add(Scaling.scaled(image, victim.input())));
        }
        List<Identification.VictimPrediction> predictions = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH) {
            predictions.addAll(predict(victim, all.subList(from, Math.min(all.size(), from + BATCH))));
        }
        List<Optional<Identification.Victim>> answers =
                new ArrayList<>(Collections.nCopies(images.size(), Optional.empty()));
        int next = 0;
        for (int i : asked) {
            Image image = all.get(next);
            Identification.VictimPrediction before = predictions.get(next++);
            Optional<Identification.VictimPrediction> after =
                    repaired.get(i).isPresent() ? Optional.of(predictions.get(next)) : Optional.empty();
            next += after.isPresent() ? 1 : 0;
            int label = after.orElse(before).label();
            answers.set(
                    i,
                    Optional.of(new Identification.Victim(
                            victim.id(),
                            victim.input(),
                            before,
                            after,
                            withSaliency ? Optional.of(saliency(victim, image, label)) : Optional.empty())));
        }
        return answers;
    }

    /** Its size is that of the images, if they agree, no other is said and it takes them. */
    private Classifier victim(String nameOrPath, List<Image> images) {
        if (loaded == null) {
            List<ImageShape> sizes =
                    images.stream().map(Image::shape).distinct().toList();
            Optional<ImageShape> one =
                    models.chosenVictim() && sizes.size() == 1 ? Optional.of(sizes.get(0)) : Optional.empty();
            loaded = Victims.load(nameOrPath, RedrlHome.path().resolve("models"), models.victimSettings(), one);
        }
        return loaded;
    }

    /** What its user should know of it, in a sentence each; none before it was asked. */
    List<String> remarks() {
        return loaded == null
                ? List.of()
                : loaded.remarks().stream()
                        .map(remark -> "victim " + loaded.id() + " " + remark)
                        .toList();
    }

    private static List<Identification.VictimPrediction> predict(Classifier victim, List<Image> images) {
        float[] probabilities = Scopes.valuedNoGrad(
                () -> Tensors.toFloats(victim.logits(Tensors.pixels(images)).softmax(1)));
        List<Identification.VictimPrediction> predictions = new ArrayList<>();
        for (int from = 0; from < probabilities.length; from += victim.classes()) {
            int best = 0;
            for (int k = 1; k < victim.classes(); k++) {
                best = probabilities[from + k] > probabilities[from + best] ? k : best;
            }
            String label = victim.classNames().isEmpty()
                    ? Integer.toString(best)
                    : victim.classNames().get(best);
            predictions.add(new Identification.VictimPrediction(best, label, probabilities[from + best]));
        }
        return predictions;
    }

    private Identification.Saliency saliency(Classifier victim, Image image, int label) {
        if (filters == null || known == null) {
            Path file = models.statistics()
                    .orElseThrow(() -> new RedrlException("Saliency needs statistics of victim " + victim.id()
                            + ": make them with redrl saliency statistics, and name the file with --statistics"));
            filters = FilterSaliency.of(victim);
            known = FilterStatistics.open(file);
            known.requireOf(file.toString(), victim.checksum(), filters.layout());
        }
        ImageSaliency found = ImageSaliency.of(filters, known, InputSaliency.DEFAULTS, image, label);
        return new Identification.Saliency(
                label,
                found.filters(),
                HeatPicture.overlay(found.overChannels(image.shape().channels()), image));
    }

    @Override
    public void close() {
        if (loaded != null) {
            loaded.close();
        }
    }
}

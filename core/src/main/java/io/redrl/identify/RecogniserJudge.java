package io.redrl.identify;

import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.calibration.Prediction;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Tiling;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A recogniser of the paper's six classes as a judge: of images of another size than the one it learnt from, pieces are judged. */
final class RecogniserJudge implements Judge {
    /** Pieces that go through the networks at once. */
    private static final int BATCH = 64;

    private final Recogniser recogniser;
    private final ImageShape size;
    private final List<String> suspects;

    RecogniserJudge(Path folder, IdentifySettings settings, List<String> suspects) {
        this.suspects = suspects;
        requireNothingOfAttribution(settings, folder.toString());
        recogniser = Recogniser.load(folder);
        if (recogniser.spec().input().needsClean()) {
            recogniser.close();
            Checks.require(
                    false,
                    "%s is an oracle: it needs the image as it was before the attack. Name another recogniser.",
                    folder);
        }
        size = new ImageShape(3, recogniser.card().height(), recogniser.card().width());
    }

    private static void requireNothingOfAttribution(IdentifySettings settings, String name) {
        Checks.require(
                settings.classes() == IdentifySettings.Classes.ALL
                        && settings.prior().isEmpty(),
                "%s is a recogniser of the paper's six classes: prior and classes are of models of attribution",
                name);
    }

    @Override
    public String name() {
        return recogniser.spec().name();
    }

    @Override
    public List<String> remarks() {
        return suspects.size() < 2
                ? List.of()
                : List.of("A recogniser of the paper's classes asks no suspected victims: the verdicts of "
                        + suspects.get(0) + " are told, the others are left out.");
    }

    @Override
    public List<Judgement> judge(List<Image> images, IdentifySettings settings) {
        requireNothingOfAttribution(settings, name());
        List<Tiling> tilings = images.stream()
                .map(image -> Tiling.of(image, size, settings.largeImages(), settings.mostTiles()))
                .toList();
        List<Image> pieces = tilings.stream()
                .flatMap(tiling -> tiling.tiles().stream())
                .map(Tiling.Tile::image)
                .toList();
        List<Prediction> predictions = new ArrayList<>();
        for (int from = 0; from < pieces.size(); from += BATCH) {
            List<Image> batch = pieces.subList(from, Math.min(pieces.size(), from + BATCH));
            predictions.addAll(Scopes.valued(() -> recogniser.judge(Tensors.pixels(batch))));
        }
        List<Judgement> judgements = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < images.size(); i++) {
            int next = first + tilings.get(i).tiles().size();
            judgements.add(
                    judgement(images.get(i), tilings.get(i), TileVotes.of(predictions.subList(first, next)), settings));
            first = next;
        }
        return judgements;
    }

    private Judgement judgement(Image image, Tiling tiling, TileVotes votes, IdentifySettings settings) {
        Prediction prediction = votes.prediction();
        Optional<Box> box = Optional.empty();
        Optional<Double> epsilon = Optional.empty();
        if (settings.details() && (prediction.unknown() || prediction.best() != AttackClass.CLEAN)) {
            ChromaResidual noise = ChromaResidual.of(image);
            if (prediction.unknown() || prediction.best() == AttackClass.PATCH) {
                double least = prediction.unknown() ? PatchLocator.SHARE_OF_ITSELF : PatchLocator.SHARE_OF_A_PATCH;
                box = PatchLocator.best(noise).filter(found -> found.share() >= least);
            }
            if (!prediction.unknown()) {
                epsilon = EpsilonEstimate.of(noise, prediction.best(), box.orElse(null));
            }
        }
        return new Judgement(
                Verdict.of(prediction),
                new Identification.Reading(tiling.kind(), tiling.tiles().size(), tiling.inAll(), votes.agreeing()),
                box,
                epsilon,
                Optional.empty(),
                List.of(),
                Remarks.of(size, tiling, votes));
    }

    @Override
    public void close() {
        recogniser.close();
    }
}

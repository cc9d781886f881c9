package io.redrl.identify;

import io.redrl.attribution.Attribution;
import io.redrl.attribution.AttributionModel;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Tiling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A model of attribution as a judge. */
final class AttributionJudge implements Judge {
    private final AttributionModel model;
    private final String name;
    private final double prior;
    private final boolean paperClasses;

    AttributionJudge(Path folder, IdentifySettings settings) {
        model = AttributionModel.open(folder);
        name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
        prior = settings.prior().orElse(model.card().calibration().prior());
        paperClasses = settings.classes() == IdentifySettings.Classes.PAPER;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> remarks() {
        return model.card().falseAlarms();
    }

    @Override
    public List<Judgement> judge(List<Image> images) {
        List<Attribution> found = model.attribute(images, prior);
        List<Judgement> judgements = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            Attribution one = found.get(i);
            ImageShape shape = images.get(i).shape();
            int tiles = AttributionModel.tiles(shape);
            judgements.add(new Judgement(
                    paperClasses ? Verdict.inPaperClasses(one) : Verdict.of(one),
                    new Identification.Reading(
                            tiles > 1 ? Tiling.Kind.TILES : Tiling.Kind.WHOLE,
                            tiles,
                            AttributionModel.tilesInAll(shape),
                            tiles),
                    one.box().map(box -> new Box(box.left(), box.top(), box.width(), box.height(), 1)),
                    one.family().hasBudget() && one.verdict() == Attribution.Verdict.ATTACKED
                            ? Optional.of(one.linf().estimate() / 255)
                            : Optional.empty(),
                    one.verdict() == Attribution.Verdict.CLEAN
                            ? Optional.empty()
                            : Optional.of(Strength.of(one, shape)),
                    remarks(shape)));
        }
        return judgements;
    }

    private static List<String> remarks(ImageShape shape) {
        if (Math.min(shape.height(), shape.width()) < AttributionModel.LEAST_SIDE) {
            return List.of(
                    "smaller than 32×32 and continued by its mirror image: there is less to tell from, so trust this less");
        }
        int tiles = AttributionModel.tiles(shape);
        int inAll = AttributionModel.tilesInAll(shape);
        return tiles == inAll
                ? List.of()
                : List.of("read as " + tiles + " tiles of " + AttributionModel.TILE.width() + "×"
                        + AttributionModel.TILE.height() + " (of " + inAll + "): a change elsewhere is not seen");
    }

    @Override
    public void close() {
        model.close();
    }
}

package io.redrl.identify;

import io.redrl.attribution.Attribution;
import io.redrl.attribution.AttributionCard;
import io.redrl.attribution.AttributionModel;
import io.redrl.attribution.Suspects;
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
    private final Suspects suspects;

    /** @param suspects closed with this */
    AttributionJudge(Path folder, Suspects suspects) {
        model = AttributionModel.open(folder);
        this.suspects = suspects;
        name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> remarks() {
        if (suspects.isEmpty()) {
            return model.card().falseAlarms();
        }
        Optional<AttributionCard.WithSuspects> asking = model.card().suspects();
        if (asking.isPresent()) {
            return asking.get().falseAlarms();
        }
        List<String> remarks = new ArrayList<>(model.card().falseAlarms());
        remarks.add(name + " has not learnt to ask suspected victims: its verdicts are from the images alone.");
        return remarks;
    }

    @Override
    public List<Judgement> judge(List<Image> images, IdentifySettings settings) {
        boolean paperClasses = settings.classes() == IdentifySettings.Classes.PAPER;
        List<Attribution> found = model.attribute(images, settings.prior(), suspects);
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
                    one.suspects(),
                    remarks(shape, one.suspects())));
        }
        return judgements;
    }

    private List<String> remarks(ImageShape shape, List<String> asked) {
        List<String> remarks = new ArrayList<>();
        int tiles = AttributionModel.tiles(shape);
        int inAll = AttributionModel.tilesInAll(shape);
        if (Math.min(shape.height(), shape.width()) < AttributionModel.LEAST_SIDE) {
            remarks.add(
                    "smaller than 32×32 and continued by its mirror image: there is less to tell from, so trust this less");
        } else if (tiles < inAll) {
            remarks.add("read as " + tiles + " tiles of " + AttributionModel.TILE.width() + "×"
                    + AttributionModel.TILE.height() + " (of " + inAll + "): a change elsewhere is not seen");
        }
        if (suspects.isEmpty() || model.card().suspects().isEmpty()) {
            return remarks;
        }
        if (!asked.isEmpty()) {
            remarks.add("suspected: " + String.join(", ", asked));
        } else if (AttributionModel.asksAbout(shape)) {
            remarks.add("no suspected victim takes images of " + shape.width() + "×" + shape.height()
                    + ": judged from the image alone");
        } else {
            remarks.add("suspected victims are asked about images that are read as they are and as a whole: judged from"
                    + " the image alone");
        }
        return remarks;
    }

    @Override
    public void close() {
        suspects.close();
        model.close();
    }
}

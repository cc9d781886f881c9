package io.redrl.identify;

import io.redrl.attack.AttackClass;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import io.redrl.image.Tiling;
import java.util.ArrayList;
import java.util.List;

/** What a reader should know before believing a verdict, in plain words. */
final class Remarks {
    private Remarks() {}

    /** Of an image's file. */
    static List<String> of(ImageCodec.Decoded image) {
        List<String> remarks = new ArrayList<>(image.remarks());
        if (image.format() == ImageFormat.JPEG) {
            remarks.add("a JPEG file: compression takes away what an attack leaves, so 'clean' means less");
        }
        if (image.format() == ImageFormat.GIF) {
            remarks.add("a GIF file: its few colours change pixels more than most attacks do");
        }
        return remarks;
    }

    /** Of the pieces that a recogniser looked at, which learnt from whole pictures. */
    static List<String> of(ImageShape size, Tiling tiling, TileVotes votes) {
        List<String> remarks = new ArrayList<>();
        String sides = size.width() + "×" + size.height();
        int tiles = tiling.tiles().size();
        switch (tiling.kind()) {
            case TILES -> {
                String part = tiles < tiling.inAll() ? " (of " + tiling.inAll() + ", spread evenly)" : "";
                remarks.add("read as " + tiles + " tiles of " + sides + part + ", " + votes.agreeing()
                        + " of which say so: the recogniser learnt from whole pictures of that size, not from parts of"
                        + " larger ones, so trust this less");
            }
            case SCALED ->
                remarks.add("scaled to " + sides + ": scaling wipes out most of what an attack leaves, so trust this"
                        + " little, and 'clean' least");
            case PADDED ->
                remarks.add("smaller than " + sides + " and continued by its mirror image: there is less to tell from,"
                        + " so trust this less");
            case WHOLE -> {}
        }
        if (tiles > 1
                && !votes.prediction().unknown()
                && votes.prediction().best() == AttackClass.CLEAN
                && !votes.attacked().isEmpty()) {
            int first = votes.attacked().get(0);
            remarks.add(votes.attacked().size() + " of its tiles look attacked, the first at column "
                    + tiling.tiles().get(first).left() + ", row "
                    + tiling.tiles().get(first).top()
                    + ": a local attack may sit there");
        }
        return remarks;
    }
}

package io.redrl.image;

import io.redrl.base.Checks;
import java.util.List;

/**
 * Orientation of a picture: how a viewer turns its stored rows and columns (Exif 2.32, tag 274). What is stored stays as it is; only what
 * people look at is turned.
 *
 * <p>A value maps stored to shown by an optional exchange of rows and columns first, and then mirror images.
 */
public enum Orientation {
    /** 1: shown as stored. */
    UPRIGHT(false, false, false),
    /** 2: mirrored left to right. */
    MIRRORED(false, true, false),
    /** 3: turned by half. */
    HALF_TURN(false, true, true),
    /** 4: mirrored top to bottom. */
    FLIPPED(false, false, true),
    /** 5: rows and columns exchanged. */
    TRANSPOSED(true, false, false),
    /** 6: turned by a quarter, clockwise. */
    CLOCKWISE(true, true, false),
    /** 7: rows and columns exchanged, and turned by half. */
    TRANSVERSE(true, true, true),
    /** 8: turned by a quarter, anticlockwise. */
    ANTICLOCKWISE(true, false, true);

    private final boolean transposes;
    private final boolean mirrorsColumns;
    private final boolean mirrorsRows;

    Orientation(boolean transposes, boolean mirrorsColumns, boolean mirrorsRows) {
        this.transposes = transposes;
        this.mirrorsColumns = mirrorsColumns;
        this.mirrorsRows = mirrorsRows;
    }

    /** The orientation of a tag's value; {@link #UPRIGHT} for values outside of 1 to 8. */
    public static Orientation of(int tag) {
        return tag < 1 || tag > values().length ? UPRIGHT : values()[tag - 1];
    }

    /** The tag's value, from 1 to 8. */
    public int tag() {
        return List.of(values()).indexOf(this) + 1;
    }

    /** The shape in which a viewer shows an image. */
    @SuppressWarnings("ArgumentSelectionDefectChecker") // rows and columns change places on purpose
    public ImageShape shown(ImageShape stored) {
        return transposes ? new ImageShape(stored.channels(), stored.width(), stored.height()) : stored;
    }

    /** The image as a viewer shows it; the same if that is how it is stored. */
    public Image shown(Image stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        ImageShape to = shown(stored.shape());
        byte[] from = stored.pixels();
        byte[] turned = new byte[from.length];
        int plane = to.height() * to.width();
        int at = 0;
        for (int c = 0; c < to.channels(); c++) {
            for (int y = 0; y < to.height(); y++) {
                int row = mirrorsRows ? to.height() - 1 - y : y;
                for (int x = 0; x < to.width(); x++) {
                    int column = mirrorsColumns ? to.width() - 1 - x : x;
                    int place = transposes ? column * stored.width() + row : row * stored.width() + column;
                    turned[at++] = from[c * plane + place];
                }
            }
        }
        return new Image(to, turned);
    }

    /**
     * Where a viewer shows a rectangle.
     *
     * @param box {@code {left, top, width, height}} in the image as stored
     * @param stored the image's shape
     * @return the same in the image as it is shown
     */
    public int[] shown(int[] box, ImageShape stored) {
        Checks.require(box.length == 4, "a box has 4 numbers, got %d", box.length);
        int left = transposes ? box[1] : box[0];
        int top = transposes ? box[0] : box[1];
        int width = transposes ? box[3] : box[2];
        int height = transposes ? box[2] : box[3];
        ImageShape to = shown(stored);
        return new int[] {
            mirrorsColumns ? to.width() - left - width : left,
            mirrorsRows ? to.height() - top - height : top,
            width,
            height
        };
    }
}

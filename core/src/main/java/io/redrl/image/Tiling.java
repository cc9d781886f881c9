package io.redrl.image;

import io.redrl.base.Checks;
import java.util.ArrayList;
import java.util.List;

/**
 * An image as pieces of the size that a recogniser takes.
 *
 * @param how {@code whole}, {@code tiles}, {@code scaled} or {@code padded}
 * @param tiles unsigned grey levels {@code [3,h,w]} of each piece
 * @param lefts first column of each piece
 * @param tops first row of each piece
 * @param inAll pieces that would cover the image
 */
public record Tiling(String how, List<byte[]> tiles, List<Integer> lefts, List<Integer> tops, int inAll) {
    public static final String WHOLE = "whole";
    public static final String TILES = "tiles";
    public static final String SCALED = "scaled";
    public static final String PADDED = "padded";

    /**
     * Divides an image. Tiles cover it with as little overlap as there can be; where they would be more than {@code most},
     * fewer are spread evenly over it. One that is smaller than a piece on either side is never scaled, which would enlarge it.
     *
     * @param pixels unsigned grey levels {@code [3,H,W]}
     * @param size of a piece
     */
    public static Tiling of(byte[] pixels, ImageShape shape, ImageShape size, LargeImagePolicy fit, int most) {
        Checks.positive("most tiles", most);
        if (shape.equals(size)) {
            return one(WHOLE, pixels);
        }
        boolean padded = shape.height() < size.height() || shape.width() < size.width();
        if (fit == LargeImagePolicy.SCALE && !padded) {
            return one(SCALED, Scaling.scaled(pixels, shape, size));
        }
        int rows = (shape.height() + size.height() - 1) / size.height();
        int columns = (shape.width() + size.width() - 1) / size.width();
        int inAll = Math.toIntExact((long) rows * columns);
        if (inAll == 1) {
            return one(PADDED, piece(pixels, shape, size, 0, 0));
        }
        if (inAll > most) {
            double side = Math.sqrt(most / (double) inAll);
            int fewer = Math.max(1, (int) Math.round(rows * side));
            columns = Math.max(1, Math.min(columns, most / Math.min(fewer, most)));
            rows = Math.max(1, Math.min(rows, most / columns));
        }
        List<byte[]> tiles = new ArrayList<>();
        List<Integer> lefts = new ArrayList<>();
        List<Integer> tops = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int top = start(row, rows, shape.height() - size.height());
                int left = start(column, columns, shape.width() - size.width());
                tops.add(top);
                lefts.add(left);
                tiles.add(piece(pixels, shape, size, left, top));
            }
        }
        return new Tiling(padded ? PADDED : TILES, tiles, lefts, tops, inAll);
    }

    /** Whether its one piece is the whole image, as it is or scaled. */
    public boolean isOfRightSize() {
        return how.equals(WHOLE) || how.equals(SCALED);
    }

    private static Tiling one(String how, byte[] piece) {
        return new Tiling(how, List.of(piece), List.of(0), List.of(0), 1);
    }

    /** The first is at 0, the last ends with the image, the others lie evenly between; a single one is in the middle. */
    private static int start(int index, int count, int room) {
        if (room <= 0) {
            return 0;
        }
        return count == 1 ? room / 2 : (int) Math.round(index * (double) room / (count - 1));
    }

    private static byte[] piece(byte[] pixels, ImageShape shape, ImageShape size, int left, int top) {
        byte[] piece = new byte[size.values()];
        int plane = shape.height() * shape.width();
        int at = 0;
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < size.height(); y++) {
                int row = c * plane + Mirror.index(top + y, shape.height()) * shape.width();
                for (int x = 0; x < size.width(); x++) {
                    piece[at++] = pixels[row + Mirror.index(left + x, shape.width())];
                }
            }
        }
        return piece;
    }
}

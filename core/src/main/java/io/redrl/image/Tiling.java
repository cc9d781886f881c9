package io.redrl.image;

import io.redrl.base.Checks;
import java.util.ArrayList;
import java.util.List;

/**
 * An image as pieces of the size that a recogniser takes.
 *
 * @param kind how they were made of it
 * @param tiles the pieces, row by row
 * @param inAll pieces that would cover the image
 */
public record Tiling(Kind kind, List<Tile> tiles, int inAll) {
    /** How an image is read. */
    public enum Kind {
        /** As it is. */
        WHOLE,
        /** In pieces. */
        TILES,
        /** Scaled down. */
        SCALED,
        /** Continued by its mirror image, as it is smaller than a piece. */
        PADDED
    }

    /**
     * A piece of an image.
     *
     * @param image the piece
     * @param left its first column in the whole
     * @param top its first row
     */
    public record Tile(Image image, int left, int top) {}

    /** Copies the list. */
    public Tiling {
        tiles = List.copyOf(tiles);
    }

    /**
     * Divides an image. Tiles cover it with as little overlap as there can be; where they would be more than {@code most},
     * fewer are spread evenly over it, or, where some of those would show a single colour, over what shows more. One that is smaller than a piece on either side is never scaled, which would enlarge it.
     *
     * @param size of a piece
     */
    public static Tiling of(Image image, ImageShape size, LargeImagePolicy policy, int most) {
        Checks.positive("most tiles", most);
        ImageShape shape = image.shape();
        if (shape.equals(size)) {
            return one(Kind.WHOLE, image);
        }
        boolean padded = shape.height() < size.height() || shape.width() < size.width();
        if (policy == LargeImagePolicy.SCALE && !padded) {
            return one(Kind.SCALED, Scaling.scaled(image, size));
        }
        int rows = (shape.height() + size.height() - 1) / size.height();
        int columns = (shape.width() + size.width() - 1) / size.width();
        int inAll = Math.toIntExact((long) rows * columns);
        if (inAll == 1) {
            return one(Kind.PADDED, piece(image, size, 0, 0).image());
        }
        if (inAll > most) {
            double side = Math.sqrt(most / (double) inAll);
            int fewer = Math.max(1, (int) Math.round(rows * side));
            columns = Math.max(1, Math.min(columns, most / Math.min(fewer, most)));
            rows = Math.max(1, Math.min(rows, most / columns));
        }
        List<Tile> tiles = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int top = start(row, rows, shape.height() - size.height());
                int left = start(column, columns, shape.width() - size.width());
                tiles.add(piece(image, size, left, top));
            }
        }
        if (inAll > most && !padded && tiles.stream().anyMatch(tile -> isEmpty(image, size, tile.left(), tile.top()))) {
            List<Tile> showing = showing(image, size, most);
            return new Tiling(Kind.TILES, showing.isEmpty() ? tiles : showing, inAll);
        }
        return new Tiling(padded ? Kind.PADDED : Kind.TILES, tiles, inAll);
    }

    /** Of all tiles that would cover an image those that show something, at most so many, at even distances. */
    private static List<Tile> showing(Image image, ImageShape size, int most) {
        List<int[]> places = new ArrayList<>();
        int rows = (image.height() + size.height() - 1) / size.height();
        int columns = (image.width() + size.width() - 1) / size.width();
        for (int row = 0; row < rows; row++) {
            int top = start(row, rows, image.height() - size.height());
            for (int column = 0; column < columns; column++) {
                int left = start(column, columns, image.width() - size.width());
                if (!isEmpty(image, size, left, top)) {
                    places.add(new int[] {left, top});
                }
            }
        }
        List<Tile> tiles = new ArrayList<>();
        int count = Math.min(most, places.size());
        for (int i = 0; i < count; i++) {
            int[] place = places.get((int) ((2L * i + 1) * places.size() / (2L * count)));
            tiles.add(piece(image, size, place[0], place[1]));
        }
        return tiles;
    }

    /** Whether a part is a clipped sky, a border or a black ground: hardly any pixel differs from its neighbour on the right. */
    private static boolean isEmpty(Image image, ImageShape size, int left, int top) {
        byte[] pixels = image.pixels();
        int plane = image.height() * image.width();
        int different = 0;
        for (int y = top; y < top + size.height(); y++) {
            for (int x = left; x < left + size.width() - 1; x++) {
                int at = y * image.width() + x;
                boolean same = pixels[at] == pixels[at + 1]
                        && pixels[plane + at] == pixels[plane + at + 1]
                        && pixels[2 * plane + at] == pixels[2 * plane + at + 1];
                different += same ? 0 : 1;
            }
        }
        return 100 * different < size.height() * size.width();
    }

    /** Whether its one piece is the whole image, as it is or scaled. */
    public boolean isOfRightSize() {
        return kind == Kind.WHOLE || kind == Kind.SCALED;
    }

    private static Tiling one(Kind kind, Image piece) {
        return new Tiling(kind, List.of(new Tile(piece, 0, 0)), 1);
    }

    /** The first is at 0, the last ends with the image, the others lie evenly between; a single one is in the middle. */
    private static int start(int index, int count, int room) {
        if (room <= 0) {
            return 0;
        }
        return count == 1 ? room / 2 : (int) Math.round(index * (double) room / (count - 1));
    }

    private static Tile piece(Image image, ImageShape size, int left, int top) {
        ImageShape shape = image.shape();
        byte[] pixels = image.pixels();
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
        return new Tile(new Image(size, piece), left, top);
    }
}

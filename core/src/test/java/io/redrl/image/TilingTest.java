package io.redrl.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.testing.MadeImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TilingTest {
    private static final ImageShape SIZE = ImageShape.square(32);

    private static Tiling tiles(int height, int width, int most) {
        ImageShape shape = new ImageShape(3, height, width);
        return Tiling.of(MadeImages.smooth(shape, 1), SIZE, LargeImagePolicy.TILES, most);
    }

    @Test
    void anImageOfTheRightSizeIsTakenAsItIs() {
        Image image = MadeImages.smooth(SIZE, 1);
        Tiling tiling = Tiling.of(image, SIZE, LargeImagePolicy.SCALE, 64);
        assertThat(tiling.kind()).isEqualTo(Tiling.Kind.WHOLE);
        assertThat(tiling.tiles()).hasSize(1);
        assertThat(tiling.tiles().get(0).image()).isEqualTo(image);
    }

    @ParameterizedTest
    @CsvSource({"64,64,4", "33,32,2", "100,50,8", "224,224,49"})
    void tilesCoverALargerImage(int height, int width, int expected) {
        Tiling tiling = tiles(height, width, 64);
        assertThat(tiling.kind()).isEqualTo(Tiling.Kind.TILES);
        assertThat(tiling.tiles()).hasSize(expected);
        assertThat(tiling.inAll()).isEqualTo(expected);
        boolean[] covered = new boolean[height * width];
        for (int i = 0; i < expected; i++) {
            for (int y = 0; y < 32; y++) {
                for (int x = 0; x < 32; x++) {
                    covered[
                            (tiling.tiles().get(i).top() + y) * width
                                    + tiling.tiles().get(i).left()
                                    + x] = true;
                }
            }
        }
        assertThat(covered).doesNotContain(false);
    }

    @Test
    void aTileHoldsThePixelsOfItsPlace() {
        ImageShape shape = new ImageShape(3, 70, 45);
        Image image = MadeImages.smooth(shape, 4);
        Tiling tiling = Tiling.of(image, SIZE, LargeImagePolicy.TILES, 64);
        Tiling.Tile last = tiling.tiles().get(tiling.tiles().size() - 1);
        assertThat(last.top()).isEqualTo(70 - 32);
        assertThat(last.left()).isEqualTo(45 - 32);
        assertThat(last.image().pixels()[1024 + 5 * 32 + 7])
                .isEqualTo(image.pixels()[70 * 45 + (last.top() + 5) * 45 + last.left() + 7]);
    }

    @ParameterizedTest
    @CsvSource({"3000,4000,64", "40,30000,64", "30000,40,10", "500,500,1", "320,64,3"})
    void tooManyTilesAreThinnedOutEvenly(int height, int width, int most) {
        Tiling tiling = tiles(height, width, most);
        assertThat(tiling.tiles().size()).isBetween(1, most);
        assertThat(tiling.inAll()).isGreaterThan(most);
        assertThat(tiling.tiles())
                .allMatch(tile -> tile.left() >= 0 && tile.left() + 32 <= width)
                .allMatch(tile -> tile.top() >= 0 && tile.top() + 32 <= height);
        assertThat(tiling.tiles().size()).as("about as many as allowed").isGreaterThan(most / 3);
    }

    @Test
    void tilesThatShowNothingArePassedOver() {
        ImageShape shape = new ImageShape(3, 640, 640);
        byte[] pixels = MadeImages.smooth(shape, 1).pixels().clone();
        for (int i = 0; i < pixels.length; i++) {
            if (i / 640 % 640 < 320) {
                pixels[i] = (byte) 255; // a clipped sky
            }
        }
        Tiling tiling = Tiling.of(new Image(shape, pixels), SIZE, LargeImagePolicy.TILES, 64);
        assertThat(tiling.tiles()).hasSize(64).allMatch(tile -> tile.top() >= 320);
        assertThat(tiling.tiles().stream().map(Tiling.Tile::top).distinct()).hasSizeGreaterThan(5);
        byte[] white = new byte[pixels.length];
        assertThat(Tiling.of(new Image(shape, white), SIZE, LargeImagePolicy.TILES, 64)
                        .tiles())
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "5,32,1", "31,31,1", "5,100,4"})
    void smallImagesAreContinuedByTheirMirrorImage(int height, int width, int tiles) {
        Tiling tiling = tiles(height, width, 64);
        assertThat(tiling.kind()).isEqualTo(Tiling.Kind.PADDED);
        assertThat(tiling.tiles()).hasSize(tiles);
        byte[] tile = tiling.tiles().get(0).image().pixels();
        assertThat(tile).hasSize(SIZE.values());
        if (height < 32) {
            assertThat(tile[height * 32]).as("first row beyond the border").isEqualTo(tile[(height - 1) * 32]);
        }
    }

    @Test
    void mirrorsGoOnForEver() {
        int[] places = new int[9];
        for (int i = 0; i < places.length; i++) {
            places[i] = Mirror.index(i - 3, 2);
        }
        assertThat(places).containsExactly(1, 1, 0, 0, 1, 1, 0, 0, 1);
    }

    @Test
    void scalingIsAskedFor() {
        ImageShape shape = ImageShape.square(64);
        Tiling tiling = Tiling.of(MadeImages.smooth(shape, 1), SIZE, LargeImagePolicy.SCALE, 64);
        assertThat(tiling.kind()).isEqualTo(Tiling.Kind.SCALED);
        assertThat(tiling.tiles()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "31,32", "20,64"})
    void nothingIsEnlarged(int height, int width) {
        ImageShape shape = new ImageShape(3, height, width);
        Tiling tiling = Tiling.of(MadeImages.smooth(shape, 1), SIZE, LargeImagePolicy.SCALE, 64);
        assertThat(tiling.kind()).isEqualTo(Tiling.Kind.PADDED);
    }
}

package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Images in a NumPy array: uint8 or float in [0, 1]; N×C×H×W, N×H×W×C, N×H×W (grey) or one image C×H×W or H×W×C, with one, three or four
 * channels. Grey ones become three equal channels, a fourth channel is dropped, floats are rounded to the nearest of 256 levels.
 *
 * @param planes of each image, three channels of grey levels
 * @param height in pixels
 * @param width in pixels
 * @param remarks how the array was read, in a sentence each
 */
record NumpyImages(List<byte[]> planes, int height, int width, List<String> remarks) {
    /** Numbers of channels, the likeliest first. */
    private static final List<Integer> CHANNELS = List.of(3, 1, 4);

    /** Floats that stand for 0 or 1 may be off by so much: sums of steps of 1/255 are. */
    private static final double TOLERANCE = 1e-4;

    /**
     * Where images lie in an array.
     *
     * @param strides elements from one to the next channel, row and column
     * @param image elements from one image to the next
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Layout(int images, int channels, int height, int width, long[] strides, long image, String name) {}

    /** Whether an array can be one of images, by its type and shape. */
    static boolean couldBe(NumpyArray array) {
        boolean type = array.kind() == 'f' || (array.kind() == 'u' && array.bytes() == 1);
        return type && (array.shape().size() == 4 || array.shape().size() == 3);
    }

    /**
     * Reads an array.
     *
     * @param in where its elements begin
     * @throws RedrlException if its type, shape or range are not those of images, saying what they are
     */
    static NumpyImages read(NumpyArray array, InputStream in, String name) throws IOException {
        boolean real = array.kind() == 'f' && Set.of(2, 4, 8).contains(array.bytes());
        Checks.require(
                real || (array.kind() == 'u' && array.bytes() == 1),
                "%s is %s, expected uint8 or float32 in [0, 1]: save it as such, as with array.astype('uint8')",
                name,
                array.type());
        Layout layout = layout(array, name);
        long values = 3L * layout.images * layout.height * layout.width;
        Checks.require(
                values <= Runtime.getRuntime().maxMemory() / 2,
                "%s has %d images of %d×%d, more than fit into memory: save it in parts",
                name,
                layout.images,
                layout.height,
                layout.width);
        int each = layout.channels * layout.height * layout.width;
        Levels levels = new Levels(array, layout);
        List<byte[]> planes = new ArrayList<>();
        if (array.fortran()) {
            byte[] whole = array.content(in, name);
            for (int i = 0; i < layout.images; i++) {
                planes.add(levels.planes(whole, i * layout.image));
            }
        } else {
            for (int i = 0; i < layout.images; i++) {
                planes.add(levels.planes(NumpyArray.exactly(in, each * array.bytes(), name), 0));
            }
        }
        return new NumpyImages(planes, layout.height, layout.width, levels.checked(name));
    }

    private static Layout layout(NumpyArray array, String name) {
        List<Integer> shape = array.shape();
        int rank = shape.size();
        boolean batch = rank == 4;
        int from = batch ? 1 : 0;
        boolean first = rank >= 3 && CHANNELS.contains(shape.get(from));
        boolean last = rank >= 3 && CHANNELS.contains(shape.get(rank - 1));
        if (first && last) {
            // Pictures of one to four columns are rare; three channels and square pictures are not.
            int likelier = Integer.compare(CHANNELS.indexOf(shape.get(rank - 1)), CHANNELS.indexOf(shape.get(from)));
            boolean squareFirst = shape.get(rank - 2).equals(shape.get(rank - 1));
            boolean squareLast = shape.get(from).equals(shape.get(from + 1));
            Checks.require(
                    likelier != 0 || squareFirst != squareLast,
                    "%s has shape %s, whose channels may come first or last: make the other sides larger",
                    name,
                    array.shapeText());
            first = likelier == 0 ? squareFirst : likelier > 0;
            last = !first;
        }
        boolean grey = rank == 3 && !first && !last;
        Checks.require(
                first || last || grey,
                "%s has shape %s, from which no images can be read: expected N×C×H×W, N×H×W×C, N×H×W or one image, with"
                        + " 1, 3 or 4 channels",
                name,
                array.shapeText());
        Checks.require(array.elements() > 0, "%s has shape %s: it holds no images", name, array.shapeText());
        long[] steps = new long[rank];
        long step = 1;
        for (int i = 0; i < rank; i++) {
            int axis = array.fortran() ? i : rank - 1 - i;
            steps[axis] = step;
            step *= shape.get(axis);
        }
        int channel = first ? from : rank - 1;
        int row = grey ? 1 : first ? from + 1 : from;
        int images = batch || grey ? shape.get(0) : 1;
        Layout layout = new Layout(
                images,
                grey ? 1 : shape.get(channel),
                shape.get(row),
                shape.get(row + 1),
                new long[] {grey ? 0 : steps[channel], steps[row], steps[row + 1]},
                batch || grey ? steps[0] : 0,
                (batch || grey ? "N×" : "") + (grey ? "H×W" : first ? "C×H×W" : "H×W×C"));
        Checks.require(
                3L * layout.height * layout.width <= Integer.MAX_VALUE / 8,
                "%s has images of %d×%d, which are too large",
                name,
                layout.height,
                layout.width);
        return layout;
    }

    /** Turns elements into grey levels and remembers what they are like. */
    private static final class Levels {
        private final NumpyArray array;
        private final Layout layout;
        private final boolean real;
        private double least = Double.POSITIVE_INFINITY;
        private double most = Double.NEGATIVE_INFINITY;
        private double rounded;
        private boolean nan;

        Levels(NumpyArray array, Layout layout) {
            this.array = array;
            this.layout = layout;
            this.real = array.kind() == 'f';
        }

        byte[] planes(byte[] content, long offset) {
            ByteBuffer values = ByteBuffer.wrap(content).order(array.order());
            int plane = layout.height * layout.width;
            byte[] planes = new byte[3 * plane];
            int channels = layout.channels == 1 ? 1 : 3;
            for (int c = 0; c < channels; c++) {
                int to = c * plane;
                for (int y = 0; y < layout.height; y++) {
                    long at = offset + c * layout.strides[0] + y * layout.strides[1];
                    for (int x = 0; x < layout.width; x++) {
                        double value = array.number(values, (int) (at + x * layout.strides[2]));
                        least = Math.min(least, value);
                        most = Math.max(most, value);
                        nan |= Double.isNaN(value);
                        planes[to++] = (byte) (real ? level(value) : (int) value);
                    }
                }
            }
            for (int c = channels; c < 3; c++) {
                System.arraycopy(planes, 0, planes, c * plane, plane);
            }
            return planes;
        }

        private int level(double value) {
            double exact = 255 * value;
            int level = (int) Math.max(0, Math.min(255, Math.floor(exact + 0.5)));
            rounded = Math.max(rounded, Math.abs(exact - level));
            return level;
        }

        List<String> checked(String name) {
            Checks.require(!nan, "%s holds values that are no numbers (NaN)", name);
            if (real && (least < -TOLERANCE || most > 1 + TOLERANCE)) {
                String mend = least < 0
                        ? "undo the normalisation, so that they are those of the image"
                        : most <= 255.5
                                ? "divide them by 255, or save them as uint8: array.round().astype('uint8')"
                                : "divide them by their greatest possible value";
                throw new RedrlException(String.format(
                        Locale.ROOT,
                        "%s is %s with values from %.4g to %.4g, expected [0, 1]: %s",
                        name,
                        array.type(),
                        least,
                        most,
                        mend));
            }
            List<String> remarks = new ArrayList<>();
            remarks.add(name + ": " + layout.images + (layout.images == 1 ? " image" : " images") + " of "
                    + array.type() + ", read as " + layout.name);
            if (real && rounded > 0.01) {
                remarks.add(String.format(
                        Locale.ROOT,
                        "%s: floats were rounded to 8 bits, by up to %.2f of a grey level",
                        name,
                        rounded));
            }
            if (!real && most <= 1 && most > least) {
                remarks.add(name
                        + ": no value is above 1, which for uint8 is nearly black: if these are meant to be from 0 to"
                        + " 1, save them as float32");
            }
            if (layout.channels == 1) {
                remarks.add(name + ": images are grey: all three colours are the same");
            }
            if (layout.channels == 4) {
                remarks.add(name + ": the fourth channel was dropped");
            }
            return remarks;
        }
    }
}

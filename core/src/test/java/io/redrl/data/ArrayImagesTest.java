package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import io.redrl.testing.NumpyFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NumPy's files as people save them, and as they should not. */
class ArrayImagesTest {
    /** Of two images of 4 rows and 5 columns: image, channel, row and column are each another digit of the level. */
    private static final int IMAGES = 2;

    private static final int ROWS = 4;
    private static final int COLUMNS = 5;
    private static final ImageShape SHAPE = new ImageShape(3, ROWS, COLUMNS);

    @TempDir
    private Path folder;

    private static int level(int image, int channel, int row, int column) {
        return 100 * image + 25 * channel + 5 * row + column;
    }

    private static byte[] planes(int image) {
        byte[] planes = new byte[SHAPE.values()];
        for (int i = 0; i < planes.length; i++) {
            int inPlane = i % (ROWS * COLUMNS);
            planes[i] = (byte) level(image, i / (ROWS * COLUMNS), inPlane / COLUMNS, inPlane % COLUMNS);
        }
        return planes;
    }

    /** All levels with the channel first or last, and the first or the last index running fastest. */
    private static int[] levels(boolean channelFirst, boolean fortran) {
        int[] sizes = channelFirst ? new int[] {IMAGES, 3, ROWS, COLUMNS} : new int[] {IMAGES, ROWS, COLUMNS, 3};
        int[] levels = new int[IMAGES * SHAPE.values()];
        for (int at = 0; at < levels.length; at++) {
            int[] index = new int[4];
            int rest = at;
            for (int i = 0; i < 4; i++) {
                int axis = fortran ? i : 3 - i;
                index[axis] = rest % sizes[axis];
                rest /= sizes[axis];
            }
            levels[at] = channelFirst
                    ? level(index[0], index[1], index[2], index[3])
                    : level(index[0], index[3], index[1], index[2]);
        }
        return levels;
    }

    private static byte[] content(int[] levels, String type) {
        ByteOrder order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer content = ByteBuffer.allocate(8 * levels.length).order(order);
        for (int level : levels) {
            switch (type.substring(1)) {
                case "u1" -> content.put((byte) level);
                case "f4" -> content.putFloat(level / 255f);
                case "f8" -> content.putDouble(level / 255.0);
                default -> content.putShort(half(level / 255f));
            }
        }
        return java.util.Arrays.copyOf(content.array(), content.position());
    }

    /** To the nearest of the numbers with eleven significant bits that are not below 2 to the −14. */
    private static short half(float value) {
        if (value == 0) {
            return 0;
        }
        int exponent = Math.getExponent(value);
        return (short) (((exponent + 15) << 10) + Math.round(Math.scalb(value, 10 - exponent)) - 1024);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static ImageDataset open(Path file) {
        return Datasets.open(file.toString(), Split.TEST);
    }

    @ParameterizedTest
    @CsvSource({
        "|u1,true,false",
        "|u1,false,false",
        "|u1,true,true",
        "|u1,false,true",
        "<f4,true,false",
        "<f4,false,true",
        ">f4,false,false",
        "<f8,true,false",
        "<f2,true,false",
        ">f8,false,true"
    })
    void everyTypeAndLayoutGivesTheSamePixels(String type, boolean channelFirst, boolean fortran) throws IOException {
        String shape = channelFirst ? "2, 3, 4, 5" : "2, 4, 5, 3";
        byte[] content = content(levels(channelFirst, fortran), type);
        ImageDataset data = open(file("batch.npy", NumpyFiles.array(type, fortran, shape, content)));
        assertThat(data.id()).isEqualTo("batch/test");
        assertThat(data.shape()).isEqualTo(SHAPE);
        assertThat(data.size()).isEqualTo(2);
        assertThat(data.labelled()).isFalse();
        assertThat(data.pixels(0)).isEqualTo(planes(0));
        assertThat(data.pixels(1)).isEqualTo(planes(1));
        assertThat(data.remarks().get(0)).contains("2 images", channelFirst ? "N×C×H×W" : "N×H×W×C");
    }

    @Test
    void greyImagesBecomeThreeEqualChannelsAndOpacityIsDropped() throws IOException {
        byte[] grey = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
        for (String shape : new String[] {"1, 1, 4, 5", "1, 4, 5, 1", "1, 4, 5"}) {
            ImageDataset data = open(file("grey.npy", NumpyFiles.bytes(shape, grey)));
            assertThat(data.shape()).as(shape).isEqualTo(SHAPE);
            assertThat(data.pixels(0)).as(shape).startsWith(grey).endsWith(grey);
            assertThat(String.join(" ", data.remarks())).contains("grey");
        }
        ImageDataset data = open(file("alpha.npy", NumpyFiles.bytes("2, 1, 4", new byte[] {1, 2, 3, 9, 4, 5, 6, 9})));
        assertThat(data.pixels(0)).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(data.remarks()).anyMatch(remark -> remark.contains("the fourth channel was dropped"));
    }

    @Test
    void whatIsNoImageIsRefusedSayingWhatItIsAndWhatToDo() throws IOException {
        float[] values = new float[48];
        values[0] = -1.5f;
        values[1] = 2.5f;
        refused(
                NumpyFiles.floats("1, 3, 4, 4", values),
                "values from -1.500 to 2.500, expected [0, 1]",
                "normalisation");
        values[0] = 0;
        values[1] = 255;
        refused(
                NumpyFiles.floats("1, 3, 4, 4", values),
                "values from 0.000 to 255.0, expected [0, 1]",
                "divide them by 255");
        values[1] = Float.NaN;
        refused(NumpyFiles.floats("1, 3, 4, 4", values), "NaN");
        refused(NumpyFiles.longs("1, 3, 1, 1", 1, 2, 3), "is int64, expected uint8 or float32", "astype('uint8')");
        refused(NumpyFiles.bytes("2, 5, 6, 7", new byte[420]), "shape (2, 5, 6, 7)", "N×C×H×W");
        refused(NumpyFiles.bytes("12", new byte[12]), "shape (12,)");
        refused(NumpyFiles.bytes("0, 3, 4, 4", new byte[0]), "holds no images");
        refused(NumpyFiles.bytes("2, 3, 4, 4", new byte[90]), "ends too early: 6 bytes are missing");
        refused(NumpyFiles.array("|O", false, "2", new byte[9]), "Python objects");
        refused(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 9}, "ends too early");
        refused(NumpyFiles.bytes("99999, 3, 4000, 4000", new byte[9]), "more than fit into memory");
    }

    private void refused(byte[] array, String... expected) throws IOException {
        Path file = file("wrong.npy", array);
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContainingAll(expected)
                .hasMessageContaining("wrong.npy");
    }

    private Map<String, byte[]> images(String name) {
        return new LinkedHashMap<>(Map.of(name, NumpyFiles.bytes("2, 3, 4, 5", content(levels(true, false), "|u1"))));
    }

    @Test
    void labelsComeFromTheSameFileAsNumbersRowsOrNames() {
        Map<String, byte[]> arrays = images("images");
        arrays.put("labels", NumpyFiles.longs("2", 2, 0));
        ImageDataset data = open(NumpyFiles.npz(folder.resolve("a.npz"), arrays));
        assertThat(data.labels(new int[] {0, 1})).containsExactly(2, 0);
        assertThat(data.classNames()).containsExactly("0", "1", "2");

        arrays.put("labels", NumpyFiles.floats("2, 4", 0, 0, 0, 1, 0, 1, 0, 0));
        data = open(NumpyFiles.npz(folder.resolve("b.npz"), arrays));
        assertThat(data.labels(new int[] {0, 1})).containsExactly(3, 1);
        assertThat(data.classNames()).hasSize(4);

        arrays.put("labels", NumpyFiles.texts(3, "dog", "cat"));
        data = open(NumpyFiles.npz(folder.resolve("c.npz"), arrays));
        assertThat(data.labels(new int[] {0, 1})).containsExactly(1, 0);
        assertThat(data.classNames()).containsExactly("cat", "dog");

        arrays.put("labels", NumpyFiles.longs("2", 1, 0));
        arrays.put("class_names", NumpyFiles.texts(5, "zebra", "ape"));
        data = open(NumpyFiles.npz(folder.resolve("d.npz"), arrays));
        assertThat(data.classNames()).containsExactly("zebra", "ape");
    }

    @Test
    void labelsThatDoNotFitAreRefused() {
        Map<String, byte[]> arrays = images("x");
        arrays.put("y", NumpyFiles.longs("3", 1, 2, 3));
        Path file = NumpyFiles.npz(folder.resolve("a.npz"), arrays);
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("a.npz[y] has shape (3,), expected one label for each of the 2 images");
        arrays.put("y", NumpyFiles.floats("2", 0.5f, 1));
        Path halves = NumpyFiles.npz(folder.resolve("b.npz"), arrays);
        assertThatThrownBy(() -> open(halves)).hasMessageContaining("has label 0.5, expected whole numbers");
        arrays.put("y", NumpyFiles.longs("2", 0, -2));
        Path negative = NumpyFiles.npz(folder.resolve("c.npz"), arrays);
        assertThatThrownBy(() -> open(negative))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("-2");
    }

    @ParameterizedTest
    @CsvSource({
        "x_train,y_train,x_test,y_test",
        "train_images,train_labels,val_images,val_labels",
        "xtrain,ytrain,xtest,ytest"
    })
    void splitsAreToldByTheNamesOfArrays(String train, String trainLabels, String test, String testLabels) {
        Map<String, byte[]> arrays = images(test);
        arrays.put(testLabels, NumpyFiles.longs("2", 1, 1));
        arrays.put(train, NumpyFiles.bytes("1, 3, 4, 5", new byte[60]));
        arrays.put(trainLabels, NumpyFiles.longs("1", 0));
        Path file = NumpyFiles.npz(folder.resolve("both.npz"), arrays);
        assertThat(open(file).size()).isEqualTo(2);
        assertThat(open(file).labels(new int[] {0, 1})).containsExactly(1, 1);
        ImageDataset training = Datasets.open(file.toString(), Split.TRAIN);
        assertThat(training.size()).isEqualTo(1);
        assertThat(training.label(0)).isZero();
        Path one = NumpyFiles.npz(folder.resolve("one.npz"), images("latest"));
        assertThat(open(one).size()).isEqualTo(2);
        assertThatThrownBy(() -> Datasets.open(one.toString(), Split.TRAIN))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("no training images set apart");
    }

    @Test
    void imagesAreScaledWhenAskedForAndTheChecksumIsOfTheContent() throws IOException {
        byte[] array = NumpyFiles.bytes("2, 3, 4, 5", content(levels(true, false), "|u1"));
        Path file = file("a.npy", array);
        Path other = file("b.npy", NumpyFiles.array("<f4", true, "2, 4, 5, 3", content(levels(false, true), "<f4")));
        assertThat(open(file).checksum()).isEqualTo(open(other).checksum());
        ImageDataset scaled = Datasets.openReadable(file.toString(), Split.TEST, Optional.of(ImageShape.square(8)));
        assertThat(scaled.shape()).isEqualTo(ImageShape.square(8));
        assertThat(scaled.pixels(0)).hasSize(192);
        assertThat(scaled.checksum()).isNotEqualTo(open(file).checksum());
    }
}

package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.RedrlException;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Images in NumPy's files: an {@code .npy} array, unlabelled, or the arrays of an {@code .npz} with their labels. Read into memory whole.
 *
 * <p>Of an {@code .npz} the images are the array whose type and shape are those of images; labels are called {@code labels},
 * {@code label}, {@code y} or {@code targets}, or are the only other array of so many whole numbers. Arrays that have {@code train},
 * {@code test} or {@code val} in their names are of that split. Labels are numbers, one-hot rows or names; names of classes may be in
 * {@code class_names} or {@code classes}.
 */
final class ArrayImages implements ImageDataset {
    private static final List<String> LABELS = List.of("labels", "label", "y", "targets", "target");
    private static final List<String> NAMES = List.of("class_names", "classnames", "classes", "label_names");
    private static final List<String> IMAGES =
            List.of("images", "image", "x", "data", "adversarial_uint8", "adversarial");
    private static final int MOST_CLASSES = 1_000_000;

    private final String id;
    private final ImageShape shape;
    private final List<byte[]> planes;
    private final boolean scaled;
    private final ImageShape stored;
    private final int[] labels;
    private final List<String> classNames;
    private final List<String> remarks;

    private ArrayImages(String id, NumpyImages images, Labels labels, Sizing sizing, List<String> remarks) {
        this.id = id;
        this.stored = new ImageShape(3, images.height(), images.width());
        this.shape = sizing.scaledTo().orElse(stored);
        this.scaled = !shape.equals(stored);
        this.planes = images.planes();
        this.labels = labels.numbers();
        this.classNames = labels.classNames();
        this.remarks = List.copyOf(remarks);
    }

    /** Whether a file's first bytes are those of an array. */
    static boolean isArray(byte[] start) {
        return start.length >= 6 && java.util.Arrays.equals(start, 0, 6, NumpyArray.MAGIC, 0, 6);
    }

    /** Whether a zip is one of arrays. */
    static boolean isArrays(Path zip) {
        try (ZipFile opened = new ZipFile(zip.toFile())) {
            return opened.stream().anyMatch(entry -> entry.getName().endsWith(".npy"));
        } catch (IOException e) {
            return false; // said by what reads it as a zip of images
        }
    }

    /** Opens an {@code .npy} file; all of it is a test split. */
    static ImageDataset openArray(Path file, Split split, Sizing sizing) {
        Checks.require(
                split == Split.TEST,
                "%s has no training images set apart: an .npz file can have arrays x_train and x_test",
                file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            String name = String.valueOf(file.getFileName());
            NumpyImages images = NumpyImages.read(NumpyArray.header(in, name), in, name);
            int[] none = new int[images.planes().size()];
            java.util.Arrays.fill(none, -1);
            return new ArrayImages(
                    ImageFolder.id(file, split), images, new Labels(none, List.of()), sizing, images.remarks());
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + FileTree.reason(e), e);
        }
    }

    /** Opens an {@code .npz} file. */
    static ImageDataset openArrays(Path file, Split split, Sizing sizing) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return new Arrays(zip, file).open(split, sizing);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ", is it complete? " + FileTree.reason(e), e);
        }
    }

    /**
     * Labels of all images.
     *
     * @param numbers one for each; −1 for all where there are none
     * @param classNames none where there are no labels
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Labels(int[] numbers, List<String> classNames) {
        private Labels {
            classNames = List.copyOf(classNames);
        }
    }

    /** The arrays of one file. */
    private static final class Arrays {
        private final ZipFile zip;
        private final Path file;
        private final Map<String, NumpyArray> headers = new TreeMap<>();

        Arrays(ZipFile zip, Path file) throws IOException {
            this.zip = zip;
            this.file = file;
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (entry.getName().endsWith(".npy")) {
                    String name = entry.getName().substring(0, entry.getName().length() - 4);
                    try (InputStream in = zip.getInputStream(entry)) {
                        headers.put(name, NumpyArray.header(in, where(name)));
                    } catch (RedrlException e) {
                        if (isAskedFor(name)) {
                            throw e;
                        } // another array, of Python objects perhaps, is nobody's business here
                    }
                }
            }
        }

        private static boolean isAskedFor(String name) {
            return LABELS.contains(plain(name)) || IMAGES.contains(plain(name));
        }

        private String where(String name) {
            return file.getFileName() + "[" + name + "]";
        }

        /** In small letters, without what tells the split. */
        private static String plain(String name) {
            return name.toLowerCase(Locale.ROOT)
                    .replaceAll("(^|_|(?<=^[xy]))(train|training|test|val|valid|validation)(?=_|$)", "")
                    .replaceAll("^_", "");
        }

        private static boolean isOf(String name, String part) {
            return name.toLowerCase(Locale.ROOT).matches("(.*_|[xy])?" + part + "(ing|id|idation)?(_.*)?");
        }

        /** The names of one split, of the best kind that there is. */
        private List<String> namesOf(Split split) {
            List<List<String>> kinds = new ArrayList<>();
            List<String> parts = split == Split.TRAIN ? List.of("train") : List.of("test", "val");
            parts.forEach(part -> kinds.add(
                    headers.keySet().stream().filter(name -> isOf(name, part)).toList()));
            if (split == Split.TEST) {
                kinds.add(headers.keySet().stream()
                        .filter(name -> !isOf(name, "train"))
                        .toList());
            }
            return kinds.stream()
                    .filter(names -> names.stream().anyMatch(name -> NumpyImages.couldBe(array(name))))
                    .findFirst()
                    .orElse(List.of());
        }

        private NumpyArray array(String name) {
            NumpyArray array = headers.get(name);
            if (array == null) {
                throw new RedrlException(where(name) + " is not there");
            }
            return array;
        }

        private String contents() {
            List<String> all = new ArrayList<>();
            headers.forEach((name, array) -> all.add(name + " " + array.type() + " " + array.shapeText()));
            return all.isEmpty() ? "no arrays" : String.join(", ", all);
        }

        ImageDataset open(Split split, Sizing sizing) throws IOException {
            List<String> names = namesOf(split);
            Checks.require(
                    !names.isEmpty() || split == Split.TEST,
                    "%s has no training images set apart: expected arrays such as x_train and y_train; it holds %s",
                    file,
                    contents());
            Checks.require(
                    !names.isEmpty(),
                    "%s holds no images: expected an array of uint8 or float32, N×C×H×W or N×H×W×C; it holds %s",
                    file,
                    contents());
            String chosen = images(names);
            NumpyArray array = array(chosen);
            NumpyImages images;
            try (InputStream in = elements(chosen)) {
                images = NumpyImages.read(array, in, where(chosen));
            }
            int count = images.planes().size();
            List<String> remarks = new ArrayList<>(images.remarks());
            Optional<String> labels = labels(names, chosen, count, remarks);
            labels.ifPresent(found -> remarks.add(where(found) + ": taken for the labels"));
            return new ArrayImages(
                    ImageFolder.id(file, split),
                    images,
                    labels.isPresent() ? read(labels.get(), count) : none(count),
                    sizing,
                    remarks);
        }

        private static Labels none(int count) {
            int[] none = new int[count];
            java.util.Arrays.fill(none, -1);
            return new Labels(none, List.of());
        }

        private String images(List<String> names) {
            List<String> found = names.stream()
                    .filter(name -> NumpyImages.couldBe(array(name)))
                    .toList();
            for (String known : IMAGES) {
                for (String name : found) {
                    if (plain(name).equals(known)) {
                        return name;
                    }
                }
            }
            List<String> batches = found.stream()
                    .filter(name -> array(name).shape().size() == 4)
                    .toList();
            List<String> left = batches.isEmpty() ? found : batches;
            Checks.require(
                    left.size() == 1,
                    "%s holds several arrays of images (%s): call the one that is meant images",
                    file,
                    String.join(", ", left));
            return left.get(0);
        }

        private Optional<String> labels(List<String> names, String images, int count, List<String> remarks) {
            for (String known : LABELS) {
                for (String name : names) {
                    if (plain(name).equals(known)) {
                        return Optional.of(name);
                    }
                }
            }
            List<String> found = names.stream()
                    .filter(name -> !name.equals(images) && array(name).isInteger())
                    .filter(name -> array(name).elements() == count
                            && array(name).shape().get(0) == count)
                    .toList();
            if (found.size() > 1) {
                remarks.add(file.getFileName() + ": none of " + String.join(", ", found)
                        + " was taken for the labels; call them labels");
            }
            return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
        }

        private InputStream elements(String name) throws IOException {
            ZipEntry entry = zip.getEntry(name + ".npy");
            InputStream in = new BufferedInputStream(zip.getInputStream(entry));
            NumpyArray.header(in, where(name));
            return in;
        }

        private byte[] content(String name) throws IOException {
            try (InputStream in = elements(name)) {
                return array(name).content(in, where(name));
            }
        }

        private Labels read(String name, int count) throws IOException {
            NumpyArray array = array(name);
            String where = where(name);
            List<Integer> shape = array.shape();
            int each = shape.size() == 2 ? shape.get(1) : 1;
            Checks.require(
                    (shape.size() == 1 || shape.size() == 2) && shape.get(0) == count && each > 0,
                    "%s has shape %s, expected one label for each of the %d images",
                    where,
                    array.shapeText(),
                    count);
            byte[] content = content(name);
            if (array.isText()) {
                return named(array.texts(content), where);
            }
            ByteBuffer values = ByteBuffer.wrap(content).order(array.order());
            int[] labels = new int[count];
            for (int i = 0; i < count; i++) {
                labels[i] =
                        each == 1 ? whole(array.number(values, i), where) : hot(array, values, i, count, each, where);
            }
            if (java.util.Arrays.stream(labels).allMatch(label -> label == -1)) {
                return none(count);
            }
            int most = java.util.Arrays.stream(labels).max().orElse(0);
            int least = java.util.Arrays.stream(labels).min().orElse(0);
            Checks.require(least >= 0, "%s has label %d, expected numbers from 0 on", where, least);
            return new Labels(labels, classNames(Math.max(most + 1, each == 1 ? 0 : each), where));
        }

        private static int whole(double value, String where) {
            Checks.require(
                    value == Math.rint(value) && value < MOST_CLASSES && value >= -1,
                    "%s has label %s, expected whole numbers from 0 on",
                    where,
                    value);
            return (int) value;
        }

        /** The place of the only 1 in a row of zeros. */
        private static int hot(NumpyArray array, ByteBuffer values, int row, int rows, int each, String where) {
            int found = -1;
            for (int k = 0; k < each; k++) {
                double value = array.number(values, array.fortran() ? row + k * rows : row * each + k);
                Checks.require(
                        value == 0 || (value == 1 && found < 0),
                        "%s has shape %s, but row %d has not one 1 and else zeros: expected one label for each image",
                        where,
                        array.shapeText(),
                        row);
                found = value == 1 ? k : found;
            }
            Checks.require(found >= 0, "%s: row %d has no 1", where, row);
            return found;
        }

        private static Labels named(List<String> names, String where) {
            List<String> classes = ImageFolder.inOrder(new TreeSet<>(names));
            Checks.require(!classes.contains(""), "%s has an image without a label", where);
            return new Labels(names.stream().mapToInt(classes::indexOf).toArray(), classes);
        }

        private List<String> classNames(int classes, String where) throws IOException {
            for (String known : NAMES) {
                NumpyArray array = headers.get(known);
                if (array != null && array.isText() && array.shape().size() == 1) {
                    List<String> names = array.texts(content(known));
                    Checks.require(
                            names.size() >= classes,
                            "%s has labels up to %d, but %s only %d names",
                            where,
                            classes - 1,
                            where(known),
                            names.size());
                    return names;
                }
            }
            return numbered(classes);
        }
    }

    /** Names of classes that nobody has named: their numbers. */
    static List<String> numbered(int classes) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < classes; i++) {
            names.add(Integer.toString(i));
        }
        return names;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int size() {
        return planes.size();
    }

    @Override
    public ImageShape shape() {
        return shape;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public List<String> remarks() {
        return remarks;
    }

    @Override
    public byte[] pixels(int index) {
        byte[] image = planes.get(Checks.inRange("image index", index, 0, size() - 1));
        return scaled ? Scaling.scaled(new Image(stored, image), shape).pixels() : image.clone();
    }

    @Override
    public int label(int index) {
        return labels[Checks.inRange("image index", index, 0, size() - 1)];
    }

    @Override
    public String imageId(int index) {
        return String.format(Locale.ROOT, "%s/%05d", id, Checks.inRange("image index", index, 0, size() - 1));
    }

    @Override
    public String checksum() {
        MessageDigest digest = Checksums.sha256();
        digest.update(String.join("\n", classNames).getBytes(StandardCharsets.UTF_8));
        digest.update(ByteBuffer.allocate(12)
                .putInt(size())
                .putInt(shape.height())
                .putInt(shape.width())
                .array());
        for (int i = 0; i < size(); i++) {
            digest.update(ByteBuffer.allocate(4).putInt(labels[i]).array());
            digest.update(pixels(i));
        }
        return Checksums.hex(digest);
    }
}

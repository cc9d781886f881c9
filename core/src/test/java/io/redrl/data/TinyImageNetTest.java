package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redrl.base.RedrlException;
import io.redrl.image.ImageCodecTest;
import io.redrl.image.ImageShape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyImageNetTest {
    private static final String SUBSET = "tiny-imagenet-200-subset.zip";

    @TempDir
    private Path folder;

    private static Path subset() {
        Optional<Path> zip = TestData.shared(SUBSET);
        assumeTrue(zip.isPresent(), "skipped: the real images of shared/data/" + SUBSET + " are not on this machine");
        return zip.get();
    }

    @Test
    void theRealTrainingImagesAreFiftyForEachOfTwoHundredClasses() {
        ImageDataset train = TinyImageNet.open(subset(), Split.TRAIN);
        assertThat(train.size()).isEqualTo(10_000);
        assertThat(train.shape()).isEqualTo(ImageShape.square(64));
        assertThat(train.classNames()).hasSize(200).doesNotHaveDuplicates().contains("Egyptian cat");
        int[] counts = new int[200];
        for (int i = 0; i < train.size(); i++) {
            counts[train.label(i)]++;
        }
        assertThat(counts).containsOnly(50);
        // Sorted identifiers: goldfish, n01443537, comes first.
        assertThat(train.imageId(0)).isEqualTo("tiny-imagenet/train/n01443537/n01443537_0.JPEG");
        assertThat(train.classNames().get(0)).contains("goldfish");
    }

    @Test
    void theRealValidationImagesHaveTheirAnnotatedLabels() {
        ImageDataset test = TinyImageNet.open(subset(), Split.TEST);
        assertThat(test.size()).isEqualTo(10_000);
        assertThat(test.imageId(1)).isEqualTo("tiny-imagenet/test/val_1.JPEG");
        assertThat(test.classNames().get(test.label(1))).isEqualTo("reel"); // n04067472 in both text files
        int[] counts = new int[200];
        for (int i = 0; i < test.size(); i++) {
            counts[test.label(i)]++;
        }
        assertThat(counts).containsOnly(50);
    }

    @Test
    void realValidationImagesAreDecodedAndGreyOnesBecomeColour() {
        ImageDataset test = TinyImageNet.open(subset(), Split.TEST);
        int grey = 0;
        for (int i = 0; i < 600; i++) {
            byte[] pixels = test.pixels(i);
            assertThat(pixels.length).isEqualTo(3 * 64 * 64);
            byte[] red = Arrays.copyOf(pixels, 4096);
            if (Arrays.equals(red, Arrays.copyOfRange(pixels, 4096, 8192))
                    && Arrays.equals(red, Arrays.copyOfRange(pixels, 8192, 12288))) {
                grey++;
            }
        }
        // 362 of 20,000 are stored as grey, so about 11 here.
        assertThat(grey).isBetween(3, 30);
    }

    @Test
    void theRealContentHasOneChecksumPerSplit() {
        ImageDataset test = TinyImageNet.open(subset(), Split.TEST);
        assertThat(test.checksum())
                .matches("[0-9a-f]{64}")
                .isEqualTo(test.checksum())
                .isEqualTo(TinyImageNet.open(subset(), Split.TEST).checksum())
                .isNotEqualTo(TinyImageNet.open(subset(), Split.TRAIN).checksum());
    }

    /** Two classes, listed in falling order, with two training images and one validation image each. */
    private Path layOut() throws IOException {
        Path root = folder.resolve("tiny-imagenet-200");
        Files.createDirectories(root.resolve("val/images"));
        Files.writeString(root.resolve("wnids.txt"), "n02\nn01\n");
        Files.writeString(root.resolve("words.txt"), "n01\tcrane\nn02\tcrane\nn03\tox\n");
        Files.writeString(
                root.resolve("val/val_annotations.txt"), "val_0.JPEG\tn02\t0\t1\t2\t3\nval_1.JPEG\tn01\t0\t1\t2\t3\n");
        for (String wnid : new String[] {"n01", "n02"}) {
            Files.createDirectories(root.resolve("train/" + wnid + "/images"));
            for (int i = 0; i < 2; i++) {
                jpeg(
                        root.resolve("train/" + wnid + "/images/" + wnid + "_" + i + ".JPEG"),
                        BufferedImage.TYPE_3BYTE_BGR);
            }
        }
        jpeg(root.resolve("val/images/val_0.JPEG"), BufferedImage.TYPE_BYTE_GRAY);
        jpeg(root.resolve("val/images/val_1.JPEG"), BufferedImage.TYPE_3BYTE_BGR);
        return root;
    }

    private static void jpeg(Path file, int type) throws IOException {
        BufferedImage image = new BufferedImage(64, 64, type);
        for (int band = 0; band < image.getRaster().getNumBands(); band++) {
            int[] levels = new int[64 * 64];
            Arrays.fill(levels, 60 + 50 * band);
            image.getRaster().setSamples(0, 0, 64, 64, band, levels);
        }
        Files.write(file, ImageCodecTest.encode(image, "jpg"));
    }

    @Test
    void labelsFollowTheSortedIdentifiers() throws IOException {
        ImageDataset train = TinyImageNet.open(layOut(), Split.TRAIN);
        ImageDataset test = TinyImageNet.open(folder, Split.TEST);
        assertThat(train.labels(new int[] {0, 1, 2, 3})).containsExactly(0, 0, 1, 1);
        assertThat(test.labels(new int[] {0, 1})).containsExactly(1, 0);
        assertThat(test.classNames()).containsExactly("crane (n01)", "crane (n02)");
        assertThat(train.imageId(3)).isEqualTo("tiny-imagenet/train/n02/n02_1.JPEG");
    }

    @Test
    void aGreyJpegKeepsItsLevelsInThreeChannels() throws IOException {
        ImageDataset test = TinyImageNet.open(layOut(), Split.TEST);
        assertThat(test.pixels(0)).hasSize(3 * 64 * 64).containsOnly(60);
        byte[] colour = test.pixels(1);
        assertThat(new int[] {colour[0] & 0xff, colour[4096] & 0xff, colour[8192] & 0xff})
                .satisfies(c -> {
                    assertThat(c[0]).isBetween(57, 63);
                    assertThat(c[1]).isBetween(107, 113);
                    assertThat(c[2]).isBetween(157, 163);
                });
    }

    @Test
    void aFolderOfSomethingElseIsRefused() {
        assertThatThrownBy(() -> TinyImageNet.open(folder, Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("is not Tiny ImageNet: it has no wnids.txt");
    }

    @Test
    void anAnnotatedImageThatIsMissingIsNamed() throws IOException {
        Files.delete(layOut().resolve("val/images/val_1.JPEG"));
        assertThatThrownBy(() -> TinyImageNet.open(folder, Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("val_1.JPEG is missing");
    }

    @Test
    void anAnnotationOfAnUnknownClassIsQuoted() throws IOException {
        Path annotations = layOut().resolve("val/val_annotations.txt");
        Files.writeString(annotations, "val_0.JPEG\tn99\t0\t0\t0\t0\n");
        assertThatThrownBy(() -> TinyImageNet.open(folder, Split.TEST))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("val_annotations.txt")
                .hasMessageContaining("got: val_0.JPEG\tn99");
    }

    @Test
    void aTrainingImageOfAnUnknownClassIsNamed() throws IOException {
        Path stray = layOut().resolve("train/n77/images");
        Files.createDirectories(stray);
        jpeg(stray.resolve("n77_0.JPEG"), BufferedImage.TYPE_3BYTE_BGR);
        assertThatThrownBy(() -> TinyImageNet.open(folder, Split.TRAIN))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("n77_0.JPEG is not train/CLASS/images/NAME.JPEG");
    }

    @Test
    void aDamagedImageIsNamedWhenItIsRead() throws IOException {
        Path image = layOut().resolve("val/images/val_0.JPEG");
        Files.write(image, Arrays.copyOf(Files.readAllBytes(image), 10));
        ImageDataset test = TinyImageNet.open(folder, Split.TEST);
        assertThatThrownBy(() -> test.pixels(0))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("val_0.JPEG is damaged");
    }
}

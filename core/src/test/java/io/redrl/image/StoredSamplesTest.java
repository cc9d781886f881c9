package io.redrl.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.data.TestData;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples are taken as they are stored, whatever else a file says of them. */
class StoredSamplesTest {
    private static final ImageShape SHAPE = new ImageShape(3, 17, 20);

    private static BufferedImage noise(int type) {
        BufferedImage image = new BufferedImage(SHAPE.width(), SHAPE.height(), type);
        SplittableRandom random = new SplittableRandom(1);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, random.nextInt() | 0xff000000);
            }
        }
        return image;
    }

    private static byte[] jpeg(int type) throws IOException {
        return ImageCodecTest.encode(noise(type), "jpg");
    }

    private static ImageCodec.Decoded decode(byte[] encoded) {
        return ImageCodec.decode(encoded, "image");
    }

    /** Some bytes put in after the first {@code at}. */
    private static byte[] with(byte[] file, int at, byte[] inserted) {
        return ByteBuffer.allocate(file.length + inserted.length)
                .put(file, 0, at)
                .put(inserted)
                .put(file, at, file.length - at)
                .array();
    }

    private static byte[] segment(int marker, String title, byte[] content) {
        byte[] name = title.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(4 + name.length + content.length)
                .put((byte) 0xff)
                .put((byte) marker)
                .putShort((short) (2 + name.length + content.length))
                .put(name)
                .put(content)
                .array();
    }

    private static byte[] chunk(String type, byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(type.getBytes(StandardCharsets.US_ASCII));
        sum.update(content);
        return ByteBuffer.allocate(content.length + 12)
                .putInt(content.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .putInt((int) sum.getValue())
                .array();
    }

    @ParameterizedTest
    @ValueSource(ints = {ColorSpace.CS_sRGB, ColorSpace.CS_LINEAR_RGB, ColorSpace.CS_CIEXYZ, ColorSpace.CS_GRAY})
    void aProfileInAJpegChangesNoSample(int space) throws IOException {
        boolean grey = space == ColorSpace.CS_GRAY;
        byte[] plain = jpeg(grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        byte[] profile = ICC_Profile.getInstance(space).getData();
        byte[] tagged = with(plain, 20, segment(0xe2, "ICC_PROFILE\0\1\1", profile)); // after the JFIF header
        assertThat(decode(tagged).image()).isEqualTo(decode(plain).image());
        assertThat(String.join(" ", decode(tagged).remarks())).contains("profile", "was not applied");
        assertThat(String.join(" ", decode(plain).remarks())).doesNotContain("profile");
    }

    @Test
    void aProfileAndAGammaInAPngChangeNoSample() throws IOException {
        byte[] plain = ImageCodecTest.encode(noise(BufferedImage.TYPE_INT_RGB), "png");
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        Deflater deflater = new Deflater();
        deflater.setInput(profile);
        deflater.finish();
        byte[] packed = new byte[2 * profile.length + 100];
        int length = deflater.deflate(packed);
        deflater.end();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes("linear\0\0".getBytes(StandardCharsets.US_ASCII));
        content.write(packed, 0, length);
        byte[] tagged = with(with(plain, 33, chunk("iCCP", content.toByteArray())), 33, chunk("gAMA", new byte[] {
            0, 1, (byte) 0x86, (byte) 0xa0
        }));
        assertThat(decode(tagged).image()).isEqualTo(decode(plain).image());
        assertThat(String.join(" ", decode(tagged).remarks())).contains("profile", "was not applied");
    }

    @Test
    void aPhonesProfileChangesNoSample() {
        ImageCodec.Decoded phone = ImageCodec.read(TestData.odd("images/p3.jpg"));
        assertThat(phone.image())
                .isEqualTo(ImageCodec.read(TestData.odd("images/none.jpg")).image());
        assertThat(String.join(" ", phone.remarks())).contains("its colour profile", "was not applied");
    }

    private static byte[] exif(int orientation) {
        byte[] content = ByteBuffer.allocate(26)
                .put("MM\0*".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 274)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0)
                .putInt(0)
                .array();
        return segment(0xe1, "Exif\0\0", content);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void anOrientationTurnsWhatPeopleSeeAndNoSample(int tag) throws IOException {
        byte[] plain = jpeg(BufferedImage.TYPE_3BYTE_BGR);
        ImageCodec.Decoded turned = decode(with(plain, 20, exif(tag)));
        assertThat(turned.image()).isEqualTo(decode(plain).image());
        assertThat(turned.orientation().tag()).isEqualTo(tag);
        assertThat(turned.remarks().stream().anyMatch(remark -> remark.contains("Exif orientation " + tag)))
                .isEqualTo(tag != 1);
        byte[] png = ImageCodecTest.encode(noise(BufferedImage.TYPE_INT_RGB), "png");
        byte[] note = exif(tag);
        byte[] tagged = with(png, 33, chunk("eXIf", Arrays.copyOfRange(note, 10, note.length)));
        assertThat(decode(tagged).orientation().tag()).isEqualTo(tag);
        assertThat(decode(tagged).image()).isEqualTo(decode(png).image());
    }

    @Test
    void anOrientationOfAPhoneIsRead() {
        ImageCodec.Decoded turned = ImageCodec.read(TestData.odd("images/exif6.jpg"));
        assertThat(turned.orientation()).isEqualTo(Orientation.CLOCKWISE);
        assertThat(String.join(" ", turned.remarks())).contains("Exif orientation 6");
    }

    /** Exif 2.32: what the row and the column that are stored first are to viewers. */
    @ParameterizedTest
    @CsvSource({
        "1,123456",
        "2,321654",
        "3,654321",
        "4,456123",
        "5,142536",
        "6,415263",
        "7,635241",
        "8,362514",
    })
    void viewersTurnPicturesSo(int tag, String shown) {
        // Stored: 1 2 3 over 4 5 6.
        Image stored = new Image(new ImageShape(1, 2, 3), new byte[] {1, 2, 3, 4, 5, 6});
        Image turned = Orientation.of(tag).shown(stored);
        assertThat(turned.shape()).isEqualTo(tag < 5 ? stored.shape() : new ImageShape(1, 3, 2));
        StringBuilder levels = new StringBuilder();
        for (byte level : turned.pixels()) {
            levels.append(level);
        }
        assertThat(levels).hasToString(shown);
        // The box of one pixel goes where that pixel goes.
        int[] box = Orientation.of(tag).shown(new int[] {2, 0, 1, 1}, stored.shape());
        assertThat(turned.pixels()[box[1] * turned.width() + box[0]]).isEqualTo((byte) 3);
        assertThat(Arrays.copyOfRange(box, 2, 4)).containsExactly(1, 1);
    }

    @Test
    void aGifThatCoversAPartOfItsCanvasIsReadAsThatPart() throws IOException {
        byte[] gif = ImageCodecTest.encode(noise(BufferedImage.TYPE_INT_RGB), "gif");
        assertThat(decode(gif).remarks()).isEmpty();
        byte[] wider = gif.clone();
        wider[6] = 60; // the canvas, of 60 × 17
        assertThat(decode(wider).image()).isEqualTo(decode(gif).image());
        assertThat(decode(wider).remarks())
                .containsExactly(
                        "its first picture, 20×17 at 0,0 of a canvas of 60×17, was looked at without the rest of"
                                + " the canvas");
    }

    @Test
    void webpWithoutLossIsReadExactly() {
        // Three columns and two rows, grey levels from 10 to 180 in steps of ten.
        byte[] file = HexFormat.of()
                .parseHex(
                        "5249464630000000574542505650384c230000002f024000002f20164c2476e7ef99c4153cea31ffc91a6ada3660439d7f3935a2ff31bd00");
        ImageCodec.Decoded decoded = decode(file);
        assertThat(decoded.format()).isEqualTo(ImageFormat.WEBP);
        assertThat(decoded.image().shape()).isEqualTo(new ImageShape(3, 2, 3));
        assertThat(decoded.image().pixels())
                .containsExactly(10, 40, 70, 100, 130, 160, 20, 50, 80, 110, 140, 170, 30, 60, 90, 120, 150, 180);
        assertThat(decoded.remarks()).isEmpty();
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> decode(cut)).as("%d bytes", length).isInstanceOf(RedrlException.class);
        }
    }

    @Test
    void webpWithLossIsReadWithARemark() {
        ImageCodec.Decoded decoded = decode(
                HexFormat.of()
                        .parseHex(
                                "524946463c000000574542505650382030000000b001009d012a0300020000c01225940274010efda69000fe4ff62fccbfd58751d3f39c6ebe47610dd6bfd71736437800"));
        assertThat(decoded.image().shape()).isEqualTo(new ImageShape(3, 2, 3));
        assertThat(String.join(" ", decoded.remarks())).contains("a WebP file with loss");
    }

    @Test
    void aRealWebpIsRead() {
        ImageCodec.Decoded decoded = ImageCodec.read(TestData.odd("images/real.webp"));
        assertThat(decoded.format()).isEqualTo(ImageFormat.WEBP);
    }

    @Test
    void tiffIsReadExactly() throws IOException {
        BufferedImage picture = noise(BufferedImage.TYPE_INT_RGB);
        byte[] file = ImageCodecTest.encode(picture, "tiff");
        ImageCodec.Decoded decoded = decode(file);
        assertThat(decoded.format()).isEqualTo(ImageFormat.TIFF);
        assertThat(decoded.image())
                .isEqualTo(decode(ImageCodecTest.encode(picture, "png")).image());
    }

    @ParameterizedTest
    @CsvSource({
        "0000001866747970686569630000000068656963,HEIC,heif-convert photo.x photo.png",
        "0000001866747970617669660000000061766966,AVIF,avifdec photo.x photo.png",
        "0000000c4a584c200d0a870a0000000000000000,JPEG XL,djxl photo.x photo.png",
        "ff4fff5100000000000000000000000000000000,JPEG 2000,opj_decompress -i photo.x -o photo.png"
    })
    void whatIsNotReadIsNamedWithHowToConvertIt(String start, String format, String command) {
        byte[] file = Arrays.copyOf(HexFormat.of().parseHex(start), 100);
        assertThatThrownBy(() -> ImageCodec.decode(file, "photo.x"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContainingAll("photo.x is a", format + " file, which is not read here", command);
    }

    @Test
    void filesThatAreLeftOutAreNamedByFormat() {
        assertThat(ForeignFormat.leftOut(List.of("a.heic", "b/c.HEIC", "notes.txt")))
                .hasSize(2)
                .anySatisfy(remark -> assertThat(remark)
                        .contains("2 files were left out as HEIC", "a.heic, b/c.HEIC", "heif-convert"))
                .anySatisfy(remark -> assertThat(remark).contains("1 file was left out", "notes.txt"));
    }
}

package io.redrl.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The kind of a file that could not be read as TorchScript, as far as its first bytes tell. */
final class ModelFileKind {
    private static final int LOOK = 64;
    private static final int ZIP = 0x504b0304;
    private static final int PICKLE = 0x80;

    private ModelFileKind() {}

    /** The end of a sentence that begins with the file's name: {@code "is empty"}, {@code "is a safetensors file …"}. */
    static String describe(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return describe(file, in.readNBytes(LOOK));
        } catch (IOException e) {
            return "cannot be read: " + e;
        }
    }

    private static String describe(Path file, byte[] head) throws IOException {
        if (head.length == 0) {
            return "is empty";
        }
        if (head.length >= 4 && ByteBuffer.wrap(head).getInt() == ZIP) {
            return zip(file);
        }
        if ((head[0] & 0xff) == PICKLE && head.length > 1 && head[1] >= 2 && head[1] <= 5) {
            return "is a Python pickle (torch.save in its old form), which only Python can read";
        }
        if (head.length > 8 && head[8] == '{') {
            long header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (header > 0 && header <= Files.size(file)) {
                return "is a safetensors file: weights without the network that they belong to";
            }
        }
        for (byte each : head) {
            boolean printable = each >= ' ' || each == '\n' || each == '\r' || each == '\t' || each < 0;
            if (!printable) {
                return "is no model file that is known here";
            }
        }
        return "is text";
    }

    private static String zip(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            List<String> names = zip.stream().map(ZipEntry::getName).toList();
            if (names.stream().anyMatch(name -> name.endsWith("/constants.pkl") || name.endsWith("model.json"))) {
                return "is an altered TorchScript file, or one of another version";
            }
            return names.stream().anyMatch(name -> name.endsWith("/data.pkl"))
                    ? "is a file of torch.save: weights or Python objects, not a network that runs without Python"
                    : "is a zip archive without a network in it";
        } catch (IOException e) {
            return "is cut short or altered";
        }
    }
}

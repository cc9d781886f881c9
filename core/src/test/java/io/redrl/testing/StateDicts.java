package io.redrl.testing;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** State dicts as {@code torch.save} writes them: an OrderedDict of float32 and int64 tensors, with its {@code _metadata}. */
public final class StateDicts {
    private static final String PROTOCOL = "\u0080\u0002";
    private static final String MAGIC = PROTOCOL + "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.";

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final List<ByteBuffer> storages = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private final boolean old;

    private StateDicts(Map<String, Tensor> state, boolean old) {
        this.old = old;
        text(PROTOCOL + "ccollections\nOrderedDict\n)R(");
        state.forEach(this::tensor);
        text("u}");
        unicode("_metadata");
        text("}sb.");
    }

    /** As PyTorch does it since 1.6: a zip archive. */
    public static Path write(Path file, Map<String, Tensor> state) {
        StateDicts made = new StateDicts(state, false);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int key = 0; key < made.storages.size(); key++) {
                zip.putNextEntry(new ZipEntry("archive/data/" + key));
                zip.write(made.storages.get(key).array());
            }
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(made.pickle.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** As PyTorch did it before 1.6, and does it when asked: pickles in a row, then the storages, each after its length. */
    public static Path writeOld(Path file, Map<String, Tensor> state) {
        StateDicts made = new StateDicts(state, true);
        byte[] weights = made.pickle.toByteArray();
        made.pickle.reset();
        made.text(MAGIC + PROTOCOL + "M\u00e9\u0003.");
        made.text(PROTOCOL + "}(");
        made.unicode("protocol_version");
        made.text("M\u00e9\u0003");
        made.unicode("little_endian");
        made.text("\u0088u.");
        made.pickle.writeBytes(weights);
        made.text(PROTOCOL + "](");
        for (int key = 0; key < made.storages.size(); key++) {
            made.unicode(Integer.toString(key));
        }
        made.text("e.");
        try (OutputStream out = Files.newOutputStream(file)) {
            made.pickle.writeTo(out);
            for (int key = 0; key < made.storages.size(); key++) {
                out.write(buffer(8).putLong(made.lengths.get(key)).array());
                out.write(made.storages.get(key).array());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private void tensor(String name, Tensor tensor) {
        boolean whole = !tensor.is_floating_point();
        float[] values = Scopes.valued(() -> Tensors.toFloats(tensor.to(ScalarType.Float)));
        unicode(name);
        text("ctorch._utils\n_rebuild_tensor_v2\n((");
        unicode("storage");
        text("ctorch\n" + (whole ? "LongStorage" : "FloatStorage") + "\n");
        unicode(Integer.toString(storages.size()));
        unicode("cuda:0");
        number(values.length);
        text((old ? "N" : "") + "tQK\u0000(");
        long[] shape = tensor.shape();
        for (long size : shape) {
            number(size);
        }
        text("t(");
        long stride = values.length;
        for (long size : shape) {
            stride /= size;
            number(stride);
        }
        text("t\u0089ccollections\nOrderedDict\n)RtR");
        ByteBuffer bytes = buffer(values.length * (whole ? 8 : 4));
        for (float value : values) {
            if (whole) {
                bytes.putLong((long) value);
            } else {
                bytes.putFloat(value);
            }
        }
        storages.add(bytes);
        lengths.add(values.length);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void text(String text) {
        pickle.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void unicode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        pickle.write('X');
        pickle.writeBytes(buffer(4).putInt(bytes.length).array());
        pickle.writeBytes(bytes);
    }

    private void number(long value) {
        pickle.write('J');
        pickle.writeBytes(buffer(4).putInt((int) value).array());
    }
}

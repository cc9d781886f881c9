package io.redrl.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Damage to files: what disks, networks, other programs and people with intent do to them. */
final class Mutations {
    /** What counts and lengths are set to. */
    private static final long[] EXTREMES = {
        0,
        -1,
        1,
        2,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0xffff,
        50_000,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        1L << 62,
        Long.MAX_VALUE
    };

    /** What JSON values are set to. */
    private static final List<String> VALUES = List.of(
            "0",
            "-1",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "1e999",
            "-1e308",
            "1e-320",
            "0.5",
            "NaN",
            "\"NaN\"",
            "\"-Infinity\"",
            "\"8/0\"",
            "null",
            "true",
            "[]",
            "{}",
            "[null]",
            "\"\"",
            "\"a\\u0000\\n\\u001b[2J\\u2028\"",
            "\"" + "long ".repeat(100_000) + "\"",
            "7".repeat(5_000),
            "1e1000000000",
            "[".repeat(200_000),
            "{\"a\":".repeat(100_000),
            "[".repeat(400) + "]".repeat(400));

    private static final Pattern VALUE =
            Pattern.compile("(?<=[:\\[,])\\s*(-?\\d[\\d.eE+-]*|\"[^\"]*\"(?!\\s*:)|true|false|null)");
    private static final Pattern MEMBER =
            Pattern.compile("\"[^\"]*\"\\s*:\\s*(-?\\d[\\d.eE+-]*|\"[^\"]*\"|true|false)");

    private Mutations() {}

    /**
     * One to three damages of a binary file, more often near its beginning, where headers are.
     *
     * @param other a file that pieces may come from
     */
    static byte[] ofBytes(byte[] whole, byte[] other, SplittableRandom random) {
        byte[] bytes = whole.clone();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            bytes = once(bytes, other, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, byte[] other, SplittableRandom random) {
        if (bytes.length == 0) {
            return bytes;
        }
        byte[] result = bytes.clone();
        int at = place(bytes.length, random);
        switch (random.nextInt(8)) {
            case 0 -> {
                for (int left = 1 + random.nextInt(8); left > 0; left--) {
                    result[place(bytes.length, random)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 1 -> {
                byte[] noise = new byte[Math.min(1 + random.nextInt(16), bytes.length - at)];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, result, at, noise.length);
            }
            case 2 -> result = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 3 -> {
                byte[] inserted = new byte[1 + random.nextInt(64)];
                random.nextBytes(inserted);
                result = joined(Arrays.copyOf(bytes, at), inserted, Arrays.copyOfRange(bytes, at, bytes.length));
            }
            case 4 -> {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(32));
                result = joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, end, bytes.length));
            }
            case 5 -> {
                int from = random.nextInt(other.length);
                result = joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(other, from, other.length));
            }
            case 6 -> {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(200));
                result = joined(Arrays.copyOf(bytes, end), Arrays.copyOfRange(bytes, at, bytes.length));
            }
            default -> extreme(result, at, random);
        }
        return result;
    }

    /** Sets a field of 1, 2, 4 or 8 bytes. */
    private static void extreme(byte[] bytes, int at, SplittableRandom random) {
        int width = 1 << random.nextInt(4);
        ByteBuffer field = ByteBuffer.allocate(8)
                .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .putLong(EXTREMES[random.nextInt(EXTREMES.length)]);
        int from = field.order() == ByteOrder.BIG_ENDIAN ? 8 - width : 0;
        System.arraycopy(field.array(), from, bytes, at, Math.min(width, bytes.length - at));
    }

    private static int place(int length, SplittableRandom random) {
        return random.nextInt(random.nextBoolean() ? Math.min(64, length) : length);
    }

    static byte[] joined(byte[]... parts) {
        ByteBuffer all =
                ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    /** Damage to a JSON text: values, keys given twice, nesting, pieces missing; sometimes to its bytes. */
    static byte[] ofJson(byte[] whole, byte[] other, SplittableRandom random) {
        String text = new String(whole, StandardCharsets.UTF_8);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> text = replaced(text, VALUE, VALUES.get(random.nextInt(VALUES.size())), random);
            case 3 -> {
                String member = found(text, MEMBER, random);
                int brace = text.indexOf('{', random.nextInt(text.length()));
                int at = Math.max(brace, 0) + 1;
                text = text.substring(0, at) + member + "," + text.substring(at);
            }
            case 4 -> text = replaced(text, MEMBER, "\"added\":1", random);
            case 5 -> {
                int from = random.nextInt(text.length());
                int to = Math.min(text.length(), from + 1 + random.nextInt(40));
                text = text.substring(0, from) + text.substring(to);
            }
            case 6 -> {
                String member = found(new String(other, StandardCharsets.UTF_8), MEMBER, random);
                text = replaced(text, MEMBER, member, random);
            }
            default -> {
                return ofBytes(whole, other, random);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String found(String text, Pattern pattern, SplittableRandom random) {
        List<String> all = new ArrayList<>();
        for (Matcher m = pattern.matcher(text); m.find(); ) {
            all.add(m.group());
        }
        return all.isEmpty() ? "\"a\":1" : all.get(random.nextInt(all.size()));
    }

    private static String replaced(String text, Pattern pattern, String by, SplittableRandom random) {
        List<int[]> all = new ArrayList<>();
        for (Matcher m = pattern.matcher(text); m.find(); ) {
            all.add(new int[] {m.start(), m.end()});
        }
        if (all.isEmpty()) {
            return by;
        }
        int[] at = all.get(random.nextInt(all.size()));
        return text.substring(0, at[0]) + by + text.substring(at[1]);
    }

    /** Damage to a safetensors file: to its header, with the length that then fits; to its numbers; to any byte. */
    static byte[] ofSafetensors(byte[] whole, byte[] other, SplittableRandom random) {
        int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        byte[] data = Arrays.copyOfRange(whole, 8 + header, whole.length);
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                int otherHeader = (int)
                        ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN).getLong();
                byte[] text = ofJson(
                        Arrays.copyOfRange(whole, 8, 8 + header),
                        Arrays.copyOfRange(other, 8, 8 + otherHeader),
                        random);
                byte[] length = ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(text.length)
                        .array();
                return joined(length, text, data);
            }
            case 2 -> {
                byte[] bytes = whole.clone();
                long[] lengths = {
                    0, -1, 1, header - 1L, header + 1L, whole.length, 1L << 31, Long.MIN_VALUE, 100_000_000
                };
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(lengths[random.nextInt(lengths.length)]);
                return bytes;
            }
            case 3 -> {
                byte[] bytes = whole.clone();
                float[] numbers = {Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE, -1, Float.MIN_VALUE, -0f};
                int at = 8 + header + random.nextInt(data.length / Float.BYTES) * Float.BYTES;
                ByteBuffer.wrap(bytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(at, numbers[random.nextInt(numbers.length)]);
                return bytes;
            }
            default -> {
                return ofBytes(whole, other, random);
            }
        }
    }
}

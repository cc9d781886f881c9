package io.redrl.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
final class Numbers {
    /** Stands where nothing was measured. */
    static final String NONE = "–";

    private Numbers() {}

    /** A share in [0, 1] in per cent with one decimal and no sign: {@code 72.3}. */
    static String percent(double share) {
        return fixed(100 * share, 1);
    }

    /** A share in [0, 1] with its sign: {@code 72.3%}. */
    static String percentSign(double share) {
        return Double.isNaN(share) ? NONE : percent(share) + "%";
    }

    /** A difference of shares in points, signed: {@code +13.2}. */
    static String points(double difference) {
        String size = fixed(Math.abs(100 * difference), 1);
        boolean none = size.equals("0.0") || size.equals(NONE);
        return none ? size : (difference < 0 ? "−" : "+") + size;
    }

    /** A number with so many decimals. */
    static String fixed(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        // Past the ninth decimal is only what binary fractions left over: 94.65 means 94.65, not 94.6499….
        return BigDecimal.valueOf(value)
                .setScale(9, RoundingMode.HALF_UP)
                .setScale(decimals, RoundingMode.HALF_UP)
                .toPlainString();
    }

    /** A whole number with thousands apart: {@code 50,000}. */
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** How many of something: {@code 1 image}, {@code 50,000 images}. */
    static String of(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    /** A distance in pixel space in grey levels: {@code 8/255}. */
    static String greyLevels(double distance) {
        if (Double.isNaN(distance)) {
            return NONE;
        }
        double levels = distance * 255;
        boolean whole = Math.abs(levels - Math.rint(levels)) < 0.005;
        return fixed(levels, whole ? 0 : levels < 1 ? 2 : 1) + "/255";
    }

    /** How many, in millions where that is shorter: {@code 0.27 M}. */
    static String millions(long value) {
        return value >= 10_000_000 ? fixed(value / 1e6, 1) + " M" : fixed(value / 1e6, 2) + " M";
    }

    /** A quantity of any size with so many significant digits at most: {@code 0.0123}, {@code 1.5E-5}. */
    static String significant(double value, int digits) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        BigDecimal rounded =
                BigDecimal.valueOf(value).round(new MathContext(digits)).stripTrailingZeros();
        if (rounded.signum() == 0) {
            return "0";
        }
        int power = rounded.precision() - rounded.scale() - 1;
        boolean plain = power >= -4 && power < 7;
        return plain ? rounded.toPlainString() : rounded.movePointLeft(power).toPlainString() + "E" + power;
    }
}

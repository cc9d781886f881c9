package io.redrl.base;

/** Numbers as people write them for pixels: {@code 8/255} as well as {@code 0.03}. */
public final class Fractions {
    private Fractions() {}

    /** A number as people read it: whole numbers of grey levels as {@code 8/255}, others without a needless fraction. */
    public static String text(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        double levels = value * 255;
        boolean grey = value > 0 && value < 1 && Math.abs(levels - Math.rint(levels)) < 1e-9;
        return grey ? Math.round(levels) + "/255" : Double.toString(value);
    }

    /**
     * The number that {@code text} names.
     *
     * @throws RedrlException if it is neither a number nor a quotient of two
     */
    public static double parse(String text) {
        String[] parts = text.trim().split("/", 3);
        try {
            if (parts.length == 1) {
                return Double.parseDouble(parts[0]);
            }
            double denominator = Double.parseDouble(parts[1]);
            if (parts.length == 2 && denominator != 0) {
                return Double.parseDouble(parts[0]) / denominator;
            }
        } catch (NumberFormatException e) {
            throw new RedrlException("expected a number such as 0.03 or 8/255, got " + OneLine.of(text), e);
        }
        throw new RedrlException("expected a number such as 0.03 or 8/255, got " + OneLine.of(text));
    }
}

package io.redrl.report;

/** What a figure is drawn on: once as SVG for the page, once as pixels for a file. Colours are {@code #rrggbb}. */
interface Drawing {
    /** Where a text stands at its point. */
    enum Anchor {
        /** The text begins there. */
        START,
        /** The text's middle is there. */
        MIDDLE,
        /** The text ends there. */
        END
    }

    /** A filled rectangle. */
    void rectangle(double x, double y, double width, double height, String fill);

    /** A straight line. */
    void line(double x1, double y1, double x2, double y2, String colour, double width);

    /** A line through points. */
    void path(double[] x, double[] y, String colour, double width);

    /** A filled shape with straight edges through points, closed at the end. */
    void area(double[] x, double[] y, String fill);

    /** Text on the base line {@code y}. */
    void text(double x, double y, String text, double size, Anchor anchor, String colour, boolean bold);
}

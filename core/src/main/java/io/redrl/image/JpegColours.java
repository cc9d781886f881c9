package io.redrl.image;

/**
 * From the samples of a JPEG file to red, green and blue, with libjpeg's own arithmetic ({@code jdcolor.c}: integers scaled by
 * 2<sup>16</sup>), so that every level is the one that libjpeg gives.
 */
final class JpegColours {
    private static final int[] RED_OF_CR = new int[256];
    private static final int[] BLUE_OF_CB = new int[256];
    private static final int[] GREEN_OF_CR = new int[256];
    private static final int[] GREEN_OF_CB = new int[256];

    static {
        int half = 1 << 15;
        for (int i = 0; i < 256; i++) {
            int x = i - 128;
            RED_OF_CR[i] = (scaled(1.40200) * x + half) >> 16;
            BLUE_OF_CB[i] = (scaled(1.77200) * x + half) >> 16;
            GREEN_OF_CR[i] = -scaled(0.71414) * x;
            GREEN_OF_CB[i] = -scaled(0.34414) * x + half;
        }
    }

    private JpegColours() {}

    private static int scaled(double factor) {
        return (int) (factor * 65536 + 0.5);
    }

    /**
     * Three planes of samples, pixel by pixel.
     *
     * @param samples as many as there are components for each pixel, as they are stored
     * @param pixels how many there are
     * @param planes filled from {@code at} on
     * @param plane the length of a plane
     */
    static void toPlanes(JpegHeader.Colours colours, byte[] samples, int pixels, byte[] planes, int at, int plane) {
        switch (colours) {
            case GREY -> {
                for (int i = 0; i < pixels; i++) {
                    planes[at + i] = planes[at + plane + i] = planes[at + 2 * plane + i] = samples[i];
                }
            }
            case RGB -> ImageCodec.toPlanes(samples, 0, planes, at, pixels, plane);
            case YCBCR -> {
                for (int i = 0; i < pixels; i++) {
                    int y = samples[3 * i] & 0xff;
                    int cb = samples[3 * i + 1] & 0xff;
                    int cr = samples[3 * i + 2] & 0xff;
                    planes[at + i] = (byte) level(y + RED_OF_CR[cr]);
                    planes[at + plane + i] = (byte) level(y + ((GREEN_OF_CB[cb] + GREEN_OF_CR[cr]) >> 16));
                    planes[at + 2 * plane + i] = (byte) level(y + BLUE_OF_CB[cb]);
                }
            }
            case CMYK, YCCK -> {
                for (int i = 0; i < pixels; i++) {
                    int c = samples[4 * i] & 0xff;
                    int m = samples[4 * i + 1] & 0xff;
                    int y = samples[4 * i + 2] & 0xff;
                    int key = samples[4 * i + 3] & 0xff;
                    if (colours == JpegHeader.Colours.YCCK) {
                        int light = c;
                        int cb = m;
                        int cr = y;
                        c = level(255 - (light + RED_OF_CR[cr]));
                        m = level(255 - (light + ((GREEN_OF_CB[cb] + GREEN_OF_CR[cr]) >> 16)));
                        y = level(255 - (light + BLUE_OF_CB[cb]));
                    }
                    planes[at + i] = darkened(c, key);
                    planes[at + plane + i] = darkened(m, key);
                    planes[at + 2 * plane + i] = darkened(y, key);
                }
            }
            case UNKNOWN -> throw new IllegalArgumentException("samples of no known colour");
        }
    }

    /** Both as what they leave of white. */
    private static byte darkened(int ink, int key) {
        return (byte) ((ink * key + 127) / 255);
    }

    private static int level(int value) {
        return Math.max(0, Math.min(255, value));
    }
}

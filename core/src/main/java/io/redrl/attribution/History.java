package io.redrl.attribution;

import io.redrl.image.Corruptions;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.image.Kernel;
import io.redrl.image.Scaling;
import java.util.SplittableRandom;

/**
 * The history of an image: what harmless processing it went through before anybody could attack it, drawn from what cameras,
 * web sites and editors do. Clean and attacked versions of an image share it, so that it tells nothing about an attack.
 */
final class History {
    private static final Kernel[] KERNELS = Kernel.values();

    private History() {}

    /**
     * A square picture made of a photograph: cut out at random, scaled or not, processed.
     *
     * @param photograph of three channels, neither side shorter than {@code side}
     * @param side wanted, in pixels
     */
    static Image of(Image photograph, int side, SplittableRandom random) {
        int shorter = Math.min(photograph.height(), photograph.width());
        boolean twice = random.nextDouble() < 0.12 && shorter >= side * 5 / 4;
        int between = twice ? random.nextInt(side * 5 / 4, Math.min(shorter, 2 * side) + 1) : side;
        Image image;
        if (random.nextDouble() < 0.3 || shorter <= between) {
            image = cut(photograph, between, random);
        } else {
            int taken = random.nextDouble() < 0.4 ? shorter : random.nextInt(between, shorter + 1);
            image = scaled(cut(photograph, taken, random), between, random);
        }
        if (twice) { // as if a web site had made a smaller picture of one that was a JPEG already
            image = scaled(compressed(image, random), side, random);
        }
        return processed(image, random);
    }

    /** An image as it is, or processed at its own size: sharpened, smoothed, noisy, grey, of other contrast, compressed. */
    static Image processed(Image image, SplittableRandom random) {
        Image result = image;
        double which = random.nextDouble();
        if (which < 0.10) {
            result = sharpened(result, random.nextDouble(-0.9, 1.5));
        } else if (which < 0.18) {
            result = Corruptions.noisy(result, Math.exp(random.nextDouble(Math.log(0.4), Math.log(8))), random);
        } else if (which < 0.26) {
            result = contrast(
                    result, random.nextDouble(0.6, 1.5), random.nextDouble(-25, 25), random.nextDouble(0.7, 1.4));
        } else if (which < 0.31) {
            result = grey(result);
        }
        if (random.nextDouble() < 0.33) {
            result = compressed(result, random);
            if (random.nextDouble() < 0.25) {
                result = compressed(result, random);
            }
        }
        return result;
    }

    /**
     * An image with what looks most like an attack to a network that has not seen enough of it: noise, the same in all colours or not,
     * or sharpening; or as it is.
     */
    static Image deceptive(Image image, SplittableRandom random) {
        double which = random.nextDouble();
        if (which < 0.35) {
            return Corruptions.noisy(image, Math.exp(random.nextDouble(Math.log(0.3), Math.log(10))), random);
        }
        if (which < 0.45) {
            return grained(image, Math.exp(random.nextDouble(Math.log(0.5), Math.log(10))), random);
        }
        if (which < 0.75) {
            return sharpened(image, random.nextDouble(0.1, 2));
        }
        return which < 0.85 ? processed(image, random) : image;
    }

    /** With normal noise that is the same in all colours. */
    private static Image grained(Image image, double deviation, SplittableRandom random) {
        byte[] pixels = image.pixels();
        byte[] result = new byte[pixels.length];
        int area = image.height() * image.width();
        for (int i = 0; i < area; i++) {
            double noise = deviation * random.nextGaussian();
            for (int at = i; at < pixels.length; at += area) {
                result[at] = level((pixels[at] & 0xff) + noise);
            }
        }
        return new Image(image.shape(), result);
    }

    /** To a JPEG file of quality 50 to 100 and back, colour at full or half resolution. */
    private static Image compressed(Image image, SplittableRandom random) {
        int quality = random.nextInt(50, 101);
        byte[] file = ImageCodec.jpeg(image, quality, random.nextDouble() < 0.6);
        return ImageCodec.decode(file, "a JPEG made here", image.shape());
    }

    private static Image scaled(Image image, int side, SplittableRandom random) {
        return Scaling.scaled(image, new ImageShape(3, side, side), KERNELS[random.nextInt(KERNELS.length)]);
    }

    /** A square at random. */
    private static Image cut(Image image, int side, SplittableRandom random) {
        int top = random.nextInt(image.height() - side + 1);
        int left = random.nextInt(image.width() - side + 1);
        return cut(image, left, top, side);
    }

    /** A square. */
    static Image cut(Image image, int left, int top, int side) {
        byte[] pixels = new byte[3 * side * side];
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < side; y++) {
                System.arraycopy(
                        image.pixels(),
                        (c * image.height() + top + y) * image.width() + left,
                        pixels,
                        (c * side + y) * side,
                        side);
            }
        }
        return new Image(new ImageShape(3, side, side), pixels);
    }

    /** Away from its 3×3 binomial mean by so much of the difference; towards it where that is negative. */
    private static Image sharpened(Image image, double amount) {
        byte[] pixels = image.pixels();
        byte[] result = new byte[pixels.length];
        int height = image.height();
        int width = image.width();
        for (int i = 0; i < result.length; i++) {
            int x = i % width;
            int y = i / width % height;
            int row = i - x;
            int up = y == 0 ? 0 : -width;
            int down = y == height - 1 ? 0 : width;
            int left = Math.max(0, x - 1);
            int right = Math.min(width - 1, x + 1);
            int sum = 0;
            for (int shift : new int[] {up, 0, 0, down}) {
                int at = row + shift;
                sum += (pixels[at + left] & 0xff) + 2 * (pixels[at + x] & 0xff) + (pixels[at + right] & 0xff);
            }
            int own = pixels[i] & 0xff;
            result[i] = level(own + amount * (own - sum / 16.0));
        }
        return new Image(image.shape(), result);
    }

    private static Image contrast(Image image, double factor, double shift, double gamma) {
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = level(255 * Math.pow(Math.max(0, Math.min(1, ((v - 128) * factor + 128 + shift) / 255)), gamma));
        }
        byte[] result = new byte[image.pixels().length];
        for (int i = 0; i < result.length; i++) {
            result[i] = table[image.pixels()[i] & 0xff];
        }
        return new Image(image.shape(), result);
    }

    private static Image grey(Image image) {
        int area = image.height() * image.width();
        byte[] pixels = image.pixels();
        byte[] result = new byte[pixels.length];
        for (int i = 0; i < area; i++) {
            byte luma = level(0.299 * (pixels[i] & 0xff)
                    + 0.587 * (pixels[area + i] & 0xff)
                    + 0.114 * (pixels[2 * area + i] & 0xff));
            result[i] = luma;
            result[area + i] = luma;
            result[2 * area + i] = luma;
        }
        return new Image(image.shape(), result);
    }

    private static byte level(double value) {
        return (byte) Math.max(0, Math.min(255, Math.round(value)));
    }
}

package io.redrl.attribution;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.Image;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Somebody's images for an {@link AttributionFit}, in three parts by chance.
 *
 * @param data the images
 * @param learn those to learn from, three in five
 * @param calibrate those to calibrate on, one in five
 * @param heldOut those to measure the model on
 * @param unreadable images that cannot be read, in a sentence each
 * @param remarks what else was left out and why, in a sentence each
 */
public record FitImages(
        ImageDataset data,
        List<Integer> learn,
        List<Integer> calibrate,
        List<Integer> heldOut,
        List<String> unreadable,
        List<String> remarks) {
    private static final int PARTS = 5;
    private static final int ADVISED = 500;

    /** Copies the lists. */
    public FitImages {
        learn = List.copyOf(learn);
        calibrate = List.copyOf(calibrate);
        heldOut = List.copyOf(heldOut);
        unreadable = List.copyOf(unreadable);
        remarks = List.copyOf(remarks);
    }

    /** How many there are. */
    public int size() {
        return learn.size() + calibrate.size() + heldOut.size();
    }

    /**
     * Chooses among images: neither those that cannot be read, nor those of one colour, in which there is nothing to see, nor the same one
     * twice, for what is learnt from must not be measured on.
     *
     * @param indices among which to choose
     * @throws RedrlException if too few remain, saying why
     */
    public static FitImages choose(ImageDataset data, int[] indices, FitSettings settings, Progress progress) {
        int most = settings.most(data.shape());
        int[] order = Seed.permutation(
                indices.length, new Seed(settings.seed()).child("images").random());
        List<Integer> good = new ArrayList<>();
        Set<String> unreadable = new LinkedHashSet<>(data.unreadable());
        Set<String> seen = new HashSet<>();
        int failed = 0;
        int plain = 0;
        int looked = 0;
        try (Progress.Task task = progress.start("looking at images", Math.min(most, order.length), "images")) {
            while (looked < order.length && good.size() < most) {
                progress.checkStopped();
                int index = indices[order[looked++]];
                try {
                    Image image = data.image(index);
                    if (ofOneColour(image)) {
                        plain++;
                    } else if (seen.add(Checksums.of(image.pixels()))) {
                        good.add(index);
                        task.advance(1);
                    }
                } catch (RedrlException e) {
                    unreadable.add(String.valueOf(e.getMessage()));
                    failed++;
                }
            }
        }
        int again = looked - good.size() - plain - failed;
        Checks.require(
                plain == 0 || plain < looked - failed,
                "All %d images of %s are of one colour each: there is nothing in them to attack or to learn from",
                plain,
                data.id());
        List<String> left = new ArrayList<>();
        add(left, failed, "cannot be read", "cannot be read");
        add(left, plain, "is of one colour", "are of one colour");
        add(left, again, "repeats another one", "repeat another one");
        Checks.require(
                good.size() >= settings.least(),
                "%s has %d images to use, but %d or more are needed, and %d are advised%s%s",
                data.id(),
                good.size(),
                settings.least(),
                Math.max(ADVISED, settings.least()),
                left.isEmpty() ? "" : "; of the others ",
                String.join(", ", left));
        List<String> remarks = new ArrayList<>();
        if (plain + again > 0) {
            remarks.add("left out: " + String.join(", ", failed > 0 ? left.subList(1, left.size()) : left));
        }
        if (looked < order.length) {
            remarks.add("of " + order.length + " images " + good.size() + " are used, chosen by chance");
        }
        int part = good.size() / PARTS;
        int learn = good.size() - 2 * part;
        return new FitImages(
                data,
                good.subList(0, learn),
                good.subList(learn, learn + part),
                good.subList(learn + part, good.size()),
                List.copyOf(unreadable),
                remarks);
    }

    private static void add(List<String> list, int count, String one, String several) {
        if (count > 0) {
            list.add(count + " " + (count == 1 ? one : several));
        }
    }

    private static boolean ofOneColour(Image image) {
        byte[] pixels = image.pixels();
        int plane = image.height() * image.width();
        for (int i = 0; i < pixels.length; i++) {
            if (pixels[i] != pixels[i - i % plane]) {
                return false;
            }
        }
        return true;
    }
}

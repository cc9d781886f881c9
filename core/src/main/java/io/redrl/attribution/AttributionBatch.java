package io.redrl.attribution;

import io.redrl.base.Seed;
import io.redrl.image.Corruptions;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.image.Kernel;
import io.redrl.image.Scaling;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A batch to learn attribution from: pictures of one size, clean and attacked versions of each, all of them with the same history
 * after the attack.
 *
 * @param images of one shape
 * @param labels what each was made by and how far it is from its clean picture
 * @param located whether changed places are where they were before the history
 */
record AttributionBatch(List<Image> images, List<Label> labels, boolean located) {
    /**
     * What is to be said of an image.
     *
     * @param algorithm that made it
     * @param steps of it; of no meaning for clean images
     * @param linf the greatest change of a value in grey levels, 0 for clean images
     * @param rms the root of the mean square of the change, in grey levels
     * @param changed of each pixel whether it was changed
     * @param victim the attacked victim; of no meaning for clean images
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, read once
    record Label(Algorithm algorithm, Traces.Steps steps, double linf, double rms, boolean[] changed, String victim) {
        static Label clean(int side) {
            return new Label(Algorithm.CLEAN, Traces.Steps.ONE, 0, 0, new boolean[side * side], "");
        }
    }

    /** What is to be said of a version of a picture, both cut alike. */
    static Label label(Traces.Version version, Image clean, Image image) {
        int area = clean.height() * clean.width();
        boolean[] changed = new boolean[area];
        int most = 0;
        long squares = 0;
        for (int i = 0; i < clean.pixels().length; i++) {
            int difference = Math.abs((clean.pixels()[i] & 0xff) - (image.pixels()[i] & 0xff));
            most = Math.max(most, difference);
            squares += (long) difference * difference;
            changed[i % area] |= difference > 0;
        }
        double rms = Math.sqrt(squares / (double) clean.pixels().length);
        return new Label(version.algorithm(), version.steps(), most, rms, changed, version.victim());
    }

    /** A drawer of batches from worlds: every world counts the same, whatever the number of its pictures. */
    static final class Drawer {
        private static final Kernel[] KERNELS = Kernel.values();
        private static final int[] SIDES = {32, 32, 48, 64, 64, 96};
        private final List<List<Traces.Picture>> worlds; // with attacked versions
        private final List<Image> clean; // pictures that nobody attacked
        private final AttributionSettings settings;
        private final Seed seed;

        Drawer(List<List<Traces.Picture>> worlds, AttributionSettings settings) {
            this.worlds = worlds.stream()
                    .map(world -> world.stream()
                            .filter(picture -> !picture.versions().isEmpty())
                            .toList())
                    .filter(world -> !world.isEmpty())
                    .toList();
            this.clean = worlds.stream()
                    .flatMap(List::stream)
                    .filter(picture -> picture.versions().isEmpty())
                    .map(Traces.Picture::clean)
                    .toList();
            this.settings = settings;
            seed = new Seed(settings.seed()).child("batches");
        }

        /** The batch of a step, which depends on nothing but the step. Batches have about the same number of pixels. */
        AttributionBatch at(int step) {
            SplittableRandom random = seed.child(step).random();
            int crop = Math.min(settings.largest(), SIDES[random.nextInt(SIDES.length)]);
            List<List<Traces.Picture>> large = atLeast(crop);
            while (large.isEmpty()) {
                crop = Math.max(32, crop / 2);
                large = atLeast(crop);
            }
            int wanted = Math.max(3, settings.pictures() * 1024 / (crop * crop));
            double scaled = random.nextDouble() < 0.05 ? random.nextDouble(0.7, 1.4) : 1;
            Kernel kernel = KERNELS[random.nextInt(KERNELS.length)];
            List<Image> images = new ArrayList<>();
            List<Label> labels = new ArrayList<>();
            for (int i = 0; i < wanted; i++) {
                List<Traces.Picture> world = large.get(random.nextInt(large.size()));
                Traces.Picture picture = world.get(random.nextInt(world.size()));
                int left = random.nextInt(picture.clean().width() - crop + 1);
                int top = random.nextInt(picture.clean().height() - crop + 1);
                UnaryOperator<Image> history = history(random, scaled, kernel);
                Image clean = cut(picture.clean(), left, top, crop);
                images.add(history.apply(clean));
                labels.add(Label.clean(crop));
                List<Traces.Version> versions = picture.versions();
                for (Traces.Version version : drawn(versions, settings.versions(), random)) {
                    Image image = cut(version.image(), left, top, crop);
                    Label label = label(version, clean, image);
                    if (label.linf() > 0) {
                        images.add(history.apply(image));
                        labels.add(label);
                    }
                }
            }
            List<Image> alone = alone(crop);
            for (int i = 0; i < wanted; i++) {
                Image image = cut(unattacked(alone, large, random), crop, random);
                images.add(history(random, scaled, kernel).apply(History.deceptive(image, random)));
                labels.add(Label.clean(crop));
            }
            return new AttributionBatch(images, labels, scaled == 1);
        }

        private List<Image> alone(int side) {
            return clean.stream().filter(image -> shorter(image) >= side).toList();
        }

        /** A picture that nobody attacked, or the clean one of others. */
        private static Image unattacked(List<Image> alone, List<List<Traces.Picture>> large, SplittableRandom random) {
            if (!alone.isEmpty() && random.nextBoolean()) {
                return alone.get(random.nextInt(alone.size()));
            }
            List<Traces.Picture> world = large.get(random.nextInt(large.size()));
            return world.get(random.nextInt(world.size())).clean();
        }

        /** Some versions without repetition: the more likely the fewer algorithms their family has, so that families are equally frequent. */
        private static List<Traces.Version> drawn(List<Traces.Version> versions, int count, SplittableRandom random) {
            record Place(Traces.Version version, double time) {}
            return versions.stream()
                    .map(version -> new Place(
                            version,
                            -Math.log(1 - random.nextDouble())
                                    * version.algorithm().family().algorithms().size()))
                    .sorted(Comparator.comparingDouble(Place::time))
                    .limit(count)
                    .map(Place::version)
                    .toList();
        }

        private List<List<Traces.Picture>> atLeast(int side) {
            return worlds.stream()
                    .map(world -> world.stream()
                            .filter(picture -> shorter(picture.clean()) >= side)
                            .toList())
                    .filter(world -> !world.isEmpty())
                    .toList();
        }

        private static Image cut(Image image, int side, SplittableRandom random) {
            int left = random.nextInt(image.width() - side + 1);
            int top = random.nextInt(image.height() - side + 1);
            return cut(image, left, top, side);
        }

        private static Image cut(Image image, int left, int top, int side) {
            return image.height() == side && image.width() == side ? image : History.cut(image, left, top, side);
        }

        private static int shorter(Image image) {
            return Math.min(image.height(), image.width());
        }

        /** What happens to a picture after the attack: mostly nothing. */
        private static UnaryOperator<Image> history(SplittableRandom random, double scaled, Kernel kernel) {
            double which = random.nextDouble();
            int quality = random.nextInt(70, 101);
            boolean half = random.nextDouble() < 0.6;
            return image -> {
                Image result = image;
                if (scaled != 1) {
                    int side = Math.max(32, (int) Math.round(image.height() * scaled / 2) * 2);
                    result = Scaling.scaled(result, new ImageShape(3, side, side), kernel);
                }
                if (which < 0.12) {
                    result = ImageCodec.decode(
                            ImageCodec.jpeg(result, quality, half), "a JPEG made here", result.shape());
                } else if (which < 0.14) {
                    result = Corruptions.shifted(result, 1, 1);
                }
                return result;
            };
        }
    }
}

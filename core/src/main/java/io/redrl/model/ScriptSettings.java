package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/**
 * What a TorchScript file does not tell of the classifier in it, and its user may have to.
 *
 * @param input the size of image that it was trained on; empty to find it out
 * @param mean per channel, subtracted from pixels in [0, 1] before the network; none if normalisation is inside it
 * @param std per channel, divided by after that; none if normalisation is inside it
 * @param output which of several outputs the logits are: a number from 0, or the key of a dictionary; empty for the first
 * @param classNames the classes in the order of the logits; none if they are not known
 */
public record ScriptSettings(
        Optional<ImageShape> input,
        List<Double> mean,
        List<Double> std,
        Optional<String> output,
        List<String> classNames) {
    /** Nothing is said; all is found out. */
    public static final ScriptSettings NONE =
            new ScriptSettings(Optional.empty(), List.of(), List.of(), Optional.empty(), List.of());

    private static final int CHANNELS = 3;
    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})(?:[x×]([1-9]\\d{0,4}))?");

    /** Checks and copies; a mean without a deviation gets deviations of 1, a deviation without a mean means of 0. */
    public ScriptSettings {
        mean = channels("mean", mean);
        std = channels("std", std);
        mean.forEach(value -> Checks.inRange("mean", value, -1e6, 1e6));
        std.forEach(value -> Checks.positive("std", value));
        if (mean.isEmpty() != std.isEmpty()) {
            mean = mean.isEmpty() ? Collections.nCopies(CHANNELS, 0.0) : mean;
            std = std.isEmpty() ? Collections.nCopies(CHANNELS, 1.0) : std;
        }
        classNames = List.copyOf(classNames);
    }

    private static List<Double> channels(String name, List<Double> values) {
        Checks.require(
                values.isEmpty() || values.size() == 1 || values.size() == CHANNELS,
                "%s must have one value or three, for red, green and blue; got %s",
                name,
                values);
        return values.size() == 1 ? Collections.nCopies(CHANNELS, values.get(0)) : List.copyOf(values);
    }

    /**
     * Reads a size of image: {@code 224}, or {@code 224x320} for height and width.
     *
     * @param name names the setting in messages
     * @throws RedrlException if the text is neither
     */
    public static ImageShape size(String name, String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new RedrlException(name + " must be a size such as 224 or 224x320, got '" + text + "'");
        }
        int height = Integer.parseInt(matcher.group(1));
        return new ImageShape(3, height, matcher.group(2) == null ? height : Integer.parseInt(matcher.group(2)));
    }

    /** The same for images of a certain size. */
    public ScriptSettings withInput(ImageShape size) {
        return new ScriptSettings(Optional.of(size), mean, std, output, classNames);
    }

    /** Whether the classifier is another one with these settings than without. */
    boolean changesAnswers() {
        return !mean.isEmpty() || output.isPresent();
    }

    /** The same as text, for checksums. */
    String text() {
        return "mean " + list(mean) + " std " + list(std) + " output " + output.orElse("");
    }

    private static String list(List<Double> values) {
        return DoubleStream.of(values.stream().mapToDouble(d -> d).toArray())
                .boxed()
                .toList()
                .toString();
    }
}

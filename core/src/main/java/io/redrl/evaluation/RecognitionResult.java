package io.redrl.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How well one recogniser names the attack, on images that no training saw.
 *
 * @param name its short name, unique in a run; part of file names; {@code NAME.seedK} is {@code NAME} from its Kth seed
 * @param kind what sort it is
 * @param title how tables call it
 * @param input what Ψ sees, in a few words
 * @param confusion what was, against what it said
 */
public record RecognitionResult(
        String name, RecogniserKind kind, String title, String input, ConfusionMatrix confusion) {

    private static final Pattern SEEDED = Pattern.compile("(.+)\\.seed([1-9][0-9]{0,3})");

    /** Counts a recogniser's verdicts. */
    public static RecognitionResult of(
            String name, RecogniserKind kind, String title, String input, List<PredictionRow> rows) {
        return new RecognitionResult(name, kind, title, input, PredictionRow.confusion(rows));
    }

    /** The name that all training seeds of it share. */
    public String base() {
        return seeded().map(m -> m.group(1)).orElse(name);
    }

    /** Which training seed: 1, or K for {@code NAME.seedK}. */
    public int seed() {
        return seeded().map(m -> Integer.parseInt(m.group(2))).orElse(1);
    }

    private Optional<MatchResult> seeded() {
        Matcher matcher = SEEDED.matcher(name);
        return matcher.matches() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
    }
}

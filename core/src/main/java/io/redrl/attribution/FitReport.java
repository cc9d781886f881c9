package io.redrl.attribution;

import io.redrl.base.Checks;
import io.redrl.stats.Interval;
import io.redrl.stats.Proportion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What an {@link AttributionFit} has brought, on images that the model neither learnt from nor was calibrated on.
 *
 * @param images name of the data set
 * @param learn how many images it learnt from
 * @param calibrate how many it was calibrated on
 * @param heldOut how many it is measured on
 * @param attacks how many attacks each of them met
 * @param victim whom they fooled
 * @param before balanced accuracy of the model that it began with, see {@link #balanced}
 * @param after the same of the fitted model
 * @param difference 95 % interval of what it is better by, from the same images under both
 * @param results both in detail, after PNG and JPEG
 */
public record FitReport(
        String images,
        int learn,
        int calibrate,
        int heldOut,
        int attacks,
        String victim,
        double before,
        double after,
        Interval difference,
        List<Both> results) {
    /** Copies the list. */
    public FitReport {
        results = List.copyOf(results);
    }

    /**
     * Both models on the same images.
     *
     * @param history what happened to the images before they were judged
     * @param before the model that the fit began with
     * @param after the fitted one
     */
    public record Both(AttributionCalibrator.After history, WorldResult before, WorldResult after) {}

    /** A row of the table: what is counted, and its share for the model before and after. */
    public record Row(String what, String before, String after) {}

    /**
     * Balanced accuracy by picture: the mean of whether the clean picture is called clean and of the share of its attacked versions whose
     * family is right; so that clean pictures count as much as attacked ones.
     *
     * @param all each clean picture followed by its versions
     */
    static double[] balanced(List<WorldResult.Judged> all) {
        List<Double> scores = new ArrayList<>();
        int next = 0;
        while (next < all.size()) {
            Checks.require(all.get(next).clean(), "a picture begins with its clean version");
            boolean clean = all.get(next).said().verdict() == Attribution.Verdict.CLEAN;
            int right = 0;
            int versions = 0;
            for (next++; next < all.size() && !all.get(next).clean(); next++) {
                versions++;
                right += all.get(next).familyIsRight() ? 1 : 0;
            }
            if (versions > 0) {
                scores.add(((clean ? 1 : 0) + right / (double) versions) / 2);
            }
        }
        return scores.stream().mapToDouble(score -> score).toArray();
    }

    static double mean(double[] scores) {
        return Arrays.stream(scores).average().orElse(Double.NaN);
    }

    /** A 95 % interval of the mean of {@code after − before}, picture by picture. */
    static Interval difference(double[] before, double[] after) {
        int n = before.length;
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            mean += (after[i] - before[i]) / n;
        }
        for (int i = 0; i < n; i++) {
            double off = after[i] - before[i] - mean;
            squares += off * off;
        }
        double half = n < 2 ? 1 : Interval.Z * Math.sqrt(squares / (n - 1) / n);
        return new Interval(mean - half, mean + half);
    }

    /** Whether it is better than the model that it began with, worse, or neither can be told; in a sentence. */
    public String answer() {
        String numbers = String.format(
                Locale.ROOT,
                "balanced accuracy %.1f %% after %.1f %%, a difference of %+.1f points (95 %% interval %+.1f to %+.1f)",
                100 * after,
                100 * before,
                100 * (after - before),
                100 * difference.low(),
                100 * difference.high());
        if (difference.low() > 0) {
            return "On these images the fitted model is better than the one that it began with: " + numbers + ".";
        } else if (difference.high() < 0) {
            return "On these images the fitted model is WORSE than the one that it began with: " + numbers
                    + ". Go on using that one.";
        }
        return "On these images the fitted model is NOT better than the one that it began with, as far as " + heldOut
                + " images can tell: " + numbers + ".";
    }

    /** The results in words and per cent, a row for each thing that was counted. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Both both : results) {
            String of =
                    switch (both.history()) {
                        case PNG -> "as they are";
                        case JPEG_95 -> "JPEG 95";
                        case JPEG_75 -> "JPEG 75";
                    };
            row(rows, both, of + ": false alarms", r -> share(r.cleanCalledAttacked()));
            row(rows, both, of + ": clean called clean", r -> share(r.cleanCalledClean()));
            row(rows, both, of + ": attacked, not called clean", r -> share(r.detected()));
            row(rows, both, of + ": family right", r -> share(r.family()));
            row(rows, both, of + ": algorithm right", r -> share(r.algorithm()));
            row(
                    rows,
                    both,
                    of + ": family set holds it (size)",
                    r -> share(r.familyCoverage()) + size(r.familySetSize()));
            row(
                    rows,
                    both,
                    of + ": algorithm set holds it (size)",
                    r -> share(r.algorithmCoverage()) + size(r.algorithmSetSize()));
        }
        return rows;
    }

    private static void row(List<Row> rows, Both both, String what, Function<WorldResult, String> value) {
        rows.add(new Row(what, value.apply(both.before()), value.apply(both.after())));
    }

    private static String share(Proportion share) {
        return share.n() == 0 ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share.value());
    }

    private static String size(double mean) {
        return String.format(Locale.ROOT, " (%.1f)", mean);
    }

    /** The card for people, in Markdown. */
    String card() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, """
                        # A model of attribution for %s

                        Made by `redrl fit` from images of %s and attacks on the victim %s: %d images to learn from, %d to calibrate on and
                        %d held out, each under %d attacks whose settings were drawn. `redrl identify --models` takes this folder.

                        **%s**

                        Balanced accuracy is the mean of the share of clean images that are called clean and the share of attacked ones
                        whose family is right; a model that calls everything clean has 50 %%. False alarms are clean images that are called
                        attacked; family and algorithm are those of attacked images; sets are to hold the truth, clean or an attack, in 95 %%
                        of cases, and their mean size is in brackets.

                        | %d held-out images | before | fitted |
                        |---|---|---|
                        """, images, images, victim, learn, calibrate, heldOut, attacks, answer(), heldOut));
        rows().forEach(row -> text.append("| ")
                .append(row.what())
                .append(" | ")
                .append(row.before())
                .append(" | ")
                .append(row.after())
                .append(" |\n"));
        Proportion alarms = results.get(0).after().cleanCalledAttacked();
        text.append(String.format(
                Locale.ROOT,
                """

                ## Limits

                - %d false alarms among %d clean images: the true share lies between %.1f and %.1f %% (95 %% interval).
                - Sets are made to hold the true answer in 95 %% of cases; where an attack was rare in the calibration they hold it always, and
                  are the larger.
                - It knows these images and this victim. Of others it is calibrated for nothing, and should call much of them unknown.
                """,
                alarms.hits(),
                alarms.n(),
                100 * alarms.interval().low(),
                100 * alarms.interval().high()));
        return text.toString();
    }
}

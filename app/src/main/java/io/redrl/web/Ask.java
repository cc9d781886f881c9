package io.redrl.web;

import io.redrl.base.Fractions;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import io.redrl.identify.Identifier;
import io.redrl.identify.IdentifySettings;
import io.redrl.identify.IdentifySettings.Depth;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a request asks for.
 *
 * @param settings of identification
 * @param pictures that come with the answer
 * @param name of a body that is one image
 * @param html whether the answer is a page rather than JSON
 */
record Ask(IdentifySettings settings, Set<Picture> pictures, String name, boolean html) {
    private static final List<String> KNOWN = List.of("name", "pictures", "prior", "saliency", "verdict-only");

    /**
     * Reads the query.
     *
     * @param defaults of the server
     * @param query all values of each parameter
     * @throws Problem.Refusal if it says what is not understood
     */
    static Ask of(IdentifySettings defaults, Map<String, List<String>> query, boolean html) {
        query.forEach((name, values) -> {
            if (!KNOWN.contains(name)) {
                throw Problem.of(
                                400,
                                "There is no parameter " + OneLine.of(name) + ": known are " + String.join(", ", KNOWN))
                        .refusal();
            }
            if (values.size() > 1) {
                throw Problem.of(400, "Parameter " + name + " may be given once")
                        .refusal();
            }
        });
        boolean saliency = flag(query, "saliency");
        boolean verdictOnly = flag(query, "verdict-only");
        if (saliency && verdictOnly) {
            throw Problem.of(400, "saliency and verdict-only exclude each other")
                    .refusal();
        }
        IdentifySettings settings =
                defaults.with(verdictOnly ? Depth.VERDICT : saliency ? Depth.SALIENCY : Depth.DETAILS);
        String prior = value(query, "prior");
        if (!prior.isEmpty()) {
            try {
                settings = settings.withPrior(Fractions.parse(prior));
            } catch (RedrlException e) {
                throw Problem.of(400, "prior must be a share between 0 and 1, such as 0.01")
                        .refusal();
            }
        }
        return new Ask(settings, pictures(query), query.containsKey("name") ? value(query, "name") : "image", html);
    }

    /** @throws Problem.Refusal if the models cannot tell it */
    void requireOf(Identifier identifier) {
        if (settings.prior().isPresent() && !identifier.takesPrior()) {
            throw Problem.of(400, "This server's model takes no prior").refusal();
        }
        if (settings.depth() == Depth.SALIENCY && !identifier.tellsSaliency()) {
            throw Problem.of(400, "This server tells no saliency: it has no victim, or no statistics of it")
                    .refusal();
        }
    }

    private static String value(Map<String, List<String>> query, String name) {
        return query.getOrDefault(name, List.of("")).stream().findFirst().orElse("");
    }

    private static boolean flag(Map<String, List<String>> query, String name) {
        return switch (query.containsKey(name) ? value(query, name) : "false") {
            case "", "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Problem.of(400, name + " must be true or false").refusal();
        };
    }

    private static Set<Picture> pictures(Map<String, List<String>> query) {
        String wanted = query.containsKey("pictures") ? value(query, "pictures") : "false";
        if (wanted.equals("false") || wanted.equals("0")) {
            return EnumSet.noneOf(Picture.class);
        }
        if (wanted.isEmpty() || wanted.equals("true") || wanted.equals("1")) {
            return EnumSet.allOf(Picture.class);
        }
        EnumSet<Picture> chosen = EnumSet.noneOf(Picture.class);
        for (String name : wanted.split(",", -1)) {
            chosen.add(Stream.of(Picture.values())
                    .filter(picture -> picture.id().equals(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> Problem.of(
                                    400,
                                    "pictures must be some of "
                                            + Stream.of(Picture.values())
                                                    .map(Picture::id)
                                                    .collect(Collectors.joining(", ")))
                            .refusal()));
        }
        return chosen;
    }

    /** Whether a value of the header Accept prefers a page. */
    static boolean wantsHtml(String accept) {
        return accept.toLowerCase(Locale.ROOT).startsWith("text/html");
    }
}

package io.redrl.cli;

import io.redrl.identify.Verdict;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Verdicts as a SARIF 2.1.0 log, the format of what checks in pipelines find: a rule for each verdict, a result for each
 * image (an attacked one is an error, an unknown one a warning, a clean one passes), a notification for each file that could
 * not be read.
 *
 * <p>Source: OASIS, <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">SARIF 2.1.0</a>, sections 3.13
 * (log), 3.20 (invocation), 3.27 (result).
 */
final class SarifLog {
    private static final String CLEAN = "clean";

    private SarifLog() {}

    /**
     * The log, as JSON has it.
     *
     * @param result the verdicts
     * @param minProbability attacked images with a smaller probability are warnings
     */
    static Map<String, Object> of(IdentifyResult result, double minProbability) {
        Map<String, String> labels = new LinkedHashMap<>();
        result.images().forEach(row -> labels.putIfAbsent(row.verdict(), row.label()));
        List<String> rules = List.copyOf(labels.keySet());

        Map<String, Object> driver = new LinkedHashMap<>();
        driver.put("name", "redrl");
        driver.put("version", Version.number());
        driver.put(
                "rules",
                labels.entrySet().stream()
                        .map(entry -> rule(entry.getKey(), entry.getValue()))
                        .toList());

        Map<String, Object> invocation = new LinkedHashMap<>();
        boolean whole = result.failures().isEmpty() && result.exitCode() != ExitCodes.STOPPED;
        invocation.put("executionSuccessful", whole);
        invocation.put("exitCode", result.exitCode());
        invocation.put(
                "toolExecutionNotifications",
                result.failures().stream().map(SarifLog::notification).toList());

        Map<String, Object> run = new LinkedHashMap<>();
        run.put("tool", Map.of("driver", driver));
        run.put("invocations", List.of(invocation));
        run.put(
                "results",
                result.images().stream()
                        .map(row -> result(row, rules.indexOf(row.verdict()), minProbability))
                        .toList());
        run.put("properties", Map.of("recogniser", result.recogniser()));

        Map<String, Object> log = new LinkedHashMap<>();
        log.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        log.put("version", "2.1.0");
        log.put("runs", List.of(run));
        return log;
    }

    private static Map<String, Object> rule(String verdict, String label) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("id", verdict);
        rule.put("shortDescription", text(description(verdict, label)));
        rule.put("defaultConfiguration", Map.of("level", level(verdict, false)));
        return rule;
    }

    private static String description(String verdict, String label) {
        return switch (verdict) {
            case CLEAN -> "The image is not attacked.";
            case Verdict.UNKNOWN -> "The image is unlike anything that the recogniser has learnt.";
            case Verdict.ATTACKED -> "The image is attacked, by nobody knows what.";
            default -> "The image is attacked: " + label + ".";
        };
    }

    private static String level(String verdict, boolean unsure) {
        return verdict.equals(CLEAN) ? "none" : unsure || verdict.equals(Verdict.UNKNOWN) ? "warning" : "error";
    }

    private static Map<String, Object> result(IdentifyResult.Row row, int rule, double minProbability) {
        List<String> message = new ArrayList<>(List.of(description(row.verdict(), row.label())));
        row.confidence().ifPresent(p -> message.add(String.format(Locale.ROOT, "Probability %.1f %%.", 100 * p)));
        row.epsilon().ifPresent(e -> message.add(String.format(Locale.ROOT, "Estimated ε %.0f/255.", 255 * e)));
        message.addAll(row.remarks());

        Map<String, Object> properties = new LinkedHashMap<>();
        row.confidence().ifPresent(p -> properties.put("confidence", p));
        properties.put("nearest", row.nearest());
        properties.put("attacked", row.attacked());
        properties.put("probabilities", row.probabilities());
        properties.put("families", row.families());
        properties.put("prediction-set", row.predictionSet());
        row.epsilon().ifPresent(e -> properties.put("epsilon", e));
        row.box().ifPresent(box -> properties.put("box", box));

        Map<String, Object> result = new LinkedHashMap<>();
        result.put("ruleId", row.verdict());
        result.put("ruleIndex", rule);
        result.put("kind", row.verdict().equals(CLEAN) ? "pass" : "fail");
        result.put("level", level(row.verdict(), row.attacked() < minProbability));
        result.put("message", text(String.join(" ", message)));
        result.put("locations", List.of(location(row.image())));
        result.put("properties", properties);
        return result;
    }

    private static Map<String, Object> notification(IdentifyResult.FailedFile failed) {
        Map<String, Object> notification = new LinkedHashMap<>();
        notification.put("level", "error");
        notification.put("message", text(failed.message()));
        notification.put("locations", List.of(location(failed.file())));
        return notification;
    }

    private static Map<String, Object> location(String file) {
        return Map.of("physicalLocation", Map.of("artifactLocation", Map.of("uri", uri(file))));
    }

    /** Relative to the working folder where the path is. */
    private static String uri(String file) {
        Path path = Path.of(file);
        if (path.isAbsolute()) {
            return path.toUri().toString();
        }
        String relative = file.replace('\\', '/');
        try {
            // What stands before a colon would be read as a scheme.
            return new URI(null, null, relative.indexOf(':') < 0 ? relative : "./" + relative, null).toASCIIString();
        } catch (URISyntaxException e) {
            return path.toUri().toString();
        }
    }

    private static Map<String, Object> text(String text) {
        return Map.of("text", text);
    }
}

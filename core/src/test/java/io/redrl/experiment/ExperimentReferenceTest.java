package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.ReconstructorSpec;
import io.redrl.recognition.Exposure;
import io.redrl.recognition.LossSettings;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.TrainingSettings;
import io.redrl.training.Recipe;
import io.redrl.training.Schedule;
import io.redrl.training.VictimSpec;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Keeps the reference of experiment files, which is made from the records and what they say of their components. */
class ExperimentReferenceTest {
    private static final Path PAGE = Path.of("../docs/experiments.md");
    private static final Pattern PARAM = Pattern.compile("(?s)@param (\\w+) (.*?)(?=@param|@return|@throws|\\z)");

    private static final Map<String, Class<?>> PARTS = new LinkedHashMap<>();

    /** What stands for keys that are left out: settings and, where the preset {@code paper} has others, those. */
    private static final Map<Class<?>, List<Object>> DEFAULTS = Map.of(
            VictimSpec.class,
            List.of(VictimSpec.oneCycle("vgg8", NetworkSource.EPOCHS), VictimSpec.paper("vgg8")),
            RecogniserSpec.class,
            List.of(RecogniserSpec.compact(), RecogniserSpec.paper()),
            ReconstructorSpec.class,
            List.of(ReconstructorSpec.compact(), ReconstructorSpec.paper()),
            AttackClassifierSpec.class,
            List.of(AttackClassifierSpec.compact(), AttackClassifierSpec.paper()),
            LossSettings.class,
            List.of(LossSettings.scaled(), LossSettings.paper()),
            TrainingSettings.class,
            List.of(TrainingSettings.compact(), TrainingSettings.paper()),
            SaliencyPlan.class,
            List.of(SaliencyPlan.DEFAULTS));

    static {
        PARTS.put("The file", ExperimentSpec.class);
        PARTS.put("`victims`, `features`: a network that is trained", NetworkSource.Trained.class);
        PARTS.put("`victims`, `features`: a network from a file", NetworkSource.FromFile.class);
        PARTS.put("`train` of a network", VictimSpec.class);
        PARTS.put("`recipe` of a network, written out", Recipe.class);
        PARTS.put("`train`, `test`, `robustness.validation`", SetSpec.class);
        PARTS.put("`recognisers`", RecogniserPlan.class);
        PARTS.put("`recognisers.common`, entries of `recognisers.variants`", RecogniserSpec.class);
        PARTS.put("`reconstructor`", ReconstructorSpec.class);
        PARTS.put("`classifier`", AttackClassifierSpec.class);
        PARTS.put("`losses`", LossSettings.class);
        PARTS.put("`training`", TrainingSettings.class);
        PARTS.put("`exposure`", Exposure.class);
        PARTS.put("`saliency`", SaliencyPlan.class);
        PARTS.put("`expected`, for each recogniser", Expectation.class);
        PARTS.put("`robustness`", RobustnessPlan.class);
    }

    @Test
    void thePageIsWhatTheRecordsSay() throws IOException {
        String text = page();
        if (Boolean.getBoolean("redrl.write-reference")) {
            AtomicFiles.writeString(PAGE, text);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/experiments.md; -Dredrl.write-reference=true makes it again")
                .isEqualTo(text);
    }

    private static String page() throws IOException {
        StringBuilder text = new StringBuilder("""
                # Experiment files

                Made from the records that read them, by `ExperimentReferenceTest`. `./redrl experiment new` writes a first file, `./redrl run
                --check FILE` lists everything that is wrong with one; [formats](formats.md#experiments) says how they are used.

                Numbers may be fractions, `8/255`. Settings of `train`, `common` and `variants` say only what differs: from the recipe, from
                the preset, from `common`; "if left out" then has the value of the preset `compact` (of a network: of the recipe `one-cycle`), and
                that of `paper` where it is another.
                """);
        for (Map.Entry<String, Class<?>> part : PARTS.entrySet()) {
            text.append("\n## ").append(part.getKey()).append("\n\n");
            table(text, part.getValue(), DEFAULTS.getOrDefault(part.getValue(), List.of()));
        }
        text.append("\n## `schedule`: the learning rate\n");
        for (JsonSubTypes.Type kind :
                Schedule.class.getAnnotation(JsonSubTypes.class).value()) {
            text.append("\n`kind: ").append(kind.name()).append("`\n\n");
            table(text, kind.value(), List.of());
        }
        text.append(
                "\n## Entries of `attacks`\n\nWhat is left out is the paper's, as here; `./redrl attack list` says where each is from.\n\n");
        for (AttackSpec attack : AttackCatalog.all()) {
            text.append("- `")
                    .append(Json.line(attack)
                            .replace("\"", "")
                            .replace(",", ", ")
                            .replace(":", ": "))
                    .append("`\n");
        }
        return text.toString();
    }

    private static void table(StringBuilder text, Class<?> type, List<Object> defaults) throws IOException {
        Map<String, String> said = said(type);
        text.append("| key | value | if left out | meaning |\n|---|---|---|---|\n");
        for (RecordComponent part : type.getRecordComponents()) {
            String key = part.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
            String meaning = said.getOrDefault(part.getName(), "");
            assertThat(meaning).as(type + "." + part.getName()).isNotEmpty();
            text.append(String.format(
                    "| `%s` | %s | %s | %s |%n",
                    key,
                    value(part.getGenericType()),
                    absent(part, key, meaning, defaults),
                    meaning.replace("|", "\\|")));
        }
    }

    private static String absent(RecordComponent part, String key, String meaning, List<Object> defaults) {
        List<String> values = defaults.stream()
                .map(each ->
                        Json.parse(Json.line(each), JsonNode.class, "defaults").path(key))
                .map(node ->
                        node.isMissingNode() ? "" : node.isContainer() ? "of the preset" : "`" + node.asString() + "`")
                .distinct()
                .toList();
        boolean named = key.equals("model") || key.equals("name");
        if (!named && !values.isEmpty() && !values.contains("")) {
            return String.join("; `paper`: ", values);
        }
        return part.getAccessor().getAnnotation(JacksonInject.class) != null || meaning.contains("left out of the file")
                ? "see there"
                : part.getDeclaringRecord().equals(SaliencyPlan.class) ? "the test set's" : "needed";
    }

    private static String value(Type type) {
        if (type instanceof ParameterizedType several) {
            Type[] inner = several.getActualTypeArguments();
            return several.getRawType() == List.class
                    ? "list of " + value(inner[0])
                    : several.getRawType() == Map.class ? "by name: " + value(inner[1]) : value(inner[0]);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isEnum()) {
            return Arrays.stream(plain.getEnumConstants())
                    .map(each -> "`" + Json.line(each).replace("\"", "") + "`")
                    .collect(Collectors.joining(", "));
        }
        if (plain == int.class || plain == long.class || plain == Integer.class) {
            return "whole number";
        }
        if (plain == double.class || plain == Double.class) {
            return "number";
        }
        return plain == boolean.class ? "`true`, `false`" : plain == String.class ? "text" : "settings";
    }

    /** What a record's documentation says of its components, without its markup. */
    private static Map<String, String> said(Class<?> type) throws IOException {
        Class<?> outer = type.getEnclosingClass() == null ? type : type.getEnclosingClass();
        String source = Files.readString(
                Path.of("src/main/java").resolve(outer.getName().replace('.', '/') + ".java"));
        int at = source.indexOf("record " + type.getSimpleName() + "(");
        String comment = source.substring(source.lastIndexOf("/**", at), at);
        comment = comment.substring(0, comment.indexOf("*/")).replaceAll("(?m)^\\s*\\*? ?", "");
        Map<String, String> said = new LinkedHashMap<>();
        Matcher param = PARAM.matcher(comment);
        while (param.find()) {
            said.put(
                    param.group(1),
                    param.group(2)
                            .replaceAll("\\{@(?:code|value) ([^}]*)}", "`$1`")
                            .replaceAll("\\{@link(?:plain)? [^} ]* ([^}]*)}", "$1")
                            .replaceAll("\\{@link(?:plain)? (?:[a-z.]*\\.)?([^}]*)}", "`$1`")
                            .replaceAll("\\s+", " ")
                            .strip());
        }
        return said;
    }
}

package io.redrl.attack;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.image.ImageShape;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The settings of an attack: data, comparable and printable. Written as JSON with the attack's name under {@code attack};
 * read back (or from YAML) with missing settings taken from {@link AttackCatalog}. {@code Json.line(spec)} is canonical:
 * equal settings give equal text.
 */
@JsonPropertyOrder("attack")
@JsonIgnoreProperties(value = "attack", allowGetters = true)
public sealed interface AttackSpec
        permits PgdSpec,
                DeepFoolSpec,
                CwL2Spec,
                CwLinfSpec,
                PatchSpec,
                CwLinfTauSpec,
                FgsmSpec,
                MiFgsmSpec,
                ApgdSpec,
                SquareSpec,
                FewPixelSpec,
                EadSpec,
                NoiseSpec,
                JpegSpec {
    /** The most steps that any attack may be asked for. */
    int MAX_STEPS = 1_000_000;

    /** An attack with these settings. */
    Attack newAttack();

    /** What it costs: the passes through the victim that an image takes. */
    Passes passes();

    /**
     * Refuses images and victims that these settings do not suit; so that this is known before any work.
     *
     * @param images their size
     * @param classes how many the victim knows
     * @throws io.redrl.base.RedrlException if, say, a patch is larger than the image
     */
    default void requireFits(ImageShape images, int classes) {
        target().requireAmong(classes);
    }

    /**
     * Whether it looks for the smallest perturbation that fools. Such images sit so near the boundary that rounding to
     * 8 bits undoes them, so {@link AttackRunner} gives them a quantisation-aware last step.
     */
    boolean minimalNorm();

    /** The attack's name in files and on the command line; for the paper's five, the {@link AttackClass#id()}. */
    @JsonProperty("attack")
    String id();

    /** Whether it can make the victim see a certain class. */
    default boolean targetable() {
        return false;
    }

    /** Which class the victim should see; {@link Target#NONE} for attacks that have no such setting. */
    default Target target() {
        return Target.NONE;
    }

    /**
     * A copy with one setting changed.
     *
     * @param key the setting's name as written in files, such as {@code step-size}
     * @param value its value; text such as {@code 8/255} is read as a number
     */
    default AttackSpec with(String key, Object value) {
        return overlay(getClass(), this, Json.parse(Json.line(Map.of(key, value)), JsonNode.class, key));
    }

    /**
     * Settings as read from JSON or YAML: an object with {@code attack} and any of that attack's settings; the missing
     * ones are the paper's; a CW-L2 that searches for c starts where its authors do.
     *
     * @throws io.redrl.base.RedrlException if the attack or a setting is unknown, or a value out of range
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static AttackSpec of(JsonNode settings) {
        JsonNode id = settings.get("attack");
        Checks.require(
                id != null && id.isString(),
                "an attack needs its name under \"attack\", one of %s; got %s",
                AttackCatalog.ids(),
                settings);
        AttackSpec defaults = AttackCatalog.defaults(id.asString());
        if (defaults instanceof CwL2Spec cw
                && !settings.has("c")
                && settings.path("binary-search-steps").asInt(1) > 1) {
            defaults = cw.searching();
        }
        return overlay(defaults.getClass(), defaults, settings);
    }

    private static <T extends AttackSpec> T overlay(Class<T> type, AttackSpec defaults, JsonNode changes) {
        return Json.overlay(type.cast(defaults), changes, type, "attack " + defaults.id());
    }
}

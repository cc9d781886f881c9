package io.redrl.data;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.image.ImageShape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Data set that an experiment names, and what becomes of its images before anything sees them. In files its name alone, where nothing does.
 *
 * @param name {@code cifar10}, {@code tiny-imagenet}, {@code tiny-imagenet:PATH}, or the path of a folder or zip of images
 * @param enlarge the side in pixels to which images are enlarged (bilinear), before victims and attacks see them: 64 for CIFAR-10 in the
 *     paper's published code. The images' own size if left out of the file
 */
public record DataSource(
        String name,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE)
        Optional<Integer> enlarge) {
    /** Checks them. */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public DataSource {
        Checks.require(name != null && !name.isBlank(), "data needs a name, such as cifar10");
        enlarge.ifPresent(side -> Checks.positive("enlarge", side));
    }

    /** A data set whose images stay as they are. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static DataSource of(String name) {
        return new DataSource(name, Optional.empty());
    }

    /** As files have it: the name, or both settings. */
    @JsonValue
    Object written() {
        if (enlarge.isEmpty()) {
            return name;
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("name", name);
        settings.put("enlarge", enlarge.get());
        return settings;
    }

    /** The same at another place. */
    public DataSource at(String elsewhere) {
        return new DataSource(elsewhere, enlarge);
    }

    /**
     * Opens a split.
     *
     * @param size the size that victims say they take, to which a folder's images are scaled; empty if they do not say
     * @throws io.redrl.base.RedrlException as {@link Datasets#open(String, Split)} does, and if images would become smaller
     */
    public ImageDataset open(Split split, Optional<ImageShape> size) {
        if (enlarge.isEmpty()) {
            return Datasets.open(name, split, size);
        }
        ImageDataset enlarged = new EnlargedImages(Datasets.open(name, split), enlarge.get());
        Checks.require(
                size.isEmpty() || size.get().equals(enlarged.shape()),
                "the images of %s are enlarged to %s, but a victim takes %s",
                name,
                enlarged.shape(),
                size.map(Object::toString).orElse(""));
        return enlarged;
    }
}

package examples;

import io.redrl.identify.Identification;
import io.redrl.identify.Identifier;
import java.nio.file.Path;

/** Which attack made a picture, and the picture as it was before. */
final class IdentifyImage {
    private IdentifyImage() {}

    static Identification look(Path models, Path image) {
        try (Identifier identifier = Identifier.open(models)) {
            Identification found = identifier.identify(image);
            return found; // found.verdict().label(), found.verdict().families(), found.box(), …
        }
    }
}

package examples;

import io.redrl.identify.Identification;
import io.redrl.identify.Identifier;
import java.nio.file.Path;

/** Prints which attack made an image: {@code WhichAttack models/identify photo.png}. */
public final class WhichAttack {
    private WhichAttack() {}

    public static void main(String[] arguments) {
        try (Identifier identifier = Identifier.open(Path.of(arguments[0]))) {
            Identification found = identifier.identify(Path.of(arguments[1]));
            System.out.println(found.verdict().label() + " " + found.verdict().likeliest(3));
        }
    }
}

package examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attack.AttackClass;
import io.redrl.identify.Identification;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.recognition.RecogniserInput;
import io.redrl.testing.RiggedModels;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentifyExampleIT {
    @Test
    void fiveLinesNameTheAttack(@TempDir Path folder) {
        Path models = RiggedModels.recogniser(
                folder.resolve("redrl"), RecogniserInput.RESIDUAL_AND_IMAGE, AttackClass.CW_LINF, 4, 1);
        Path image = folder.resolve("grey.png");
        ImageCodec.writePng(image, new Image(ImageShape.square(32), new byte[3 * 32 * 32]));
        Identification found = IdentifyImage.look(models, image);
        assertThat(found.verdict().id()).isEqualTo("cw-linf");
        assertThat(found.verdict().candidates()).hasSize(6);
        assertThat(found.repaired()).isPresent();
    }

    @Test
    void theProgramOfTheReadmePrintsTheVerdict(@TempDir Path folder) {
        Path models = RiggedModels.recogniser(
                folder.resolve("redrl"), RecogniserInput.RESIDUAL_AND_IMAGE, AttackClass.CW_LINF, 4, 1);
        Path image = folder.resolve("grey.png");
        ImageCodec.writePng(image, new Image(ImageShape.square(32), new byte[3 * 32 * 32]));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream usual = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            WhichAttack.main(new String[] {models.toString(), image.toString()});
        } finally {
            System.setOut(usual);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).startsWith("CW-L∞ [Candidate[id=cw-linf");
    }

    @Test
    void theReadmeShowsTheProgramAndTheCoordinatesAsTheyAre() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        String program = Files.readString(Path.of("src/test/java/examples/WhichAttack.java"));
        assertThat(readme).contains(program.substring(program.indexOf("import ")));

        String pom = Files.readString(Path.of("pom.xml"));
        String parent = pom.substring(pom.indexOf("<parent>"), pom.indexOf("</parent>"));
        for (String part : List.of("groupId", "version")) {
            Matcher value = Pattern.compile("<" + part + ">.*</" + part + ">").matcher(parent);
            assertThat(value.find()).isTrue();
            assertThat(readme).contains("  " + value.group());
        }
        assertThat(readme).contains("  <artifactId>redrl-core</artifactId>");
        assertThat(pom).contains("<artifactId>redrl-core</artifactId>");
    }
}

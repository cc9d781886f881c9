package examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attack.AttackClass;
import io.redrl.identify.Identification;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.recognition.RecogniserInput;
import io.redrl.testing.RiggedModels;
import java.nio.file.Path;
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
}

package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.MadeImages;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class EnlargedImagesTest {
    private final MadeImages small = MadeImages.colours("small/test", 4, 32);
    private final ImageDataset large = new EnlargedImages(small, 64);

    @Test
    void pixelsAreTorchsBilinearOnesWithCornersNotAligned() {
        Scopes.run(() -> {
            Tensor own = Tensors.pixels(small.images(2)).mul(new Scalar(255.0));
            Tensor torchs = torch.upsample_bilinear2d(
                    own, new long[] {64, 64}, false, new DoubleOptional(), new DoubleOptional());
            Tensor ours = Tensors.pixels(large.images(2)).mul(new Scalar(255.0));
            // Ours is rounded half up to whole grey levels, which is all that may differ.
            assertThat(ours.sub(torchs).abs().max().item_double()).isLessThanOrEqualTo(0.5 + 1e-3);
            assertThat(ours.sub(torchs.add(new Scalar(0.5 + 1e-4)).floor())
                            .abs()
                            .max()
                            .item_double())
                    .isLessThan(1e-3);
        });
    }

    @Test
    void everythingElseIsThatOfTheImages() {
        assertThat(large.shape()).isEqualTo(ImageShape.square(64));
        assertThat(large.size()).isEqualTo(4);
        assertThat(large.id()).isEqualTo("small-64/test");
        assertThat(large.imageId(3)).isEqualTo("small-64/test/3");
        assertThat(large.label(2)).isEqualTo(small.label(2));
        assertThat(large.checksum())
                .isNotEqualTo(small.checksum())
                .isNotEqualTo(new EnlargedImages(small, 48).checksum());
        assertThatThrownBy(() -> new EnlargedImages(small, 16))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("at least the size of the images of small/test, 32×32")
                .hasMessageContaining("got 16");
    }

    @Test
    void inFilesItIsANameOrSettings() {
        DataSource plain = Json.parse("\"cifar10\"", DataSource.class, "test");
        DataSource enlarged = Json.parse("{\"name\": \"cifar10\", \"enlarge\": 64}", DataSource.class, "test");
        assertThat(plain).isEqualTo(DataSource.of("cifar10"));
        assertThat(enlarged).isEqualTo(new DataSource("cifar10", Optional.of(64)));
        for (DataSource one : List.of(plain, enlarged)) {
            assertThat(Json.parse(Json.line(one), DataSource.class, "test")).isEqualTo(one);
        }
        assertThat(Json.line(plain)).isEqualTo("\"cifar10\"");
        assertThatThrownBy(() -> Json.parse("{\"name\": \"cifar10\", \"larger\": 64}", DataSource.class, "test"))
                .hasMessageContaining("unknown key \"larger\"");
        assertThatThrownBy(() -> Json.parse("{\"enlarge\": 64}", DataSource.class, "test"))
                .hasMessageContaining("at name");
    }
}

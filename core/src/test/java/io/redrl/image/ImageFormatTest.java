package io.redrl.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageFormatTest {
    @ParameterizedTest
    @CsvSource({
        "a.png,true",
        "folder.d/A.JPG,true",
        "a.b.jpeg,true",
        "a.gif,true",
        "a.bmp,true",
        "a.tiff,true",
        "a.TIF,true",
        "a.webp,true",
        "a.heic,false",
        "png,false",
        "a.png/readme,false"
    })
    void filesAreToldByTheirExtensions(String file, boolean named) {
        assertThat(ImageFormat.isNamedLikeOne(file)).isEqualTo(named);
    }
}

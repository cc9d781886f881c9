package io.redrl.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UploadTest {
    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "photo.png,photo.png",
        "/etc/passwd,passwd",
        "C:\\pictures\\a.png,a.png",
        "../../a.png,a.png",
        "'',image",
        "'  ',image",
        "/,image",
        "Ünïcödé 図.png,Ünïcödé 図.png"
    })
    void namesLoseTheirFolders(String sent, String kept) {
        assertThat(new Upload(sent, new byte[0]).name()).isEqualTo(kept);
    }

    @Property
    void everyNameIsOneThatFilesMayHave(@ForAll String sent) {
        String name = new Upload(sent, new byte[0]).name();
        assertThat(name).isNotBlank().hasSizeLessThanOrEqualTo(200).doesNotContain("/", "\\", "\n", "\r", "\0");
        assertThat(Path.of(name)).hasFileName(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "image/png",
                "IMAGE/JPEG",
                "image/x-anything; q=1",
                "application/octet-stream",
                "multipart/form-data; boundary=x"
            })
    void theseTypesAreTaken(String type) {
        assertThatCode(() -> Upload.requireType(type)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text/plain",
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/mixed",
                "images/png"
            })
    void othersAreNot(String type) {
        assertThatThrownBy(() -> Upload.requireType(type))
                .isInstanceOfSatisfying(
                        Problem.Refusal.class,
                        refusal -> assertThat(refusal.problem().status()).isEqualTo(415));
    }

    @Test
    void aFormHasAFileInEachPart() {
        byte[] form = ascii(
                "before\r\n--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x %22y%22.png\"\r\n\r\n1\r\n2\r\n"
                        + "--b\r\nContent-Disposition: form-data; name=\"second\"\r\n\r\n\r\n--b--\r\nafter");
        List<Upload> uploads = Upload.in("multipart/form-data; boundary=\"b\"", form, "unused", 2);
        assertThat(uploads).extracting(Upload::name).containsExactly("x \"y\".png", "second");
        assertThat(uploads.get(0).content()).isEqualTo(ascii("1\r\n2"));
        assertThat(uploads.get(1).content()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1,413", "0,413"})
    void aFormHasNoMorePartsThanAllowed(int most, int status) {
        String part = "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n1\r\n";
        byte[] form = ascii(part.formatted("a") + part.formatted("b") + "--b--\r\n");
        assertThatThrownBy(() -> Upload.in("multipart/form-data; boundary=b", form, "unused", most))
                .isInstanceOfSatisfying(
                        Problem.Refusal.class,
                        refusal -> assertThat(refusal.problem().status()).isEqualTo(status));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--b",
                "--b--",
                "--b\r\n\r\n",
                "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1",
                "no form"
            })
    void aDamagedFormIsRefused(String form) {
        assertThatThrownBy(() -> Upload.in("multipart/form-data; boundary=b", ascii(form), "unused", 9))
                .isInstanceOfSatisfying(
                        Problem.Refusal.class,
                        refusal -> assertThat(refusal.problem().status()).isEqualTo(400));
    }

    @Test
    void whatIsNotWorthDecodingIsKnownFromItsFirstBytes() {
        ImageShape shape = new ImageShape(3, 20, 30);
        byte[] png = ImageCodec.png(new Image(shape, new byte[shape.values()]));
        assertThat(new Upload("a.png", png).problem(600)).isEmpty();
        assertThat(new Upload("a.png", png).problem(599)).hasValueSatisfying(problem -> {
            assertThat(problem.status()).isEqualTo(422);
            assertThat(problem.detail()).contains("a.png has 30×20 pixels, more than the 599");
        });
        assertThat(new Upload("a.png", ascii("GIF89a")).problem(600))
                .hasValueSatisfying(problem -> assertThat(problem.status()).isEqualTo(422));
        assertThat(new Upload("a.pdf", ascii("%PDF-1.4")).problem(600))
                .hasValueSatisfying(problem -> assertThat(problem.status()).isEqualTo(415));
    }
}

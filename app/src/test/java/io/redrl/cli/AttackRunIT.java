package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code redrl attack} from files to files, with somebody's own victim and own images. */
class AttackRunIT {
    /** Which colour is brightest. */
    private static final String COLOUR = "torch.mean(x, [2, 3]) * 30";

    private final FakeConsole console = new FakeConsole();

    @TempDir
    private Path folder;

    private String victim(String body) {
        Path file = folder.resolve("own.pt");
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Own"));
            module.define("def forward(self, x):\n    return " + body + "\n");
            module.save(file.toString());
        }
        return file.toString();
    }

    /** Images near grey, the brightest colour of which is their number modulo three. */
    private String images(String place, int count, ImageShape shape) {
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[shape.values()];
            new Seed(i).random().nextBytes(pixels);
            int plane = shape.height() * shape.width();
            for (int at = 0; at < pixels.length; at++) {
                pixels[at] = (byte) (120 + (pixels[at] & 7) + (at / plane == i % 3 ? 4 : 0));
            }
            ImageCodec.writePng(folder.resolve(place + "/" + i + ".png"), new Image(shape, pixels));
        }
        return folder.resolve(place.contains("/") ? place.substring(0, place.indexOf('/')) : place)
                .toString();
    }

    private int attack(String victim, String data, String... more) {
        List<String> args = new ArrayList<>(List.of("attack", "--victim", victim, "--data", data, "--quiet", "--out"));
        args.add(folder.resolve("out").toString());
        args.addAll(List.of(more));
        if (args.stream().noneMatch(arg -> arg.startsWith("--attack="))) {
            args.addAll(List.of("--attack", "pgd", "--steps", "5"));
        }
        return console.run(args.toArray(String[]::new));
    }

    private JsonNode json() {
        return Json.parse(console.out(), JsonNode.class, "output");
    }

    @Test
    void anArrayWithLabelsIsAttackedLikeAFolder() {
        byte[] pixels = new byte[4 * 3072];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (120 + (i / 1024 % 3 == i / 3072 % 3 ? 4 : 0));
        }
        byte[] images = MadeArrays.bytes("4, 3, 32, 32", pixels);
        MadeArrays.npz(folder.resolve("batch.npz"), Map.of("x", images, "y", MadeArrays.longs(0, 1, 2, 0)));
        int code = attack(victim(COLOUR), folder.resolve("batch.npz").toString(), "--precision", "fp32", "--json");
        assertThat(code).as(console.err()).isEqualTo(ExitCodes.DONE);
        assertThat(json().get("attacks").get(0).get("accuracy-before").asDouble())
                .isEqualTo(1);
        assertThat(console.err())
                .contains("batch.npz[x]: 4 images of uint8, read as N×C×H×W", "batch.npz[y]: taken for");
    }

    @Test
    void anImageThatCannotBeReadIsNamedAndLeftOutUnlessStrict() throws IOException {
        String data = images("mine", 6, ImageShape.square(32));
        byte[] whole = Files.readAllBytes(folder.resolve("mine/4.png"));
        Files.write(folder.resolve("mine/4.png"), java.util.Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(folder.resolve("mine/2.png"), "no image");
        int strict = attack(victim(COLOUR), data, "--against", "prediction", "--precision", "fp32", "--strict");
        assertThat(strict).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("2.png is not an image");
        assertThat(folder.resolve("out")).doesNotExist();
        int code = attack(victim(COLOUR), data, "--against", "prediction", "--precision", "fp32", "--json");
        assertThat(code).as(console.err()).isEqualTo(ExitCodes.DONE);
        assertThat(console.err()).contains("left out: ", "2.png is not an image", "4.png is damaged");
        assertThat(json().get("attacks").get(0).get("images").asInt()).isEqualTo(4);
    }

    @Test
    void severalEpsilonsMakeARowEach() {
        int code = attack(
                victim(COLOUR),
                images("mine", 6, ImageShape.square(32)),
                "--against",
                "prediction",
                "--epsilon",
                "1/255,8/255",
                "--precision",
                "fp32");
        assertThat(console.err()).isEmpty();
        assertThat(code).isEqualTo(ExitCodes.DONE);
        assertThat(console.out())
                .contains("epsilon 1/255", "epsilon 8/255", "images/s", "100.0 %", "Right: as on the clean image")
                .doesNotContain("towards");
    }

    @Test
    void severalAttacksGoIntoOneSet() throws IOException {
        String images = images("mine", 3, ImageShape.square(32));
        assertThat(attack(victim(COLOUR), images, "--against=prediction", "--attack=fgsm,deepfool", "--json"))
                .isEqualTo(ExitCodes.DONE);
        assertThat(json().path("attacks").path(0).path("attack").asString()).isEqualTo("deepfool");
        assertThat(json().path("attacks").path(1).path("attack").asString()).isEqualTo("fgsm");
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("fgsm_own_00000.parquet", "deepfool_own_00000.parquet");
        }
    }

    @Test
    void aRefusedAttackLeavesNothing() {
        String images = images("mine", 2, ImageShape.square(32));
        assertThat(attack(victim(COLOUR), images, "--against=prediction", "--attack=patch", "--height=64"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("does not fit an image of 32×32");
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(attack(victim(COLOUR), images, "--against=prediction", "--target=7"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("target must be in [0, 2], got 7");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void ownImagesBecomePictures() throws IOException {
        String images = images("mine", 3, ImageShape.square(32));
        Path png = folder.resolve("png");
        assertThat(attack(victim(COLOUR), images, "--against", "prediction", "--png", png.toString()))
                .isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("perturbations 10 times as large").doesNotContain("rounded");
        try (Stream<Path> files = Files.list(png)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("0-original.png", "2-pgd.png", "2-perturbation.png", "pictures.json", "pictures.csv")
                    .hasSize(11);
        }
        assertThat(ImageCodec.read(png.resolve("1-original.png")).image().pixels())
                .containsExactly(
                        ImageCodec.read(folder.resolve("mine/1.png")).image().pixels());
    }

    @Test
    void targetsAreShownAndReached() {
        assertThat(attack(
                        victim(COLOUR),
                        images("mine", 6, ImageShape.square(32)),
                        "--against=prediction",
                        "--target=random,2",
                        "--json"))
                .isEqualTo(ExitCodes.DONE);
        assertThat(json().path("attacks").size()).isEqualTo(2);
        JsonNode row = json().path("attacks").path(1);
        assertThat(row.path("towards").asString()).isEqualTo("2");
        assertThat(row.path("success-8bit").asDouble(-1)).isEqualTo(1);
        assertThat(row.path("seconds").asDouble()).isPositive();
        assertThat(row.path("settings").path("steps").asInt()).isEqualTo(5);
        assertThat(json().path("warnings").size()).isZero();
    }

    @Test
    void whatTheTableMeansBySuccessDependsOnTheTarget() {
        assertThat(attack(
                        victim(COLOUR),
                        images("mine", 3, ImageShape.square(32)),
                        "--against=prediction",
                        "--target=runner-up",
                        "--storage=float32",
                        "--png=" + folder.resolve("png")))
                .isEqualTo(ExitCodes.DONE);
        assertThat(console.out())
                .contains(
                        "towards",
                        "runner-up",
                        "the victim sees the target",
                        "rounded to 8 bits, which the set is not");
    }

    @Test
    void unlabelledImagesCannotBeAttackedAgainstTheirLabel() {
        assertThat(attack(victim(COLOUR), images("mine", 2, ImageShape.square(32))))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("has no labels", "--reference-label prediction");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void otherClassesThanTheVictimsBlockOnlyAttacksAgainstTheLabel() {
        images("pets/cat", 2, ImageShape.square(32));
        String pets = images("pets/dog", 2, ImageShape.square(32));
        assertThat(attack(victim(COLOUR), pets)).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("knows 3 classes", "has 2");
        assertThat(attack(victim(COLOUR), pets, "--against", "prediction")).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("Right: as on the clean image");
    }

    @Test
    void imagesOfAnotherSizeAreRefusedOrScaled() {
        String more = images("sizes", 2, ImageShape.square(20));
        images("sizes", 1, ImageShape.square(33));
        assertThat(attack(victim(COLOUR), more, "--against", "prediction")).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("33×33", "20×20", "--resize");
        assertThat(attack(victim(COLOUR), more, "--against", "prediction", "--resize"))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("--input-size");
        assertThat(attack(victim(COLOUR), more, "--against", "prediction", "--resize", "--input-size", "24"))
                .isEqualTo(ExitCodes.DONE);
    }

    @Test
    void imagesBesideClassFoldersAreNamed() {
        String images = images("mine", 3, new ImageShape(3, 40, 50));
        images("mine/more", 1, ImageShape.square(20));
        assertThat(attack(victim(COLOUR), images, "--against", "prediction", "--split", "test"))
                .isEqualTo(ExitCodes.DONE);
        assertThat(console.err()).contains("3 images lie beside the class folders");
    }

    @Test
    void aVictimMayTakeAnotherSize() {
        String images = images("mine", 3, new ImageShape(3, 20, 24));
        assertThat(attack(victim(COLOUR), images, "--against", "prediction", "--input-size", "32"))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("takes images of 3×32×32", "are 3×20×24");
        assertThat(attack(victim(COLOUR), images, "--against", "prediction")).isEqualTo(ExitCodes.DONE);
        assertThat(attack(victim(COLOUR), images, "--input-size", "large")).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void whatIsWrongWithAVictimIsSaidFirst() {
        String images = images("mine", 3, ImageShape.square(32));
        String softmax = victim("torch.softmax(torch.mean(x, [2, 3]) * 30, 1)");
        assertThat(attack(softmax, images, "--against", "prediction", "--json")).isEqualTo(ExitCodes.DONE);
        assertThat(console.err()).contains("redrl: warning: victim own ends in a softmax");
        assertThat(json().path("warnings").path(0).path("sign").asString()).isEqualTo("softmax");
        FakeConsole unchecked = new FakeConsole();
        assertThat(unchecked.run(
                        "attack",
                        "--victim",
                        softmax,
                        "--data",
                        images,
                        "--attack=pgd",
                        "--steps=2",
                        "--against=prediction",
                        "--no-check",
                        "--quiet",
                        "--out",
                        folder.resolve("out2").toString()))
                .isEqualTo(ExitCodes.DONE);
        assertThat(unchecked.err()).isEmpty();
    }

    @Test
    void picturesNeedAFolderOfTheirOwn() throws IOException {
        String images = images("mine", 1, ImageShape.square(32));
        String victim = victim(COLOUR);
        assertThat(attack(
                        victim,
                        images,
                        "--against=prediction",
                        "--png",
                        folder.resolve("out").toString()))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("--png and --out name the same folder");
        assertThat(attack(
                        victim,
                        images,
                        "--against=prediction",
                        "--png",
                        folder.resolve("mine").toString()))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("holds other files");
        assertThat(folder.resolve("out")).doesNotExist();
    }
}

package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attack.AttackClass;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.calibration.Calibration;
import io.redrl.evaluation.ClassNames;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.model.AttackClassifier;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.InitialState;
import io.redrl.model.Reconstructor;
import io.redrl.model.ReconstructorSpec;
import io.redrl.model.Weights;
import io.redrl.recognition.RecogniserCard;
import io.redrl.recognition.RecogniserInput;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.tensor.Scopes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code redrl identify} from files to exit codes, with recognisers that always say the same. */
class IdentifyRunIT {
    private static final ImageShape SHAPE = ImageShape.square(32);

    private FakeConsole console = new FakeConsole();
    private String root = "";

    @TempDir
    private Path folder;

    @BeforeEach
    void makeACloneWithImages() {
        root = System.getProperty("redrl.root", "");
        System.setProperty("redrl.root", folder.resolve("clone").toString());
        for (int i = 0; i < 3; i++) {
            image("images/" + i + ".png", SHAPE, i);
        }
    }

    @AfterEach
    void forgetTheClone() {
        if (root.isEmpty()) {
            System.clearProperty("redrl.root");
        } else {
            System.setProperty("redrl.root", root);
        }
    }

    private void image(String name, ImageShape shape, long seed) {
        byte[] pixels = new byte[shape.values()];
        new Seed(seed).random().nextBytes(pixels);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (100 + (pixels[i] & 15));
        }
        ImageCodec.writePng(folder.resolve(name), new Image(shape, pixels));
    }

    /** A recogniser whose last layer is set by hand. */
    private Path recogniser(String name, AttackClass says, double threshold) {
        Path model = folder.resolve(name);
        RecogniserSpec spec = RecogniserSpec.compact()
                .withInput("rigged", RecogniserInput.RESIDUAL_AND_IMAGE)
                .withNetworks(
                        new ReconstructorSpec(6, 1, InitialState.NEAR_IDENTITY),
                        new AttackClassifierSpec(
                                4, 1, AttackClassifierSpec.Stem.SMALL, 0, 8, AttackClassifierSpec.Pooling.MEAN));
        try (AttackClassifier psi = new AttackClassifier(spec.classifier(), 6, 6, 0, new Seed(1));
                Reconstructor g = new Reconstructor(spec.reconstructor(), new Seed(2))) {
            Scopes.run(() -> {
                try (NoGradGuard guard = new NoGradGuard()) {
                    layer(psi, "fc2.weight").zero_();
                    layer(psi, "fc2.bias").zero_();
                    layer(psi, "fc2.bias")
                            .select(0, ClassNames.ids().indexOf(says.id()))
                            .fill_(new Scalar(3.0));
                }
            });
            Weights.save(psi, model.resolve("psi.safetensors"));
            Weights.save(g, model.resolve("g.safetensors"));
        }
        Json.write(model.resolve(Calibration.FILE), new Calibration(1, threshold));
        Json.write(
                model.resolve("recogniser.json"),
                new RecogniserCard(spec, ClassNames.ids(), 32, 32, 0, 0, "none", "", "", "", "", "", 1, 0, 0));
        return model;
    }

    private static Tensor layer(Module network, String name) {
        return Objects.requireNonNull(Weights.parameters(network).get(name), name);
    }

    private void victim(String name) {
        MadeVictim.write(folder.resolve(name), SHAPE, 3);
    }

    private int identify(String... args) {
        console = new FakeConsole();
        List<String> all = new ArrayList<>(List.of("identify"));
        all.addAll(List.of(args));
        return console.run(all.toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode json() {
        return Json.parse(console.out(), JsonNode.class, "standard output");
    }

    @Test
    void exitCodesSayWhatWasFound() throws IOException {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        String clean = recogniser("clean", AttackClass.CLEAN, 1).toString();
        String unknown = recogniser("unknown", AttackClass.PGD, 0.1).toString();
        String images = path("images");
        assertThat(identify(images, "--recogniser", clean)).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("3 clean, 0 attacked, 0 unknown");
        assertThat(console.err()).isEmpty();
        assertThat(identify(images, "--recogniser", pgd)).isEqualTo(ExitCodes.ATTACKED);
        assertThat(console.out()).contains("PGD", "0 clean, 3 attacked, 0 unknown");
        assertThat(identify(images, "--recogniser", unknown)).isEqualTo(ExitCodes.UNKNOWN);
        assertThat(console.out()).contains("unknown (PGD?)", "0 clean, 0 attacked, 3 unknown");
        identify(images, "--recogniser", unknown, "--json");
        assertThat(json().get("images").get(0).get("confidence").isNull()).isTrue();
        assertThat(json().get("images").get(0).get("nearest").asString()).isEqualTo("pgd");

        Files.writeString(folder.resolve("images/3.png"), "no image");
        assertThat(identify(images, "--recogniser", clean))
                .as("one that nobody could look at may be attacked")
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.out()).contains("3 clean", "1 not read");
        assertThat(console.err()).contains("3.png is not an image");
        assertThat(identify(images, "--recogniser", pgd)).isEqualTo(ExitCodes.ATTACKED);
    }

    @Test
    void wrongUseIsNoResult() {
        assertThat(identify()).isEqualTo(ExitCodes.USAGE);
        assertThat(identify(path("images"), "--tiles", "many")).isEqualTo(ExitCodes.USAGE);
        assertThat(identify(path("images"), "--tiles", "0")).isEqualTo(ExitCodes.USAGE);
        assertThat(identify(path("images"), "--amplify", "300")).isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("gain must be in [1, 255], got 300");
        assertThat(identify(path("images"))).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("no trained model");
        assertThat(identify(
                        path("none.png"),
                        "--recogniser",
                        recogniser("pgd", AttackClass.PGD, 1).toString()))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("No such image");
        folder.resolve("empty").toFile().mkdir();
        assertThat(identify(path("empty"))).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("No images in");
    }

    private byte[] file(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    @Test
    void arraysListsZipsAndLinksAreReadLikeFolders() throws IOException {
        String clean = recogniser("clean", AttackClass.CLEAN, 1).toString();
        byte[] array = MadeArrays.bytes("2, 3, 32, 32", new byte[6144]);
        Files.write(folder.resolve("batch.npy"), array);
        MadeArrays.npz(folder.resolve("batch.npz"), Map.of("x", array, "y", MadeArrays.longs(0, 1)));
        Files.writeString(folder.resolve("list.csv"), "path,label\nimages/0.png,cat\nimages/2.png,dog\n");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("set.zip")))) {
            zip.putNextEntry(new ZipEntry("cat\\a.png"));
            zip.write(file("images/0.png"));
            zip.closeEntry();
        }
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("images"));
        for (String[] input : new String[][] {
            {"batch.npy", "2", "batch.npy[1]"},
            {"batch.npz", "2", "batch.npz[0]"},
            {"list.csv", "2", "2.png"},
            {"set.zip", "1", "set.zip: cat/a.png"},
            {"link", "3", "1.png"}
        }) {
            assertThat(identify(path(input[0]), "--recogniser", clean, "--json"))
                    .as(input[0])
                    .isEqualTo(ExitCodes.DONE);
            assertThat(json().get("images").size()).as(input[0]).isEqualTo(Integer.parseInt(input[1]));
            assertThat(console.out()).as(input[0]).contains(input[2]);
        }
    }

    @Test
    void aDashIsStandardInput() throws IOException {
        String clean = recogniser("clean", AttackClass.CLEAN, 1).toString();
        byte[] array = MadeArrays.bytes("2, 3, 32, 32", new byte[6144]);
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(file("images/0.png")));
            assertThat(identify("-", "--recogniser", clean, "--json")).isEqualTo(ExitCodes.DONE);
            assertThat(json().get("images").get(0).get("image").asString()).isEqualTo("-");
            System.setIn(new ByteArrayInputStream(array));
            assertThat(identify("-", "--recogniser", clean, "--json")).isEqualTo(ExitCodes.DONE);
            assertThat(json().get("images").get(1).get("image").asString()).isEqualTo("-[1]");
            System.setIn(new ByteArrayInputStream(new byte[] {1, 2, 3}));
            assertThat(identify("-", "--recogniser", clean)).isEqualTo(ExitCodes.FAILED);
            assertThat(console.err()).contains("redrl: - is not an image that can be read here");
            System.setIn(new ByteArrayInputStream(new byte[0]));
            assertThat(identify("-", "--recogniser", clean)).isEqualTo(ExitCodes.FAILED);
            assertThat(console.err()).contains("Standard input is empty");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void whatCannotBeReadIsNamedAndSkippedUnlessStrict() throws IOException {
        String clean = recogniser("clean", AttackClass.CLEAN, 1).toString();
        Files.writeString(folder.resolve("images/1.png"), "no image");
        Files.createSymbolicLink(folder.resolve("images/9.png"), folder.resolve("gone"));
        assertThat(identify(path("images"), "--recogniser", clean, "--json")).isEqualTo(ExitCodes.FAILED);
        assertThat(json().get("counts").get("clean").asInt()).isEqualTo(2);
        assertThat(json().get("counts").get("failed").asInt()).isEqualTo(2);
        assertThat(console.err()).contains("1.png is not an image", "9.png is a link to nothing");
        assertThat(identify(path("images"), "--recogniser", clean, "--strict")).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("9.png is a link to nothing");
        assertThat(console.out()).isEmpty();
    }

    /** Stored on its side: three times as wide as high to viewers. */
    @Test
    void resultsAreOfThePictureAsViewersTurnIt() throws IOException {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        image("tall.png", new ImageShape(3, 96, 32), 5);
        byte[] png = file("tall.png");
        byte[] note = {
            0, 0, 0, 26, 'e', 'X', 'I', 'f', 'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0
        };
        ByteBuffer turned = ByteBuffer.allocate(png.length + note.length);
        turned.put(png, 0, 33).put(note).put(png, 33, png.length - 33);
        Files.write(folder.resolve("tall.png"), turned.array());
        identify(path("tall.png"), "--recogniser", pgd, "--json", "--out", path("out"));
        JsonNode found = json().get("images").get(0);
        assertThat(found.get("width").asInt()).isEqualTo(96);
        assertThat(found.get("height").asInt()).isEqualTo(32);
        assertThat(found.get("remarks").toString()).contains("Exif orientation 6");
        assertThat(ImageCodec.read(folder.resolve("out/tall-repaired.png"))
                        .image()
                        .width())
                .isEqualTo(96);
    }

    @Test
    void aCloneBringsItsOwnModels() {
        recogniser("clone/models/identify/recognisers/redrl", AttackClass.PATCH, 1);
        victim("clone/models/identify/victim");
        image("images/large.png", new ImageShape(3, 40, 64), 9);
        assertThat(identify(path("images"), "--json", "--out", path("out"))).isEqualTo(ExitCodes.ATTACKED);
        JsonNode result = json();
        assertThat(result.get("exit-code").asInt()).isEqualTo(ExitCodes.ATTACKED);
        assertThat(result.get("counts").get("attacked").asInt()).isEqualTo(4);
        JsonNode first = result.get("images").get(0);
        assertThat(first.get("image").asString()).endsWith("0.png");
        assertThat(first.get("verdict").asString()).isEqualTo("patch");
        assertThat(first.get("confidence").asDouble())
                .isEqualTo(first.get("probabilities").get("patch").asDouble());
        assertThat(first.get("probabilities")).hasSize(6);
        assertThat(first.get("reading").get("how").asString()).isEqualTo("whole");
        assertThat(first.get("perturbation").get("l2").asDouble()).isNotNegative();
        assertThat(first.get("victim").get("name").asString()).isEqualTo("victim");
        assertThat(first.get("victim").get("before").get("name").asString()).isIn("blue", "red");
        assertThat(first.get("victim").get("after").get("probability").asDouble())
                .isBetween(0.5, 1.0);
        assertThat(first.get("saliency").isNull()).isTrue();
        JsonNode large = result.get("images").get(3);
        assertThat(large.get("reading").get("tiles").asInt()).isEqualTo(4);
        assertThat(large.get("remarks").get(0).asString()).contains("trust this less");
        Path repaired = Path.of(first.get("pictures").get("repaired").asString());
        assertThat(ImageCodec.read(repaired).image().shape()).isEqualTo(SHAPE);
        assertThat(Path.of(large.get("pictures").get("perturbation").asString()))
                .exists();
        assertThat(identify(path("images"), "--json", "--verdict-only", "--victim", "none"))
                .isEqualTo(ExitCodes.ATTACKED);
        assertThat(json().get("images").get(0).get("perturbation").isNull()).isTrue();
        assertThat(json().get("images").get(0).get("suspects").isEmpty()).isTrue();
        assertThat(identify(path("images"), "--victim", "none", "--victim", path("clone/models/identify/victim")))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("--victim none and other victims exclude each other");
    }

    @Test
    void saliencyNamesTheFiltersThatAreTargeted() {
        recogniser("clone/models/identify/recognisers/redrl", AttackClass.PGD, 1);
        victim("clone/models/identify/victim");
        assertThat(console.run(
                        "saliency",
                        "statistics",
                        "--quiet",
                        "--victim",
                        path("clone/models/identify/victim"),
                        "--data",
                        path("images"),
                        "--indices",
                        "0-2",
                        "--out",
                        path("s.json")))
                .as("statistics need labels: %s", console.err())
                .isEqualTo(ExitCodes.FAILED);
        image("labelled/blue/0.png", SHAPE, 1);
        image("labelled/blue/1.png", SHAPE, 2);
        image("labelled/red/2.png", SHAPE, 3);
        assertThat(console.run(
                        "saliency",
                        "statistics",
                        "--quiet",
                        "--victim",
                        path("clone/models/identify/victim"),
                        "--data",
                        path("labelled"),
                        "--indices",
                        "0-2",
                        "--out",
                        path("clone/models/identify/saliency-statistics.json")))
                .as(console.err())
                .isEqualTo(ExitCodes.DONE);
        assertThat(identify(path("images/0.png"), "--saliency", "--html", path("page.html"), "--out", path("out")))
                .isEqualTo(ExitCodes.ATTACKED);
        assertThat(console.out()).contains("0.png targets, of victim:", "σ)");
        assertThat(folder.resolve("page.html")).content().contains("filters that it activates", "features.");
        assertThat(folder.resolve("out/0-saliency.png")).exists();

        patched("patched.png");
        recogniser("clone/models/identify/recognisers/redrl", AttackClass.PATCH, 1);
        identify(path("patched.png"), path("no.png"), "--saliency", "--out", path("out"), "--json");
        assertThat(keys("", json())).as("others read them").containsExactlyElementsOf("""
                recogniser
                notes
                images[].image
                images[].height
                images[].width
                images[].reading.how
                images[].reading.tiles
                images[].reading.tiles-in-all
                images[].reading.agreeing
                images[].verdict
                images[].label
                images[].confidence
                images[].attacked
                images[].nearest
                images[].probabilities.clean
                images[].probabilities.pgd
                images[].probabilities.deepfool
                images[].probabilities.cw-l2
                images[].probabilities.cw-linf
                images[].probabilities.patch
                images[].prediction-set
                images[].unknown-score
                images[].perturbation.linf
                images[].perturbation.l2
                images[].box.left
                images[].box.top
                images[].box.width
                images[].box.height
                images[].box.share
                images[].epsilon
                images[].strength
                images[].victim.name
                images[].victim.before.label
                images[].victim.before.name
                images[].victim.before.probability
                images[].victim.after.label
                images[].victim.after.name
                images[].victim.after.probability
                images[].saliency.victim
                images[].saliency.label
                images[].saliency.filters[].layer
                images[].saliency.filters[].filter
                images[].saliency.filters[].saliency
                images[].saliency.filters[].standardised
                images[].suspects
                images[].remarks
                images[].pictures.repaired
                images[].pictures.perturbation
                images[].pictures.saliency
                failures[].file
                failures[].message
                counts.clean
                counts.attacked
                counts.unknown
                counts.failed
                exit-code
                """.lines()
                .toList());
    }

    /** Grain in a box, which nothing else in the image has. */
    private void patched(String name) {
        byte[] pixels = new byte[SHAPE.values()];
        SplittableRandom random = new Seed(9).random();
        for (int i = 0; i < pixels.length; i++) {
            boolean inside = i % 32 / 8 == 1 && i / 32 % 32 / 8 == 2;
            pixels[i] = (byte) (120 + (inside && random.nextBoolean() ? 16 : 0));
        }
        ImageCodec.writePng(folder.resolve(name), new Image(SHAPE, pixels));
    }

    /** Every path of keys to a value, in the order of their first appearance. */
    private static Set<String> keys(String path, JsonNode node) {
        Set<String> keys = new LinkedHashSet<>();
        if (node.isArray() && !node.isEmpty()) {
            node.forEach(each -> keys.addAll(keys(path + "[]", each)));
        } else if (node.isObject()) {
            String prefix = path.isEmpty() ? "" : path + ".";
            node.properties().forEach(entry -> keys.addAll(keys(prefix + entry.getKey(), entry.getValue())));
        } else {
            keys.add(path);
        }
        return keys;
    }

    @Test
    void thePageNeedsNothingElse() throws IOException {
        recogniser("clone/models/identify/recognisers/redrl", AttackClass.PGD, 1);
        image("images/a<b>&.png", SHAPE, 5);
        assertThat(identify(path("images"), "--html", path("page.html"))).isEqualTo(ExitCodes.ATTACKED);
        String page = Files.readString(folder.resolve("page.html"));
        assertThat(page).contains("4 images: 0 clean, 4 attacked, 0 unknown", "a&lt;b&gt;&amp;.png", "PGD");
        assertThat(page.split("data:image/png;base64,", -1))
                .as("three pictures of each")
                .hasSize(13);
        assertThat(page).doesNotContain("http://", "https://", "<script", "a<b>");
    }

    @Test
    void whatCannotBeWrittenCostsNoVerdict() throws IOException {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        String clean = recogniser("clean", AttackClass.CLEAN, 1).toString();
        Files.writeString(folder.resolve("file"), "no folder");
        String page = path("file/page.html");
        assertThat(identify(path("images"), "--recogniser", pgd, "--html", page))
                .isEqualTo(ExitCodes.ATTACKED);
        assertThat(console.out()).contains("3 attacked").doesNotContain("Page:");
        assertThat(console.err()).contains("Could not write", "page.html");
        assertThat(identify(path("images"), "--recogniser", clean, "--html", page, "--json"))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(json().get("counts").get("clean").asInt()).isEqualTo(3);
        assertThat(identify(path("images"), "--recogniser", pgd, "--out", path("file/out")))
                .isEqualTo(ExitCodes.ATTACKED);
        assertThat(console.out()).contains("3 attacked");
        assertThat(console.err()).contains("Could not write", "_pictures.json");
    }

    @Test
    void whatWasDoneBeforeAStopIsPrinted() {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        for (int i = 0; i < 70; i++) {
            image("many/" + i + ".png", SHAPE, i);
        }
        AtomicInteger asked = new AtomicInteger();
        console = new FakeConsole();
        assertThat(Main.run(
                        console.console(),
                        () -> asked.getAndIncrement() > 0,
                        "identify",
                        path("many"),
                        "--quiet",
                        "--json",
                        "--recogniser",
                        pgd))
                .isEqualTo(ExitCodes.STOPPED);
        assertThat(json().get("counts").get("attacked").asInt()).isEqualTo(64);
        assertThat(json().get("exit-code").asInt()).isEqualTo(ExitCodes.STOPPED);
        assertThat(console.err()).contains("stopped after 64 of 70 images");
    }

    @Test
    void aStoppedEvaluationDoesNotClaimThatItGoesOn() {
        victim("victim");
        image("labelled/blue/0.png", SHAPE, 1);
        image("labelled/red/0.png", SHAPE, 2);
        console = new FakeConsole();
        assertThat(Main.run(
                        console.console(),
                        () -> true,
                        "victim",
                        "evaluate",
                        "--victim",
                        path("victim"),
                        "--data",
                        path("labelled")))
                .isEqualTo(ExitCodes.STOPPED);
        assertThat(console.err()).contains("nothing was kept").doesNotContain("run the same command again");
    }

    @Test
    void saliencyNeedsAVictimAndDetails() {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        assertThat(identify(path("images"), "--recogniser", pgd, "--saliency", "--verdict-only"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("exclude each other");
        assertThat(identify(path("images"), "--recogniser", pgd, "--saliency", "--victim", "none"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("needs a victim");
    }

    @Test
    void picturesAreOnlyClaimedWhereThereAreSome() {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        identify(path("images"), "--recogniser", pgd, "--out", path("out"));
        assertThat(console.out()).contains("Pictures: " + path("out"));
        identify(path("images"), "--recogniser", pgd, "--out", path("none"), "--verdict-only");
        assertThat(console.out()).doesNotContain("Pictures:");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void filesOfTheSameNameDoNotOverwriteEachOther() {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        image("other/0.png", SHAPE, 7);
        identify(path("images/0.png"), path("other/0.png"), "--recogniser", pgd, "--out", path("out"));
        assertThat(folder.resolve("out/images-0-repaired.png")).exists();
        assertThat(folder.resolve("out/other-0-repaired.png")).exists();
    }

    @Test
    void otherFilesInAFolderAreLeftOutAndCounted() throws IOException {
        String clean = recogniser("clean", AttackClass.CLEAN, 1).toString();
        Files.writeString(folder.resolve("images/readme.txt"), "hello");
        Files.writeString(folder.resolve("images/.hidden.png"), "hello");
        assertThat(identify(path("images"), "--recogniser", clean)).isEqualTo(ExitCodes.DONE);
        assertThat(console.err()).contains("1 file was left out, not named like an image", "readme.txt");
    }

    @Test
    void helpTellsTheExitCodes() {
        assertThat(identify("--help")).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("at least one image is attacked", "every image is clean", "130");
    }

    @Test
    void aGateLetsThroughWhatItIsTold() {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        String unknown = recogniser("unknown", AttackClass.PGD, 0.1).toString();
        String images = path("images");
        assertThat(identify(images, "--recogniser", unknown, "--fail-on", "unknown"))
                .isEqualTo(ExitCodes.UNKNOWN);
        assertThat(identify(images, "--recogniser", unknown, "--fail-on", "attacked"))
                .isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("3 unknown");
        assertThat(identify(images, "--recogniser", pgd, "--fail-on", "attacked"))
                .isEqualTo(ExitCodes.ATTACKED);
        assertThat(identify(images, "--recogniser", pgd, "--fail-on", "never")).isEqualTo(ExitCodes.DONE);
        assertThat(identify(images, "--recogniser", pgd, "--min-probability", "0.999"))
                .as("too unsure: counts as unknown")
                .isEqualTo(ExitCodes.UNKNOWN);
        assertThat(identify(images, "--recogniser", pgd, "--min-probability", "0.999", "--fail-on", "attacked"))
                .isEqualTo(ExitCodes.DONE);
        assertThat(identify(images, "--recogniser", pgd, "--min-probability", "0.5"))
                .isEqualTo(ExitCodes.ATTACKED);
        assertThat(identify(images, path("none.png"), "--recogniser", unknown, "--fail-on", "attacked"))
                .as("nobody saw it")
                .isEqualTo(ExitCodes.FAILED);
        assertThat(identify(images, "--recogniser", pgd, "--min-probability", "95"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("--min-probability must be in [0.0, 1.0], got 95");
        assertThat(identify(images, "--recogniser", pgd, "--fail-on", "everything"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("everything");
    }

    @Test
    void theResultGoesToAFileInTheFormThatIsAskedFor() throws IOException {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        image("odd/a b%.png", SHAPE, 1);
        Files.writeString(folder.resolve("odd/broken.png"), "no image");
        assertThat(identify(
                        path("odd"),
                        "--recogniser",
                        pgd,
                        "--format",
                        "sarif",
                        "--output",
                        path("out/x.sarif"),
                        "--out",
                        path("pictures")))
                .isEqualTo(ExitCodes.ATTACKED);
        assertThat(console.out()).isEmpty();
        JsonNode log = Json.read(folder.resolve("out/x.sarif"), JsonNode.class);
        assertThat(log.path("version").asString()).isEqualTo("2.1.0");
        JsonNode run = log.path("runs").path(0);
        assertThat(run.path("tool")
                        .path("driver")
                        .path("rules")
                        .path(0)
                        .path("id")
                        .asString())
                .isEqualTo("pgd");
        JsonNode result = run.path("results").path(0);
        assertThat(result.path("ruleId").asString()).isEqualTo("pgd");
        assertThat(result.path("level").asString()).isEqualTo("error");
        assertThat(result.path("kind").asString()).isEqualTo("fail");
        assertThat(result.path("message").path("text").asString()).contains("attacked: PGD", "Probability");
        assertThat(result.path("locations")
                        .path(0)
                        .path("physicalLocation")
                        .path("artifactLocation")
                        .path("uri")
                        .asString())
                .startsWith("file:///")
                .endsWith("/odd/a%20b%25.png");
        JsonNode invocation = run.path("invocations").path(0);
        assertThat(invocation.path("executionSuccessful").asBoolean()).isFalse();
        assertThat(invocation.path("exitCode").asInt()).isEqualTo(ExitCodes.ATTACKED);
        assertThat(invocation.path("toolExecutionNotifications").size()).isEqualTo(1);

        identify(path("images"), "--recogniser", pgd, "--format", "json", "--output", path("x.json"));
        assertThat(Json.read(folder.resolve("x.json"), JsonNode.class)
                        .path("counts")
                        .path("attacked")
                        .asInt())
                .isEqualTo(3);
        identify(path("images"), "--recogniser", pgd, "--output", path("x.txt"));
        assertThat(folder.resolve("x.txt")).content().contains("3 attacked");
        assertThat(identify(path("images"), "--recogniser", pgd, "--json", "--format", "sarif"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("--json and --format sarif exclude each other");
        assertThat(identify(path("images"), "--recogniser", pgd, "--output", path("x.txt/y")))
                .as("nobody can read the verdicts")
                .isEqualTo(ExitCodes.FAILED);
    }

    @Test
    void imagesAreNeverOverwritten() throws IOException {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        byte[] before = Files.readAllBytes(folder.resolve("images/0.png"));
        for (String option : List.of("--html", "--output")) {
            assertThat(identify(path("images"), "--recogniser", pgd, option, path("images/../images/0.png")))
                    .isEqualTo(ExitCodes.USAGE);
            assertThat(console.err()).contains("would overwrite", "0.png");
        }
        image("images/0-repaired.png", SHAPE, 4);
        assertThat(identify(path("images"), "--recogniser", pgd, "--out", path("images")))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(console.err()).contains("would overwrite", "0-repaired.png");
        assertThat(Files.readAllBytes(folder.resolve("images/0.png"))).isEqualTo(before);
        assertThat(folder.resolve("images/1-repaired.png")).doesNotExist();
    }

    @Test
    void picturesOfAnEarlierCallAreNotJudged() {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        identify(path("images"), "--recogniser", pgd, "--out", path("images/pictures"));
        assertThat(identify(path("images"), "--recogniser", pgd, "--out", path("images")))
                .isEqualTo(ExitCodes.ATTACKED);
        assertThat(console.out()).contains("3 attacked");
        assertThat(identify(path("images"), "--recogniser", pgd)).isEqualTo(ExitCodes.ATTACKED);
        assertThat(console.out()).contains("3 attacked");
        assertThat(console.err()).contains("12 pictures", "left out");
        identify(path("images/0-repaired.png"), "--recogniser", pgd);
        assertThat(console.out()).as("named, so wanted").contains("1 attacked");
        assertThat(identify(path("images/pictures"), "--recogniser", pgd)).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).contains("name its file");
    }

    @Test
    void filesAreToldApartByTheirPaths() {
        String pgd = recogniser("pgd", AttackClass.PGD, 1).toString();
        image("b/0.png", SHAPE, 7);
        image("c/b/0.png", SHAPE, 8);
        identify(path("images"), path("b"), path("c"), "--recogniser", pgd, "--out", path("out"));
        assertThat(console.out()).contains("images/0.png", " 1.png", "c/b/0.png");
        assertThat(folder.resolve("out/images-0-repaired.png")).exists();
        assertThat(folder.resolve("out/c-b-0-repaired.png")).exists();
        assertThat(folder.resolve("out/1-repaired.png")).exists();
    }
}

package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.jerolba.carpet.io.FileSystemInputFile;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checksums;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.MadeImages;
import io.redrl.testing.SpokenProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdversarialSetTest {
    private static final MadeImages IMAGES = MadeImages.random(30);
    private static final Map<String, FunctionVictim> VICTIMS = Map.of(
            "v1",
            FunctionVictim.linear("v1", 3, ImageShape.square(4), 1),
            "v2",
            FunctionVictim.linear("v2", 3, ImageShape.square(4), 2));
    private static final List<AttackSpec> ATTACKS =
            List.of(TestSpecs.pgd(0.1), TestSpecs.pgd(0.2), TestSpecs.deepFool());
    private static final AdversarialPlan PLAN = AdversarialPlan.of(
                    IMAGES,
                    List.of("v1", "v2"),
                    ATTACKS,
                    IntStream.range(5, 15).boxed().toList(),
                    7)
            .withShardSize(4);

    @TempDir
    Path temp;

    private final FakeAttacks attacks = new FakeAttacks();
    private final int threads = torch.get_num_threads();

    /** How much is done before a stop depends on the number of lanes. */
    @BeforeEach
    void inTwoLanes() {
        torch.set_num_threads(2);
    }

    @AfterEach
    void inAsManyLanesAsBefore() {
        torch.set_num_threads(threads);
    }

    private AdversarialSetBuilder builder() {
        return new AdversarialSetBuilder(
                attacks, (target, content) -> AtomicFiles.write(target, out -> out.write(content)), 3);
    }

    private AdversarialSet build(AdversarialPlan plan, Path folder) {
        return builder().build(plan, IMAGES, VICTIMS, folder, Progress.silent());
    }

    /** Every file below a folder with its checksum. */
    private static Map<String, String> checksums(Path folder) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> all.put(folder.relativize(file).toString(), Checksums.of(file)));
        }
        return all;
    }

    /** Asks to stop at the n-th question. */
    private static Progress stoppedAt(int question) {
        AtomicInteger left = new AtomicInteger(question);
        return new SpokenProgress(told -> left.getAndDecrement() <= 0);
    }

    @Test
    void holdsTheRowsOfThePlanInItsOrder() {
        AdversarialSet set = build(PLAN, temp.resolve("set"));

        assertThat(set.examples().stream()
                        .map(e -> new PlannedExample(e.index(), e.attack(), e.victim(), e.config()))
                        .toList())
                .isEqualTo(PLAN.items());
        assertThat(set.size()).isEqualTo(PLAN.size());
        assertThat(set.plan()).isEqualTo(PLAN);
        assertThat(set.examples()).allSatisfy(e -> assertThat(e.label()).isEqualTo(IMAGES.label(e.index())));
        assertThat(set.examples("v1", AttackClass.PGD)).hasSize(20);
        assertThat(set.examples("v2")).hasSize(30).allMatch(e -> e.victim().equals("v2"));
        assertThat(set.examples(AttackClass.DEEPFOOL)).hasSize(20).allMatch(e -> e.attack()
                .equals("deepfool"));
    }

    @Test
    void attacksInBatchesThatAShardHoldsTogether() {
        build(PLAN, temp.resolve("set"));

        // Ten images in shards of 4, 4 and 2, in batches of at most 3, for 2 victims and 3 configurations.
        assertThat(attacks.batchSizes).containsOnly(1, 2, 3);
        assertThat(attacks.batchSizes).hasSize(6 * 5);
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void keepsPixelsAndVerdictsThroughTheFile(Storage storage) {
        AdversarialSet set = build(PLAN.withStorage(storage), temp.resolve("set"));
        List<AdversarialExample> rows = set.examples("v1", AttackClass.DEEPFOOL);

        Scopes.run(() -> {
            float[] pixels = Tensors.toFloats(ImageStack.pixels(rows));
            int values = IMAGES.shape().values();
            assertThat(Tensors.shape(ImageStack.pixels(rows))).containsExactly(10, 3, 4, 4);
            for (int i = 0; i < rows.size(); i++) {
                AdversarialExample row = rows.get(i);
                byte[] clean = IMAGES.pixels(row.index());
                double linf = 0;
                double squares = 0;
                for (int v = 0; v < values; v++) {
                    double change = pixels[i * values + v] - (clean[v] & 0xff) / 255f;
                    linf = Math.max(linf, Math.abs(change));
                    squares += change * change;
                }
                // The norms were measured before the file was written, so they can only agree if the pixels came back.
                assertThat(row.outcome().linf()).isCloseTo(linf, within(1e-6));
                assertThat(row.outcome().l2()).isCloseTo(Math.sqrt(squares), within(1e-5));
            }
            long[] verdicts =
                    FunctionVictim.linear("v1", 3, ImageShape.square(4), 1).predict(ImageStack.pixels(rows));
            assertThat(verdicts)
                    .containsExactly(rows.stream()
                            .mapToLong(row -> row.outcome().adversarialPrediction())
                            .toArray());
        });
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.image().storage()).isEqualTo(storage.format());
            assertThat(row.success()).isEqualTo(row.outcome().adversarialPrediction() != row.label());
        });
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void givesCleanImagesBackAsTheyWere(Storage storage) {
        List<AdversarialExample> clean =
                build(PLAN.withStorage(storage), temp.resolve("set")).examples(AttackClass.CLEAN);

        assertThat(clean).hasSize(10).allSatisfy(row -> {
            assertThat(row.image().greyLevels()).isEqualTo(IMAGES.pixels(row.index()));
            assertThat(row.victim()).isEqualTo("none");
            assertThat(row.outcome()).isEqualTo(Outcome.NOT_ATTACKED);
            assertThat(row.success()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 34})
    void endsWithTheSameBytesWhereverItWasStopped(int questions) throws IOException {
        build(PLAN, temp.resolve("whole"));
        Path folder = temp.resolve("stopped");

        assertThatThrownBy(() -> builder().build(PLAN, IMAGES, VICTIMS, folder, stoppedAt(questions)))
                .isInstanceOf(StoppedException.class);
        assertThat(folder.resolve("_set.json")).doesNotExist();
        int before = checksums(folder).size();
        attacks.batchSizes.clear();
        build(PLAN, folder);

        assertThat(checksums(folder)).isEqualTo(checksums(temp.resolve("whole")));
        // Only what was missing was attacked: 21 shards, the rest were there beside _plan.json.
        assertThat(attacks.batchSizes.size()).isLessThanOrEqualTo(2 * (21 - (before - 1)));
    }

    @Test
    void leavesOnlyCompleteShardsWhenStopped() throws IOException {
        Path folder = temp.resolve("set");
        assertThatThrownBy(() -> builder().build(PLAN, IMAGES, VICTIMS, folder, stoppedAt(20)))
                .isInstanceOf(StoppedException.class);

        // Twenty batches are at most ten shards of two batches; every lane may lose a batch.
        List<String> shards = checksums(folder).keySet().stream()
                .filter(name -> name.endsWith(".parquet"))
                .toList();
        assertThat(shards).hasSizeBetween(2, 10);
        assertThat(shards).allSatisfy(name -> assertThat(ParquetShard.decode(folder.resolve(name)))
                .hasSize(4));
        assertThatThrownBy(() -> AdversarialSet.open(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("not finished");
    }

    @Test
    void goesOnAfterAKillInTheMiddleOfAWrite() throws IOException {
        build(PLAN, temp.resolve("whole"));
        Path folder = temp.resolve("killed");
        assertThatThrownBy(() -> builder().build(PLAN, IMAGES, VICTIMS, folder, stoppedAt(20)))
                .isInstanceOf(StoppedException.class);
        // A kill leaves half a file under the temporary name of a shard that is not there. Which are depends on the
        // threads.
        Path missing = PlannedShard.of(PLAN).stream()
                .map(shard -> folder.resolve(shard.file()))
                .filter(file -> !Files.exists(file))
                .findFirst()
                .orElseThrow();
        Path half = missing.resolveSibling("." + missing.getFileName() + ".partial");
        Files.createDirectories(half.getParent());
        Files.writeString(half, "half a shard");

        build(PLAN, folder);

        assertThat(checksums(folder)).isEqualTo(checksums(temp.resolve("whole")));
    }

    @Test
    void makesAShardAgainThatWasDamagedBeforeTheSetWasFinished() throws IOException {
        build(PLAN, temp.resolve("whole"));
        Path folder = temp.resolve("set");
        assertThatThrownBy(() -> builder().build(PLAN, IMAGES, VICTIMS, folder, stoppedAt(20)))
                .isInstanceOf(StoppedException.class);
        // Which shards are done by now depends on the threads; two of them are.
        List<Path> done = checksums(folder).keySet().stream()
                .filter(name -> name.endsWith(".parquet"))
                .map(folder::resolve)
                .toList();
        assertThat(done).hasSizeGreaterThan(1);
        Files.copy(done.get(1), done.get(0), StandardCopyOption.REPLACE_EXISTING);
        flipAByteOfThePixels(done.get(1));
        SpokenProgress progress = new SpokenProgress();

        builder().build(PLAN, IMAGES, VICTIMS, folder, progress);

        assertThat(progress.lines).hasSize(2);
        assertThat(checksums(folder)).isEqualTo(checksums(temp.resolve("whole")));
    }

    private static void flipAByteOfThePixels(Path shard) throws IOException {
        byte[] bytes = Files.readAllBytes(shard);
        bytes[bytes.length / 2] ^= 1;
        Files.write(shard, bytes);
    }

    @Test
    void doesNothingWhenTheSetIsThere() throws IOException {
        Path folder = temp.resolve("set");
        build(PLAN, folder);
        Map<String, String> before = checksums(folder);
        attacks.batchSizes.clear();

        build(PLAN, folder);

        assertThat(attacks.batchSizes).isEmpty();
        assertThat(checksums(folder)).isEqualTo(before);
    }

    @Test
    void namesAndRefusesAnAlteredShard() throws IOException {
        Path folder = temp.resolve("set");
        build(PLAN, folder);
        flipAByteOfThePixels(folder.resolve("pgd_v2_00002.parquet"));

        assertThatThrownBy(() -> AdversarialSet.open(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("pgd_v2_00002.parquet")
                .hasMessageContaining("altered");
        assertThatThrownBy(() -> build(PLAN, folder)).hasMessageContaining("altered");
    }

    @Test
    void namesMissingShardsAndMakesJustThem() throws IOException {
        Path folder = temp.resolve("set");
        build(PLAN, folder);
        Map<String, String> before = checksums(folder);
        Files.delete(folder.resolve("deepfool_v1_00001.parquet"));
        Files.delete(folder.resolve("clean_none_00000.parquet"));

        assertThatThrownBy(() -> AdversarialSet.open(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("lacks 2 of its 21 shards")
                .hasMessageContaining("deepfool_v1_00001.parquet")
                .hasMessageContaining("clean_none_00000.parquet");
        attacks.batchSizes.clear();
        build(PLAN, folder);
        assertThat(attacks.batchSizes).containsExactly(3, 1);
        assertThat(checksums(folder)).isEqualTo(before);
    }

    @Test
    void refusesAFolderMadeFromSomethingElse() throws IOException {
        Path folder = temp.resolve("set");
        build(PLAN, folder);
        Map<String, String> before = checksums(folder);

        AdversarialPlan other =
                PLAN.withReferenceLabel(ReferenceLabel.PREDICTION).withShardSize(5);
        assertThatThrownBy(() -> build(other, folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(
                        "reference-label (label, asked for prediction), plan.options.shard-size (4, asked for 5)");
        Map<String, FunctionVictim> retrained = Map.of(
                "v1",
                FunctionVictim.linear("v1", 3, ImageShape.square(4), 9),
                "v2",
                FunctionVictim.linear("v2", 3, ImageShape.square(4), 2));
        assertThatThrownBy(() -> builder().build(PLAN, IMAGES, retrained, folder, Progress.silent()))
                .hasMessageContaining("different: victims[0].checksum (");
        MadeImages larger = MadeImages.random(31);
        AdversarialPlan ofLarger = AdversarialPlan.of(larger, PLAN.victims(), ATTACKS, PLAN.indices(), 7)
                .withShardSize(4);
        assertThatThrownBy(() -> builder().build(ofLarger, larger, VICTIMS, folder, Progress.silent()))
                .hasMessageContaining("different: plan.dataset-checksum.");
        assertThat(checksums(folder)).isEqualTo(before);
    }

    @Test
    void refusesASetOfAnotherFormat() throws IOException {
        Path folder = temp.resolve("set");
        build(PLAN, folder);
        Path manifest = folder.resolve("_set.json");
        AtomicFiles.writeString(manifest, Files.readString(manifest).replace("\"format\" : 3", "\"format\" : 4"));
        assertThatThrownBy(() -> AdversarialSet.open(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("adversarial set of format 4; this redrl reads and writes format 3");

        Files.move(manifest, folder.resolve("set.json"));
        assertThatThrownBy(() -> AdversarialSet.open(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("made by version 0.1");
    }

    @Test
    void refusesAFolderWithOtherFilesAndOneThatIsNoSet() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("mine"));
        Files.writeString(folder.resolve("notes.txt"), "keep me");

        assertThatThrownBy(() -> build(PLAN, folder)).hasMessageContaining("holds other files");
        assertThatThrownBy(() -> AdversarialSet.open(folder)).hasMessageContaining("No adversarial set");
        assertThat(folder.resolve("notes.txt")).hasContent("keep me");
    }

    @Test
    void refusesVictimsAndDataThatDoNotFitBeforeAnyWork() {
        Path folder = temp.resolve("set");
        FunctionVictim good = FunctionVictim.linear("v2", 3, ImageShape.square(4), 2);
        assertThatThrownBy(() -> builder()
                        .build(
                                PLAN,
                                IMAGES,
                                Map.of("v1", FunctionVictim.linear("v1", 200, ImageShape.square(4), 1), "v2", good),
                                folder,
                                Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("v1 knows 200 classes, but small/test has 3");
        assertThatThrownBy(() -> builder()
                        .build(
                                PLAN,
                                IMAGES,
                                Map.of("v1", FunctionVictim.linear("v1", 3, ImageShape.square(64), 1), "v2", good),
                                folder,
                                Progress.silent()))
                .hasMessageContaining("v1 takes images of 3×64×64, but those of small/test are 3×4×4");
        assertThatThrownBy(() -> builder().build(PLAN, IMAGES, Map.of("v2", good), folder, Progress.silent()))
                .hasMessageContaining("v1, which was not loaded");
        assertThatThrownBy(() -> builder().build(PLAN, MadeImages.random(31), VICTIMS, folder, Progress.silent()))
                .hasMessageContaining("made from small/test");
        AdversarialPlan outside = AdversarialPlan.of(IMAGES, PLAN.victims(), ATTACKS, List.of(3, 30), 7);
        assertThatThrownBy(() -> build(outside, folder)).hasMessageContaining("[0, 29]");
        assertThat(folder).doesNotExist();
        assertThat(attacks.batchSizes).isEmpty();
    }

    @Test
    void saysThatTheDiskIsFullAndLosesNothing() throws IOException {
        build(PLAN, temp.resolve("whole"));
        Path folder = temp.resolve("full");
        AtomicInteger room = new AtomicInteger(5);
        AdversarialSetBuilder onSmallDisk = new AdversarialSetBuilder(
                attacks,
                (target, content) -> AtomicFiles.write(target, out -> {
                    boolean fits = room.getAndDecrement() > 0;
                    out.write(content, 0, fits ? content.length : content.length / 2);
                    if (!fits) {
                        throw new IOException("No space left on device");
                    }
                }),
                3);

        assertThatThrownBy(() -> onSmallDisk.build(PLAN, IMAGES, VICTIMS, folder, Progress.silent()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("The disk is full")
                .hasMessageContaining(".parquet");
        // _plan.json and the five that fitted; no half file under any name.
        assertThat(checksums(folder)).hasSize(6);
        assertThat(checksums(temp.resolve("whole"))).containsAllEntriesOf(checksums(folder));
        build(PLAN, folder);
        assertThat(checksums(folder)).isEqualTo(checksums(temp.resolve("whole")));
    }

    @Test
    void movesImagesAwayFromTheVictimsOwnVerdictWhenAskedTo() {
        List<AdversarialExample> rows = build(PLAN.withReferenceLabel(ReferenceLabel.PREDICTION), temp.resolve("set"))
                .examples();

        List<AdversarialExample> attacked =
                rows.stream().filter(r -> r.attackClass() != AttackClass.CLEAN).toList();
        assertThat(attacks.labels).hasSameSizeAs(attacked);
        assertThat(attacked).allSatisfy(row -> {
            assertThat(row.label()).isEqualTo(IMAGES.label(row.index()));
            assertThat(row.success())
                    .isEqualTo(row.outcome().adversarialPrediction()
                            != row.outcome().cleanPrediction());
        });
        assertThat(attacked).anyMatch(row -> row.outcome().cleanPrediction() != row.label());
    }

    @Test
    void givesAnImageTheSamePixelsWhateverElseThePlanHolds() {
        AdversarialPlan alone = AdversarialPlan.of(IMAGES, List.of("v2"), ATTACKS.subList(1, 2), List.of(9), 7)
                .withClean(false);
        AdversarialExample lonely =
                build(alone, temp.resolve("alone")).examples().get(0);

        AdversarialExample among = build(PLAN, temp.resolve("set")).examples("v2", AttackClass.PGD).stream()
                .filter(row -> row.index() == 9 && row.config().equals(lonely.config()))
                .findFirst()
                .orElseThrow();

        assertThat(lonely.image()).isEqualTo(among.image());
    }

    @Test
    void givesEachConfigurationAndVictimItsOwnDraws() {
        List<AdversarialExample> rows = build(PLAN, temp.resolve("set")).examples();

        assertThat(rows.stream()
                        .filter(row -> row.index() == 9)
                        .map(row -> Checksums.of(row.pixels()))
                        .distinct())
                .hasSize(7);
    }

    @Test
    void summarisesSuccessAndNormsInTheManifest() {
        AdversarialSet set = build(PLAN.withSampling(SamplingPolicy.ONE_PER_ATTACK), temp.resolve("set"));

        assertThat(set.manifest().attacks())
                .containsExactlyInAnyOrderElementsOf(AttackSummary.byAttack(set.examples()));
        assertThat(set.manifest().configs())
                .containsExactlyInAnyOrderElementsOf(AttackSummary.byConfig(set.examples()));
        assertThat(set.manifest().attacks().stream()
                        .mapToInt(AttackSummary::images)
                        .sum())
                .isEqualTo(20);
    }

    @Test
    void storesTheDocumentedColumnsInZstandard() throws IOException {
        Path folder = temp.resolve("set");
        build(PLAN, folder);

        try (ParquetFileReader reader = ParquetFileReader.open(
                new FileSystemInputFile(folder.resolve("pgd_v1_00000.parquet").toFile()))) {
            assertThat(reader.getFileMetaData().getSchema().getPaths())
                    .extracting(path -> String.join(".", path))
                    .containsExactly(
                            "index",
                            "file",
                            "label",
                            "class_name",
                            "attack",
                            "victim",
                            "config",
                            "outcome.target",
                            "outcome.clean_prediction",
                            "outcome.adversarial_prediction",
                            "outcome.success_float",
                            "outcome.success_8bit",
                            "outcome.linf",
                            "outcome.l2",
                            "image.height",
                            "image.width",
                            "image.storage",
                            "image.pixels");
            assertThat(reader.getRowGroups()).hasSize(1);
            assertThat(reader.getRowGroups().get(0).getColumns())
                    .allMatch(column -> column.getCodec() == CompressionCodecName.ZSTD);
        }
    }

    @Test
    void attacksAsManyImagesAtOnceAsAsked() {
        builder().withBatchSize(2).build(PLAN, IMAGES, VICTIMS, temp.resolve("set"), Progress.silent());

        assertThat(attacks.batchSizes).containsOnly(2).hasSize(6 * 5);
        assertThatThrownBy(() -> builder().withBatchSize(0)).hasMessageContaining("batch-size");
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void runsTheRealAttacksUnlessTold(Storage storage) {
        AdversarialSet set = new AdversarialSetBuilder()
                .build(PLAN.withStorage(storage), IMAGES, VICTIMS, temp.resolve("set"), Progress.silent());

        assertThat(set.examples("v1", AttackClass.PGD))
                .allSatisfy(row -> assertThat(row.outcome().linf())
                        .isLessThanOrEqualTo(0.2 + 1e-6 + (storage == Storage.TRUNCATED ? 1 / 255.0 : 0)))
                .anyMatch(row -> row.outcome().linf() > 0.19);
        AttackSummary deepFool = set.manifest().attacks().stream()
                .filter(summary ->
                        summary.attack().equals("deepfool") && summary.victim().equals("v1"))
                .findFirst()
                .orElseThrow();
        // DeepFool is exact on a linear classifier, and its last step survives rounding.
        assertThat(deepFool.rightBefore()).isPositive();
        assertThat(deepFool.successFloat().value()).isEqualTo(1);
        assertThat(storage == Storage.UINT8 ? deepFool.success8bit().value() : 1)
                .isEqualTo(1);
        assertThat(deepFool.rightAfter()).isLessThan(deepFool.rightBefore());
    }
}

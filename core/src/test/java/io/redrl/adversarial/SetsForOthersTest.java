package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.attack.AttackSpec;
import io.redrl.attack.NoiseSpec;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.image.ImageShape;
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.MadeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A set's folder as other programs see it. */
class SetsForOthersTest {
    private static final MadeImages IMAGES = MadeImages.random(20);
    private static final List<AttackSpec> ATTACKS =
            List.of(TestSpecs.pgd(0.1), TestSpecs.pgd(8 / 255.0), NoiseSpec.DEFAULTS.with("epsilon", 0.0));
    private static final AdversarialPlan PLAN = AdversarialPlan.of(
                    IMAGES,
                    List.of("v.1", "w"),
                    ATTACKS,
                    IntStream.range(5, 15).boxed().toList(),
                    7)
            .withShardSize(4);

    @TempDir
    Path folder;

    private AdversarialSet set;

    @BeforeEach
    void aSetIsThere() {
        Map<String, FunctionVictim> victims = Map.of(
                "v.1", FunctionVictim.linear("v.1", 3, ImageShape.square(4), 1),
                "w", FunctionVictim.linear("w", 3, ImageShape.square(4), 2));
        set = new AdversarialSetBuilder().build(PLAN, IMAGES, victims, folder, Progress.silent());
    }

    /** Spark reads the files right in a folder; it and Arrow, so pandas, pass over names that begin with {@code _}. */
    @Test
    void rowsLieSideBySideAndAllElseIsHidden() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(file -> !file.equals(folder)))
                    .hasSize(2 + 3 * (1 + 2 * 3))
                    .allMatch(Files::isRegularFile)
                    .allMatch(file -> file.getFileName().toString().startsWith("_")
                            || file.getFileName().toString().endsWith(".parquet"))
                    .noneMatch(file -> file.getFileName().toString().contains("="));
        }
    }

    private <T> T ask(String sql, Reading<T> reading) throws SQLException {
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(sql.replace("DIR", folder.toString()))) {
            assertThat(rows.next()).isTrue();
            return reading.of(rows);
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T of(ResultSet rows) throws SQLException;
    }

    @Test
    void duckDbReadsEveryRowWithItsNames() throws SQLException {
        long rows = ask("select count(*) from 'DIR/*.parquet'", result -> result.getLong(1));
        assertThat(rows).isEqualTo(set.size());
        long named = ask(
                "select count(*) from 'DIR/*.parquet' where file = index::varchar and class_name = ['a', 'b', 'c'][label + 1]"
                        + " and octet_length(image.pixels) = 48",
                result -> result.getLong(1));
        assertThat(named).isEqualTo(set.size());
    }

    @Test
    void duckDbComesToTheNumbersOfTheTable() throws SQLException {
        for (AttackSummary row : set.manifest().configs()) {
            String where = " from 'DIR/*.parquet' where attack = '" + row.attack() + "' and victim = '" + row.victim()
                    + "' and config = '" + row.config() + "' and outcome.clean_prediction = label";
            long right = ask("select count(*)" + where, result -> result.getLong(1));
            long fooled = ask("select count(*)" + where + " and outcome.success_8bit", result -> result.getLong(1));
            assertThat(right).isEqualTo(row.rightBefore());
            assertThat(fooled).isEqualTo(row.fooled8bit());
        }
    }

    /** What the documentation shows is what was tried. */
    @Test
    void theDocumentedQueryGivesSuccessAndNorms() throws IOException, SQLException {
        Matcher query =
                Pattern.compile("(?s)```sql\n(.*?)```").matcher(Files.readString(Path.of("../docs/formats.md")));
        assertThat(query.find()).isTrue();
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(query.group(1).replace("DIR", folder.toString()))) {
            int count = 0;
            while (rows.next()) {
                count++;
                String attack = rows.getString("attack");
                String victim = rows.getString("victim");
                String config = rows.getString("config");
                AttackSummary expected = set.manifest().configs().stream()
                        .filter(each -> each.attack().equals(attack)
                                && each.victim().equals(victim)
                                && each.config().equals(config))
                        .findFirst()
                        .orElseThrow();
                assertThat(rows.getLong("images")).isEqualTo(expected.images());
                assertThat(rows.getDouble("success"))
                        .isCloseTo(expected.success8bit().value(), within(1e-9));
                double median = rows.getDouble("median_l2");
                assertThat(rows.wasNull()).isEqualTo(Double.isNaN(expected.l2().median()));
                if (!rows.wasNull()) {
                    assertThat(median).isCloseTo(expected.l2().median(), within(1e-9));
                }
            }
            assertThat(count).isEqualTo(set.manifest().configs().size());
        }
    }

    @Test
    void normsAreThoseOfTheStoredGreyLevels() throws SQLException {
        double greatest = ask(
                "select max(outcome.linf) from 'DIR/*.parquet' where config like '%\"epsilon\":0.03%'",
                result -> result.getDouble(1));
        assertThat(greatest).isEqualTo(8 / 255.0);
    }

    @Test
    void whereNothingWasFooledNormsAreNull() throws IOException {
        JsonNode manifest = Json.parse(Files.readString(folder.resolve("_set.json")), JsonNode.class, "set");
        JsonNode noise = manifest.path("configs")
                .valueStream()
                .filter(row -> row.path("attack").asString().equals("noise"))
                .findFirst()
                .orElseThrow();
        assertThat(noise.path("fooled-8bit").asInt(-1)).isZero();
        assertThat(noise.path("l2").path("median").isNull()).isTrue();
        assertThat(Files.readString(folder.resolve("_set.json"))).doesNotContain("NaN");
    }
}

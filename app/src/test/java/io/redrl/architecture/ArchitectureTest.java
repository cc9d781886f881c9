package io.redrl.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may use whom, and the other habits that a compiler does not check. */
class ArchitectureTest {
    private static final List<String> LIBRARY = List.of(
            "base",
            "stats",
            "tensor",
            "image",
            "data",
            "model",
            "training",
            "attack",
            "adversarial",
            "features",
            "calibration",
            "recognition",
            "attribution",
            "saliency",
            "evaluation",
            "identify",
            "report",
            "experiment");

    /** Each package of {@code io.redrl} and the ones that it may use. Each package-info says the same in words. */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            room("base"),
            room("stats", "base"),
            room("image", "base"),
            room("tensor", "base", "image"),
            room("data", "base", "image"),
            room("model", "base", "tensor", "image", "data"),
            room("training", "base", "stats", "tensor", "image", "data", "model"),
            room("attack", "base", "stats", "tensor", "image", "data", "model"),
            room("adversarial", "base", "stats", "tensor", "image", "data", "model", "attack"),
            room("features", "base", "tensor", "model", "adversarial"),
            room("calibration", "base", "stats", "tensor", "image", "data", "attack", "adversarial"),
            room(
                    "recognition",
                    "base",
                    "tensor",
                    "image",
                    "data",
                    "model",
                    "training",
                    "attack",
                    "adversarial",
                    "features",
                    "calibration"),
            room(
                    "attribution",
                    "base",
                    "stats",
                    "tensor",
                    "image",
                    "data",
                    "model",
                    "training",
                    "attack",
                    "adversarial",
                    "features",
                    "calibration"),
            room("saliency", "base", "stats", "tensor", "image", "data", "model", "attack"),
            room(
                    "evaluation",
                    "base",
                    "stats",
                    "tensor",
                    "image",
                    "data",
                    "model",
                    "attack",
                    "adversarial",
                    "calibration",
                    "saliency"),
            room(
                    "identify",
                    "base",
                    "tensor",
                    "image",
                    "data",
                    "model",
                    "attack",
                    "calibration",
                    "recognition",
                    "attribution",
                    "saliency",
                    "evaluation"),
            room("report", "base", "stats", "image", "adversarial", "saliency", "evaluation", "identify"),
            room("experiment", allBut("experiment", "identify")),
            room("web", "base", "image", "identify", "report", "attribution", "evaluation"),
            room("cli", allBut("features", "calibration"), "web"),
            // It measures a training step of recognition, which takes an adversarial set.
            room(
                    "bench",
                    "base",
                    "stats",
                    "tensor",
                    "image",
                    "data",
                    "model",
                    "attack",
                    "adversarial",
                    "recognition",
                    "attribution",
                    "saliency",
                    "evaluation",
                    "identify"));

    private static String[] allBut(String... others) {
        return LIBRARY.stream().filter(room -> !List.of(others).contains(room)).toArray(String[]::new);
    }

    private static Map.Entry<String, List<String>> room(String name, String[] uses, String more) {
        return room(name, Stream.concat(Stream.of(uses), Stream.of(more)).toArray(String[]::new));
    }

    private static Map.Entry<String, List<String>> room(String name, String... uses) {
        return Map.entry(name, List.of(uses));
    }

    /** Packages that never see a type of LibTorch or JavaCPP. */
    private static final List<String> WITHOUT_TENSORS =
            List.of("base", "stats", "image", "data", "report", "web", "cli");

    /** What the build generates (templates, JMH) is not ours to keep in order. */
    static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("jmh_generated"))
            .importPaths(
                    Path.of("target/classes"), Path.of("../core/target/classes"), Path.of("../bench/target/classes"));

    private static String of(String room) {
        return "io.redrl." + room + "..";
    }

    private static String[] of(Stream<String> rooms) {
        return rooms.map(ArchitectureTest::of).toArray(String[]::new);
    }

    @Test
    void rulesSawTheWholeProject() {
        assertThat(CLASSES.size()).as("classes that the rules looked at").isGreaterThan(50);
        Set<String> rooms = CLASSES.stream()
                .map(type -> type.getPackageName()
                        .replaceFirst("^io\\.redrl\\.?", "")
                        .replaceFirst("\\..*", ""))
                .collect(Collectors.toSet());
        assertThat(MAY_USE.keySet()).containsAll(rooms);
        assertThat(rooms).contains("base", "tensor", "data", "model", "attack", "web", "cli");
    }

    @TestFactory
    Stream<DynamicTest> packagesUseOnlyWhatTheTableAllows() {
        assertThat(MAY_USE).hasSize(LIBRARY.size() + 3);
        return MAY_USE.entrySet().stream()
                .map(room -> DynamicTest.dynamicTest(room.getKey() + " uses " + room.getValue(), () -> classes()
                        .that()
                        .resideInAPackage(of(room.getKey()))
                        .should()
                        .onlyDependOnClassesThat(resideOutsideOfPackage("io.redrl..")
                                .or(resideInAnyPackage(
                                        of(Stream.concat(Stream.of(room.getKey()), room.getValue().stream())))))
                        .allowEmptyShould(true)
                        .check(CLASSES)));
    }

    @Test
    void theTableHasNoEdgeThatNobodyUses() {
        Set<String> used = CLASSES.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(edge -> room(edge.getOriginClass()) + " uses " + room(edge.getTargetClass()))
                .collect(Collectors.toSet());
        assertThat(MAY_USE.entrySet().stream()
                        .flatMap(room -> room.getValue().stream().map(other -> room.getKey() + " uses " + other)))
                .isNotEmpty()
                .allMatch(used::contains);
    }

    private static String room(JavaClass type) {
        return type.getPackageName().replaceFirst("^io\\.redrl\\.", "").replaceFirst("\\..*", "");
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.redrl.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void tensorsStayOutOfWhereTheyDoNotBelong() {
        noClasses()
                .that()
                .resideInAnyPackage(of(WITHOUT_TENSORS.stream()))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void staticFieldsAreFinal() {
        fields().that().areStatic().should().beFinal().check(CLASSES);
    }

    @Test
    void onlyCommandLinesTouchStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackages(of("cli"), of("bench"))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(CLASSES);
    }

    @Test
    void nobodyThrowsBareExceptions() {
        noClasses().should().callConstructorWhere(makesABareException()).check(CLASSES);
        // The compiler's own bridges to interfaces such as Callable declare what those do.
        methods()
                .that()
                .doNotHaveModifier(JavaModifier.BRIDGE)
                .should()
                .notDeclareThrowableOfType(Exception.class)
                .andShould()
                .notDeclareThrowableOfType(Throwable.class)
                .check(CLASSES);
    }

    @Test
    void theRulesNoticeWhatTheyForbid() {
        JavaClasses faulty = new ClassFileImporter().importClasses(Faulty.class);
        assertThatThrownBy(() -> fields().that().areStatic().should().beFinal().check(faulty))
                .hasMessageContaining("counter");
        assertThatThrownBy(() -> noClasses()
                        .should()
                        .callConstructorWhere(makesABareException())
                        .check(faulty))
                .hasMessageContaining("RuntimeException");
        assertThatThrownBy(() ->
                        noClasses().should().accessField(System.class, "out").check(faulty))
                .hasMessageContaining("System.out");
    }

    /** {@code new RuntimeException(…)}, but not a subclass calling {@code super(…)}. */
    private static DescribedPredicate<JavaConstructorCall> makesABareException() {
        return describe("a bare exception is made", call -> {
            JavaClass type = call.getTargetOwner();
            boolean bare = Stream.of(Exception.class, RuntimeException.class, Error.class, Throwable.class)
                    .anyMatch(type::isEquivalentTo);
            return bare
                    && !(call.getOrigin().isConstructor()
                            && call.getOriginOwner().isAssignableTo(type.getName()));
        });
    }

    /** Breaks the rules, so that a rule which never fires is noticed. */
    static final class Faulty {
        private static int counter;

        void count() {
            if (counter++ > 10) {
                System.out.println("many");
                throw new RuntimeException("bare");
            }
        }
    }
}

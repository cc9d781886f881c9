package io.redrl.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A test that asserts nothing passes whatever the code does. */
class TestsAssertTest {
    private static final Set<String> TEST_ANNOTATIONS = Set.of(
            "org.junit.jupiter.api.Test",
            "org.junit.jupiter.api.TestFactory",
            "org.junit.jupiter.params.ParameterizedTest",
            "org.junit.jupiter.api.RepeatedTest",
            "net.jqwik.api.Property",
            "net.jqwik.api.Example");

    /** AssertJ, Playwright's assertions on pages, and ArchUnit's rules, which throw by themselves. */
    private static final List<String> ASSERTING = List.of(
            "org.assertj.",
            "com.microsoft.playwright.assertions.",
            "com.tngtech.archunit.lang.",
            "com.tngtech.archunit.library.");

    @Test
    void everyTestAsserts() {
        JavaClasses tests = new ClassFileImporter()
                .importPaths(Stream.of(
                                Path.of("target/test-classes"),
                                Path.of("../core/target/test-classes"),
                                Path.of("../bench/target/test-classes"))
                        .filter(Files::isDirectory)
                        .toList());
        List<JavaMethod> methods = tests.stream()
                .flatMap(type -> type.getMethods().stream())
                .filter(TestsAssertTest::isTest)
                .toList();

        assertThat(methods).hasSizeGreaterThan(20);
        assertThat(methods.stream()
                        .filter(method -> !asserts(method, new HashSet<>()))
                        .map(JavaMethod::getFullName))
                .as("tests without an assertion")
                .isEmpty();
    }

    @Test
    void aTestWithoutAssertionIsNoticed() {
        JavaClasses classes = new ClassFileImporter().importClasses(Idle.class);
        JavaClasses own = new ClassFileImporter().importClasses(TestsAssertTest.class);

        assertThat(asserts(classes.get(Idle.class).getMethod("idle"), new HashSet<>()))
                .isFalse();
        assertThat(asserts(own.get(TestsAssertTest.class).getMethod("everyTestAsserts"), new HashSet<>()))
                .isTrue();
    }

    private static boolean isTest(JavaMethod method) {
        return TEST_ANNOTATIONS.stream().anyMatch(method::isAnnotatedWith);
    }

    /** Directly or through helpers of the tests; a property that returns a boolean asserts by returning it. */
    private static boolean asserts(JavaCodeUnit unit, Set<String> seen) {
        if (!seen.add(unit.getFullName())) {
            return false;
        }
        if (unit.getRawReturnType().isEquivalentTo(boolean.class) && unit.isAnnotatedWith("net.jqwik.api.Property")) {
            return true;
        }
        return unit.getCallsFromSelf().stream()
                .anyMatch(call -> ASSERTING.stream()
                                .anyMatch(call.getTargetOwner().getName()::startsWith)
                        || call.getTarget().resolveMember().stream()
                                .filter(JavaCodeUnit.class::isInstance)
                                .map(JavaCodeUnit.class::cast)
                                .filter(target -> target.getOwner().getName().startsWith("io.redrl."))
                                .anyMatch(target -> asserts(target, seen)));
    }

    /** Not run: its method carries no annotation. */
    static final class Idle {
        boolean idle() {
            return List.of().isEmpty();
        }
    }
}

package io.redrl.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.redrl.tensor.LibTorch;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Every way into LibTorch leads through {@link LibTorch#load}. */
class LibTorchDoorTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter().importPaths(Path.of("target/classes"), Path.of("../core/target/classes"));

    /**
     * Whoever has a tensor has passed the door. So it must stand in every public class that calls LibTorch and that can be
     * asked for something without handing it a tensor or an object that holds one.
     */
    @Test
    void publicClassesThatReachLibTorchWithoutATensorInHandLoadItFirst() {
        List<JavaClass> entries = CLASSES.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                // The superclass of a network is LibTorch's own and is initialised before anything of ours.
                .filter(type -> !type.isAssignableTo(Pointer.class))
                .filter(type -> !type.isEquivalentTo(LibTorch.class))
                .filter(LibTorchDoorTest::callsLibTorch)
                .filter(type -> type.getCodeUnits().stream().anyMatch(LibTorchDoorTest::needsNoTensor))
                .toList();

        assertThat(entries).as("ways in").hasSizeGreaterThan(10);
        assertThat(entries)
                .filteredOn(type -> type.getMethodCallsFromSelf().stream()
                        .noneMatch(call -> call.getTargetOwner().isEquivalentTo(LibTorch.class)))
                .extracting(JavaClass::getName)
                .as("classes without a call of LibTorch.load")
                .isEmpty();
    }

    private static boolean callsLibTorch(JavaClass type) {
        return type.getAccessesFromSelf().stream()
                .map(JavaAccess::getTargetOwner)
                .anyMatch(owner -> owner.getPackageName().startsWith("org.bytedeco.pytorch"));
    }

    private static boolean needsNoTensor(JavaCodeUnit unit) {
        boolean entry = unit instanceof JavaConstructor
                || unit instanceof JavaMethod && unit.getModifiers().contains(JavaModifier.STATIC);
        boolean ours = !unit.getModifiers().contains(JavaModifier.PRIVATE)
                && !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !unit.getName().equals("valueOf")
                && !unit.getName().equals("values");
        return entry && ours && unit.getRawParameterTypes().stream().noneMatch(LibTorchDoorTest::holdsATensor);
    }

    private static boolean holdsATensor(JavaClass type) {
        Stream<JavaClass> parts = Stream.concat(
                type.getFields().stream().map(field -> field.getRawType()),
                type.getMethods().stream().flatMap(method -> method.getRawParameterTypes().stream()));
        return type.isAssignableTo(Pointer.class)
                || type.getPackageName().startsWith("io.redrl")
                        && parts.anyMatch(part -> part.isAssignableTo(Pointer.class));
    }
}

package io.redrl.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.redrl.tensor.LibTorch;
import io.redrl.tensor.Scopes;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/**
 * Every way into LibTorch leads through {@link LibTorch#load}. Classes that load it when they are initialised (such as {@link Scopes}) are
 * doors, as is the call itself. Whoever has a tensor or a network has passed one; a network's superclass is LibTorch's own and comes before
 * anything of ours, so that whoever makes a network has to pass one first.
 */
class LibTorchDoorTest {
    @Test
    void nothingOfThisProjectMakesATensorOrANetworkBeforeItHasPassedADoor() {
        List<JavaCodeUnit> units = ArchitectureTest.CLASSES.stream()
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC) && !hasATensor(unit))
                .toList();

        assertThat(units).hasSizeGreaterThan(500);
        assertThat(units.stream().flatMap(unit -> wayAround(unit).stream())).isEmpty();
    }

    /** It would be freed with the scope that happens to be open when its class is first used. */
    @Test
    void nothingNativeIsStatic() {
        assertThat(ArchitectureTest.CLASSES.stream()
                        .flatMap(type -> type.getFields().stream())
                        .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                        .filter(field -> isNative(field.getRawType())))
                .isEmpty();
    }

    @Test
    void waysAroundAreNoticed() {
        JavaClasses classes = new ClassFileImporter().importClasses(Faulty.class, Scopes.class, LibTorch.class);
        assertThat(classes.get(Faulty.class).getMethods())
                .filteredOn(method -> !hasATensor(method) && wayAround(method).isPresent())
                .extracting(JavaMember::getName)
                .containsExactlyInAnyOrder("directly", "throughAnother", "tooLate");
    }

    /** What a unit calls of LibTorch, by itself or through others that have no tensor either, before a call on a door. */
    private static Optional<String> wayAround(JavaCodeUnit from) {
        Set<JavaCodeUnit> seen = new HashSet<>(Set.of(from));
        Deque<JavaCodeUnit> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            JavaCodeUnit unit = open.remove();
            for (JavaCall<?> call : callsBeforeADoor(unit)) {
                Optional<? extends JavaMember> target = call.getTarget().resolveMember();
                if (enters(call)) {
                    return Optional.of(from.getFullName() + " through " + call.getDescription());
                }
                if (target.isPresent()
                        && target.get() instanceof JavaCodeUnit next
                        && next.getOwner().getPackageName().startsWith("io.redrl")
                        && !hasATensor(next)
                        && seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return Optional.empty();
    }

    private static List<JavaCall<?>> callsBeforeADoor(JavaCodeUnit unit) {
        if (isDoor(unit.getOwner())) {
            return List.of();
        }
        // Bodies of lambdas count as lines of the method that has them.
        int door = unit.getCallsFromSelf().stream()
                .filter(call -> isDoor(call.getTargetOwner()))
                .mapToInt(JavaAccess::getLineNumber)
                .min()
                .orElse(Integer.MAX_VALUE);
        return unit.getCallsFromSelf().stream()
                .filter(call -> call.getLineNumber() < door)
                .toList();
    }

    private static boolean isDoor(JavaClass type) {
        return type.isEquivalentTo(LibTorch.class)
                || type.getStaticInitializer()
                        .map(start -> start.getMethodCallsFromSelf().stream()
                                .anyMatch(call -> call.getTargetOwner().isEquivalentTo(LibTorch.class)))
                        .orElse(false);
    }

    /** Whether a call needs nothing native but what its arguments are: a function, a static method, a constructor. */
    private static boolean enters(JavaCall<?> call) {
        JavaClass type = call.getTargetOwner();
        return type.isEquivalentTo(torch.class)
                || (isNative(type)
                        && (call instanceof JavaConstructorCall
                                || Arrays.stream(type.reflect().getMethods())
                                        .anyMatch(method -> method.getName().equals(call.getName())
                                                && Modifier.isStatic(method.getModifiers()))));
    }

    private static boolean hasATensor(JavaCodeUnit unit) {
        boolean ofAnObject = !unit.getModifiers().contains(JavaModifier.STATIC) && !(unit instanceof JavaConstructor);
        return isNative(unit.getOwner())
                || unit.getRawParameterTypes().stream().anyMatch(LibTorchDoorTest::holdsATensor)
                || (ofAnObject
                        && unit.getOwner().getFields().stream()
                                .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                                .anyMatch(field -> holdsATensor(field.getRawType())));
    }

    private static boolean holdsATensor(JavaClass type) {
        Stream<JavaClass> parts = Stream.concat(
                type.getFields().stream().map(field -> field.getRawType()),
                type.getMethods().stream().flatMap(method -> method.getRawParameterTypes().stream()));
        return isNative(type)
                || (type.getPackageName().startsWith("io.redrl") && parts.anyMatch(LibTorchDoorTest::isNative));
    }

    /** Whether it is a class of LibTorch (its enumerations are Java's) or a network of ours. */
    private static boolean isNative(JavaClass type) {
        return Stream.concat(Stream.of(type), type.getAllRawSuperclasses().stream())
                .anyMatch(each -> each.getPackageName().equals(Tensor.class.getPackageName()));
    }

    /** Breaks the rule in three ways, and keeps it in three. */
    static final class Faulty {
        private Faulty() {}

        static Tensor directly() {
            return Tensor.create(1f);
        }

        static Tensor throughAnother() {
            return directly();
        }

        static Tensor tooLate() {
            Tensor one = directly();
            return Scopes.scoped(() -> one.add(one));
        }

        static Tensor inAScope() {
            return Scopes.scoped(() -> Tensor.create(1f));
        }

        static Tensor after() {
            LibTorch.load();
            return directly();
        }

        static Tensor with(Tensor tensor) {
            return torch.relu(tensor);
        }
    }
}

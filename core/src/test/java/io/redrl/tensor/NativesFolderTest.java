package io.redrl.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativesFolderTest {
    @TempDir
    private Path folder;

    private Path first;
    private Path second;

    @BeforeEach
    void name() {
        first = folder.resolve("first");
        second = folder.resolve("second");
    }

    @Test
    void takesTheNextFolderWhereTheFirstCannotBeExecutedFrom() throws IOException {
        Path taken = NativesFolder.firstUsable(List.of(of(first), of(second)), each -> !each.equals(first));

        assertThat(taken).isEqualTo(second.toRealPath());
    }

    @Test
    void takesTheNextFolderWhereTheFirstCannotBeMade() throws IOException {
        Files.writeString(first, "a file");

        Path taken = NativesFolder.firstUsable(List.of(of(first), of(second)), NativesFolder::canExecuteFrom);

        assertThat(taken).isEqualTo(second.toRealPath());
    }

    @Test
    void passesOverAHomeThatIsNotThere() throws IOException {
        assertThat(NativesFolder.firstUsable(List.of(Optional::empty, of(second)), each -> true))
                .isEqualTo(second.toRealPath());
    }

    @Test
    void namesAllFoldersAndWhatToDoWhenNoneWillDo() throws IOException {
        Files.writeString(second, "a file");

        assertThatThrownBy(() -> NativesFolder.firstUsable(List.of(of(first), of(second)), each -> false))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(first + " (nothing may be executed from there: noexec)")
                .hasMessageContaining(second + " (cannot be written)")
                .hasMessageContaining("-Dorg.bytedeco.javacpp.cachedir=FOLDER");
    }

    @Test
    void leavesNothingBehindInTheFolderThatItTries() throws IOException {
        assertThat(NativesFolder.canExecuteFrom(folder)).isTrue();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void keepsOneFolderForEachUserAmongTheTemporaryFiles() {
        Path own = NativesFolder.ownTemporary(folder).orElseThrow();

        assertThat(own).isDirectory().hasParent(folder);
        assertThat(NativesFolder.ownTemporary(folder)).contains(own);
    }

    @Test
    void refusesALinkThatLiesWhereItsTemporaryFolderWouldBe() throws IOException {
        Path own = NativesFolder.ownTemporary(folder).orElseThrow();
        Files.delete(own);
        Files.createSymbolicLink(own, Files.createDirectory(second));

        assertThat(NativesFolder.ownTemporary(folder)).isEmpty();
    }

    private static Supplier<Optional<Path>> of(Path path) {
        return () -> Optional.of(path);
    }
}

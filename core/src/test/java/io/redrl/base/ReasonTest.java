package io.redrl.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonTest {
    static Stream<Throwable> errors() {
        return Stream.of(
                new NoSuchFileException("/x"),
                new AccessDeniedException("/x"),
                new NotDirectoryException("/x"),
                new DirectoryNotEmptyException("/x"),
                new FileAlreadyExistsException("/x"),
                new FileSystemException("/x", null, "Is a directory"),
                new UncheckedIOException(new AccessDeniedException("/x")),
                new EOFException(),
                new MalformedInputException(1),
                new IOException(new IOException("No space left on device")),
                new IllegalStateException("shape mismatch"),
                new NullPointerException());
    }

    @ParameterizedTest
    @MethodSource("errors")
    void noMessageNamesClassesOfJava(Throwable error) {
        RedrlException told = new RedrlException("Could not read x: " + error, error);
        assertThat(told).hasMessageStartingWith("Could not read x: ");
        assertThat(told.getMessage()).doesNotContain("Exception", "java.").isNotEqualTo("Could not read x: ");
    }
}

package io.redrl.base;

import java.io.EOFException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;

/** The reason of an error in words for users: what Java says of it without the names of its classes. */
public final class Reason {
    private Reason() {}

    /** The reason on one line, such as {@code no permission}. */
    public static String of(Throwable error) {
        if (error instanceof UncheckedIOException && error.getCause() != null) {
            return of(error.getCause());
        }
        if (error instanceof FileSystemException file) {
            return of(file);
        }
        if (error instanceof EOFException) {
            return "it ends too early";
        }
        if (error instanceof CharacterCodingException) {
            return "it is not text in UTF-8";
        }
        if (error instanceof NullPointerException || error.getMessage() == null) {
            return "an error in redrl itself (--verbose shows where)";
        }
        // A cause's name is quoted where an exception was made from another alone.
        return error.getMessage().replaceFirst("^(?:[a-z_0-9]+\\.)+[A-Z]\\w*(?:Exception|Error): ", "");
    }

    private static String of(FileSystemException error) {
        String file = Objects.requireNonNullElse(error.getFile(), "it");
        if (error instanceof NoSuchFileException) {
            return "there is no " + file;
        }
        if (error instanceof AccessDeniedException) {
            return "no permission for " + file;
        }
        if (error instanceof FileAlreadyExistsException) {
            return file + " is there already";
        }
        if (error instanceof NotDirectoryException) {
            return file + " is no folder";
        }
        if (error instanceof DirectoryNotEmptyException) {
            return "the folder " + file + " is not empty";
        }
        if (error instanceof FileSystemLoopException) {
            return "the link " + file + " leads in a circle";
        }
        return Objects.requireNonNullElse(error.getReason(), error.getMessage());
    }
}

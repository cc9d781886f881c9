package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The checksums of an archive, taken in one reading. MD5 is there because it is what the data sets' sites publish.
 *
 * @param bytes its size
 * @param sha256 in hexadecimal
 * @param md5 in hexadecimal
 */
record ArchiveSums(long bytes, String sha256, String md5) {

    /** Reads a file whole. */
    static ArchiveSums of(Path archive, Progress progress) {
        Checks.require(Files.isRegularFile(archive), "No such file: %s", archive);
        MessageDigest sha256 = Checksums.sha256();
        MessageDigest md5 = newMd5();
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        try (InputStream in = Files.newInputStream(archive);
                Progress.Task task =
                        progress.start("checking " + archive.getFileName(), Files.size(archive), "bytes")) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                progress.checkStopped();
                sha256.update(buffer, 0, n);
                md5.update(buffer, 0, n);
                bytes += n;
                task.advance(n);
            }
        } catch (IOException e) {
            throw new RedrlException("Could not read " + archive + ": " + e, e);
        }
        return new ArchiveSums(bytes, Checksums.hex(sha256), HexFormat.of().formatHex(md5.digest()));
    }

    private static MessageDigest newMd5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has MD5", e);
        }
    }
}

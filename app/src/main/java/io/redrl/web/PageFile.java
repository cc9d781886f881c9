package io.redrl.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/**
 * A file of the page, out of the jar. There are no others: what is asked for is never looked up.
 *
 * @param address under which it is served
 * @param type its content type
 * @param content its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record PageFile(String address, String type, byte[] content) {
    static List<PageFile> all() {
        return List.of(
                of("/", "index.html", "text/html; charset=utf-8"),
                of("/serve.css", "serve.css", "text/css; charset=utf-8"),
                of("/serve.js", "serve.js", "text/javascript; charset=utf-8"),
                of("/icon.svg", "icon.svg", "image/svg+xml"),
                of("/api/v1", "api.html", "text/html; charset=utf-8"),
                of("/api.js", "api.js", "text/javascript; charset=utf-8"),
                of("/api/v1/openapi.json", "openapi.json", "application/json"));
    }

    private static PageFile of(String address, String name, String type) {
        try (InputStream in = Objects.requireNonNull(PageFile.class.getResourceAsStream(name), name)) {
            return new PageFile(address, type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

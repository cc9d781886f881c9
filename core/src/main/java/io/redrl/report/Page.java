package io.redrl.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/**
 * HTML from the templates in {@code src/main/jte}, which are compiled with this package. They escape what they are given, but
 * for what stands behind {@code $unsafe}, which this package made.
 */
final class Page {
    /** From this class's loader: by itself jte asks the thread's. The folder counts for templates that the loader lacks: none. */
    private static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            Path.of("."), ContentType.Html, Page.class.getClassLoader(), Page.class.getPackageName());

    private Page() {}

    /** What a template makes of its parameter. */
    static String of(String template, Object parameter) {
        StringOutput out = new StringOutput();
        TEMPLATES.render(template + ".jte", parameter, out);
        // Names of files may have control characters, which HTML may not.
        return out.toString().replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]", "\uFFFD");
    }

    /** A text file of this package. */
    static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a content security policy calls a script by. */
    static String hash(String script) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

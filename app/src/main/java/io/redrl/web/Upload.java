package io.redrl.web;

import io.redrl.base.RedrlException;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import io.redrl.image.ImageSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/**
 * An image that somebody sent, in memory only.
 *
 * @param name as it was sent, without folders; never a path of this machine
 * @param content the file
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Upload(String name, byte[] content) implements ImageSource {
    /** What a body may be. */
    static final String ACCEPTED = "image/*, application/octet-stream, multipart/form-data";

    private static final int LONGEST_NAME = 200;
    private static final int LARGEST_PART_HEADER = 4096;

    /** Takes folders and what is no text out of the name. */
    Upload {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
                .replaceAll("[\\p{Cntrl}\\p{Cs}\\p{Co}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]", "_");
        last = last.substring(0, Math.min(last.length(), LONGEST_NAME)).strip();
        name = isFileName(last) ? last : "image";
    }

    private static boolean isFileName(String name) {
        try {
            return !name.isBlank() && Path.of(name).getFileName() != null;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    @Override
    public ImageCodec.Decoded read() {
        return ImageCodec.decode(content, name);
    }

    /** Why it is not worth decoding, from its first bytes: no image (415), damaged, or too many pixels (422). */
    Optional<Problem> problem(long mostPixels) {
        try {
            ImageShape shape = ImageCodec.shape(content, name);
            long pixels = (long) shape.width() * shape.height();
            return pixels <= mostPixels
                    ? Optional.empty()
                    : Optional.of(Problem.of(
                            422,
                            String.format(
                                    Locale.ROOT,
                                    "%s has %d×%d pixels, more than the %d that this server takes: scale it down or cut"
                                            + " out a part",
                                    name,
                                    shape.width(),
                                    shape.height(),
                                    mostPixels)));
        } catch (RedrlException e) {
            return Optional.of(Problem.of(
                    ImageFormat.of(content).isEmpty() ? 415 : 422,
                    Objects.requireNonNullElse(e.getMessage(), "not an image")));
        }
    }

    /**
     * The images of a body.
     *
     * @param type its content type
     * @param name of a body that is one image
     * @param most images
     * @throws Problem.Refusal if it is none, or has too many
     */
    static List<Upload> in(@Nullable String type, byte[] body, String name, int most) {
        String kind = kind(type);
        if (!kind.equals("multipart/form-data")) {
            if (body.length == 0) {
                throw Problem.of(400, "The body is empty: send the content of an image file")
                        .refusal();
            }
            return List.of(new Upload(name, body));
        }
        String boundary = MultiPart.extractBoundary(Objects.requireNonNull(type));
        if (boundary == null || boundary.isEmpty()) {
            throw Problem.of(400, "The content type multipart/form-data names no boundary")
                    .refusal();
        }
        List<Upload> uploads = parts(boundary, body, most);
        if (uploads.isEmpty()) {
            throw Problem.of(400, "The form has no parts: send each image as one")
                    .refusal();
        }
        return uploads;
    }

    /** @throws Problem.Refusal if bodies of this type are not taken */
    static void requireType(@Nullable String type) {
        String kind = kind(type);
        if (!kind.startsWith("image/")
                && !kind.equals("application/octet-stream")
                && !kind.equals("multipart/form-data")) {
            throw Problem.of(
                            415,
                            "An image file is expected, with one of the content types " + ACCEPTED
                                    + (kind.isEmpty() ? "; the request names none" : ""))
                    .refusal();
        }
    }

    private static String kind(@Nullable String type) {
        return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private static List<Upload> parts(String boundary, byte[] body, int most) {
        MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
        parser.setMaxParts(most);
        parser.setMaxMemoryFileSize(
                -1); // In memory whatever its size: no folder is set, so that nothing can be written to one.
        parser.setMaxFileSize(-1);
        parser.setMaxLength(-1);
        parser.setPartHeadersMaxLength(LARGEST_PART_HEADER);
        CompletableFuture<MultiPartFormData.Parts> parsed = new CompletableFuture<>();
        parser.parse(Content.Source.from(ByteBuffer.wrap(body)), Promise.Invocable.toPromise(parsed));
        try (MultiPartFormData.Parts parts = parsed.join()) {
            List<Upload> uploads = new ArrayList<>();
            for (MultiPart.Part part : parts) {
                ByteBuffer content = Content.Source.asByteBuffer(part.createContentSource());
                byte[] bytes = new byte[content.remaining()];
                content.get(bytes);
                String name = Objects.requireNonNullElse(
                        part.getFileName(), Objects.requireNonNullElse(part.getName(), "image"));
                uploads.add(new Upload(name.replace("%22", "\""), bytes)); // So browsers and curl write quotes.
            }
            return uploads;
        } catch (CompletionException | IllegalStateException | IOException e) {
            String why = String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            throw why.contains("too many keys")
                    ? Problem.of(413, "A request may have " + most + " images here: send more in several requests")
                            .refusal()
                    : Problem.of(400, "The body is no form with files (multipart/form-data) or ends too early")
                            .refusal();
        }
    }
}

package io.redrl.web;

import io.redrl.base.Json;
import io.redrl.identify.IdentifiedFile;
import io.redrl.identify.Identifier;
import io.redrl.report.IdentificationPage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A request to identify images, from its body to its answer. */
final class IdentifyRequest {
    private final Ask ask;
    private final List<Upload> uploads;
    private final List<Optional<Problem>> problems;
    private List<CompletableFuture<IdentifiedFile>> judged = List.of();

    /**
     * An answer.
     *
     * @param type its content type
     * @param text of it
     */
    record Answer(String type, String text) {}

    /** Looks at the first bytes of each image. */
    IdentifyRequest(Ask ask, List<Upload> uploads, long mostPixels) {
        this.ask = ask;
        this.uploads = uploads;
        this.problems =
                uploads.stream().map(upload -> upload.problem(mostPixels)).toList();
    }

    /** How many images were sent. */
    int images() {
        return uploads.size();
    }

    /**
     * Has those judged that can be read; done when all are.
     *
     * @throws Problem.Refusal if there is no room
     */
    CompletableFuture<Void> judge(IdentifyQueue queue, ServeLimits limits) {
        List<Upload> readable = new ArrayList<>();
        for (int i = 0; i < uploads.size(); i++) {
            if (problems.get(i).isEmpty()) {
                readable.add(uploads.get(i));
            }
        }
        judged = queue.add(readable, ask.settings());
        return CompletableFuture.allOf(judged.toArray(CompletableFuture[]::new))
                .orTimeout(limits.answer().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Takes back what has not been judged yet. */
    void cancel() {
        judged.forEach(result -> result.cancel(false));
    }

    /**
     * The answer, when all images are judged.
     *
     * @throws Problem.Refusal if none could be read
     */
    Answer answer(Identifier identifier, AnswerForm form, ServeMetrics metrics) {
        List<IdentifiedFile> files = files();
        files.forEach(metrics::judged);
        if (files.stream().allMatch(file -> file.identification().isEmpty())) {
            throw problems.get(0)
                    .orElseGet(() -> Problem.of(422, files.get(0).failure().orElse("not readable")))
                    .refusal();
        }
        if (ask.html()) {
            IdentificationPage page = new IdentificationPage();
            files.forEach(file -> file.identification().ifPresent(page::add));
            return new Answer("text/html; charset=utf-8", page.text());
        }
        return new Answer(
                "application/json",
                Json.line(form.of(identifier.judge(), identifier.remarks(), files, file -> file.identification()
                        .map(found -> Picture.of(ask.pictures(), found))
                        .orElse(Map.of()))));
    }

    private List<IdentifiedFile> files() {
        Iterator<CompletableFuture<IdentifiedFile>> next = judged.iterator();
        List<IdentifiedFile> files = new ArrayList<>();
        for (int i = 0; i < uploads.size(); i++) {
            Path name = Path.of(uploads.get(i).name());
            files.add(
                    problems.get(i).isPresent()
                            ? new IdentifiedFile(
                                    name,
                                    Optional.empty(),
                                    Optional.of(problems.get(i).get().detail()))
                            : next.next().join());
        }
        return files;
    }

    /** What a failure means for whoever asked. */
    static Optional<Problem> problem(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem.Refusal refusal) {
                return Optional.of(refusal.problem());
            }
            if (cause instanceof CancellationException) {
                return Optional.of(Problem.later(503, "The image was not judged in time: try again later", 1));
            }
            if (cause instanceof OutOfMemoryError
                    || String.valueOf(cause.getMessage()).contains("can't allocate")) {
                return Optional.of(Problem.later(503, "There is not enough memory at the moment: try again later", 5));
            }
        }
        return Optional.empty();
    }
}

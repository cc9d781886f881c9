package io.redrl.web;

import io.redrl.identify.IdentifiedFile;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Form of an answer: that of {@code identify --json}, which the command line has. */
@FunctionalInterface
public interface AnswerForm {
    /**
     * What is written as JSON.
     *
     * @param judge the model's name
     * @param notes what to know of every verdict
     * @param files in the order of the request
     * @param pictures of a file, by what they show
     */
    Object of(
            String judge,
            List<String> notes,
            List<IdentifiedFile> files,
            Function<IdentifiedFile, Map<String, String>> pictures);
}

package io.redrl.identify;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What became of one file: one of the two is there.
 *
 * @param file as it was given
 * @param identification what was found
 * @param failure why nothing could be
 */
public record Outcome(Path file, Optional<Identification> identification, Optional<String> failure) {}

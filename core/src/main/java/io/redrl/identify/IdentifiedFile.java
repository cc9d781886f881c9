package io.redrl.identify;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that was to be identified: either what was found or why nothing could be.
 *
 * @param file as it was given
 * @param identification what was found
 * @param failure why nothing could be
 */
public record IdentifiedFile(Path file, Optional<Identification> identification, Optional<String> failure) {}

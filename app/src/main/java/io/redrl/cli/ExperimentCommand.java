package io.redrl.cli;

import picocli.CommandLine.Command;

/** {@code redrl experiment}. */
@Command(name = "experiment", description = "Write experiment files.")
final class ExperimentCommand extends GroupCommand {}

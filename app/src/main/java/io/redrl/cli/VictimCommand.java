package io.redrl.cli;

import picocli.CommandLine.Command;

/** {@code redrl victim}. */
@Command(name = "victim", description = "Train the models that are attacked, and look at them.")
final class VictimCommand extends GroupCommand {}

package io.redrl.cli;

import picocli.CommandLine.Command;

/** {@code redrl data}. */
@Command(name = "data", description = "Get data sets and look at them.")
final class DataCommand extends GroupCommand {}

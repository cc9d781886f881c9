package io.redrl.cli;

import picocli.CommandLine.Command;

/** {@code redrl saliency}. */
@Command(
        name = "saliency",
        description = "Saliency: filters of a victim that an attack activates, and the pixels that do it.")
final class SaliencyCommand extends GroupCommand {}

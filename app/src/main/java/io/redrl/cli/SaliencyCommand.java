package io.redrl.cli;

import picocli.CommandLine.Command;

/** {@code redrl saliency}. */
@Command(name = "saliency", description = "Which filters and which pixels of a victim images and attacks speak to.")
final class SaliencyCommand extends GroupCommand {}

/**
 * Experiments: the records of a YAML file, and its stages, each redone only when what it was made from has changed.
 * {@link io.redrl.experiment.ExperimentRunner} lists the stages in their order; its runner knows no more of a stage than its folder, its
 * inputs and its work.
 *
 * <p>May use: every other room of the library.
 */
@NullMarked
package io.redrl.experiment;

import org.jspecify.annotations.NullMarked;

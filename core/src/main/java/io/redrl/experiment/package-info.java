/**
 * One experiment is one YAML file: its records, and the walk through its stages, each redone only when what it was
 * made from has changed.
 *
 * <p>May use: every other room of the library.
 */
@NullMarked
package io.redrl.experiment;

import org.jspecify.annotations.NullMarked;

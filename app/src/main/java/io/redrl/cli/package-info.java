/**
 * The command line: one class per command. Standard output carries results and nothing else, so that it can be piped;
 * progress, warnings and errors go to standard error.
 *
 * <p>May use: every room of the library. Knows no LibTorch type, and is the only room that touches {@code System.out}
 * and {@code System.err}.
 */
@NullMarked
package io.redrl.cli;

import org.jspecify.annotations.NullMarked;

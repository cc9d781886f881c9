/** Damaged files of every kind that comes from outside: read, or refused by name. */
@NullMarked
package io.redrl.fuzz;

import org.jspecify.annotations.NullMarked;

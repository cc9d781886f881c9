/**
 * What every other package uses: errors, argument checks, seeds, progress, JSON and YAML, atomic files, checksums.
 *
 * <p>May use nothing of ours and knows no tensor.
 */
@NullMarked
package io.redrl.base;

import org.jspecify.annotations.NullMarked;

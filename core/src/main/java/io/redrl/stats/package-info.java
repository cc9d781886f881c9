/**
 * Statistics of results: proportions and their intervals, AUROC, calibration error, quantiles, tests. Uses {@code base}.
 */
@NullMarked
package io.redrl.stats;

import org.jspecify.annotations.NullMarked;

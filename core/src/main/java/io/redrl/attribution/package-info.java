/**
 * Attribution of attacks in images of any origin: the taxonomy of attacks, the worlds of images and attacks to learn it from, the
 * network that reads residuals at full resolution, its training, its calibration and its verdicts.
 */
@NullMarked
package io.redrl.attribution;

import org.jspecify.annotations.NullMarked;

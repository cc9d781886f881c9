package io.redrl.identify;

import io.redrl.image.Tiling;

/**
 * How an image was read.
 *
 * @param how as a whole or in pieces
 * @param tiles pieces that were looked at
 * @param tilesInAll pieces that would cover the image
 * @param agreeing pieces whose own verdict is the image's
 */
public record Reading(Tiling.Reading how, int tiles, int tilesInAll, int agreeing) {}

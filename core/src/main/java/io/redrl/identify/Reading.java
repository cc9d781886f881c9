package io.redrl.identify;

/**
 * How an image was read.
 *
 * @param how {@code whole}, {@code tiles}, {@code scaled}, or {@code padded} (continued by its mirror image)
 * @param tiles pieces that were looked at
 * @param tilesInAll pieces that would cover the image
 * @param agreeing pieces whose own verdict is the image's
 */
public record Reading(String how, int tiles, int tilesInAll, int agreeing) {}

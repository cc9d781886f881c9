package io.redrl.model;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A convolution as it ran on some images: all that its filters' gradients are made from. Square, zero-padded,
 * {@code y = conv(x, scale · w) + b}. The tensors belong to the scope in which the network ran.
 *
 * @param name of its weights, without {@code .weight}
 * @param weight of the filters {@code [C',C/groups,k,k]}, before any folding
 * @param stride in pixels, both ways
 * @param padding in pixels, on every side
 * @param groups of channels
 * @param scale what a folded batch norm has multiplied each filter with {@code [C']}; null for nothing
 * @param input {@code [N,C,H,W]}
 * @param output {@code [N,C',H',W']}, with a graph back to the images if they record gradients
 */
public record Convolution(
        String name,
        Tensor weight,
        long stride,
        long padding,
        long groups,
        @Nullable Tensor scale,
        Tensor input,
        Tensor output) {}

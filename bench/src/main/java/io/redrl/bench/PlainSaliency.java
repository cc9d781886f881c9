package io.redrl.bench;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Filter saliency as one writes it, one image at a time:
 *
 * <pre>
 *  for x, y in zip(images, labels):
 *      model.zero_grad()
 *      cross_entropy(model(x), y).backward()
 *      saliency = [w.grad.abs().mean((1, 2, 3)) for w in filters]
 * </pre>
 */
final class PlainSaliency {
    private PlainSaliency() {}

    /**
     * The mean absolute gradient of every filter's weights for every image; from here on the model's filters record gradients,
     * its other parameters do not.
     *
     * @param pixels {@code [N,C,H,W]} in [0, 1]
     * @return for each image the filters of all convolutions, in the order of the parameters
     */
    static double[][] of(PlainNetwork model, Tensor pixels, long[] labels) {
        Scopes.run(() -> model.filters().forEach(filters -> filters.requires_grad_(true)));
        double[][] saliency = new double[labels.length][];
        Arrays.setAll(saliency, image -> Scopes.valued(() -> one(model, pixels.narrow(0, image, 1), labels[image])));
        return saliency;
    }

    private static double[] one(PlainNetwork model, Tensor image, long label) {
        model.filters().forEach(filters -> filters.mutable_grad().reset());
        torch.cross_entropy(model.logits(image), Tensors.longs(label)).backward();
        return model.filters().stream()
                .flatMapToDouble(filters ->
                        Arrays.stream(Tensors.toDoubles(filters.grad().abs().mean(1, 2, 3))))
                .toArray();
    }
}

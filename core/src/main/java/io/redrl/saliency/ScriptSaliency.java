package io.redrl.saliency;

import io.redrl.attack.AttackLosses;
import io.redrl.base.RedrlException;
import io.redrl.model.TorchScriptClassifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Filter saliency of a TorchScript file: nothing is known of what happens inside, so each image goes forward and back alone, to the parameters
 * with four dimensions. These record gradients while saliency is computed, and from then on.
 */
final class ScriptSaliency extends FilterSaliency {
    private final TorchScriptClassifier script;

    ScriptSaliency(TorchScriptClassifier script) {
        super(script, Scopes.valued(() -> layout(script)));
        this.script = script;
        Scopes.run(() -> script.filters().values().forEach(weights -> weights.requires_grad_(true)));
    }

    private static FilterLayout layout(TorchScriptClassifier script) {
        Map<String, Tensor> filters = script.filters();
        if (filters.isEmpty()) {
            throw new RedrlException(
                    "victim " + script.id() + " has no parameters with four dimensions, so there are no"
                            + " filters to look at; a frozen TorchScript file hides them: export it without torch.jit.freeze");
        }
        return new FilterLayout(filters.entrySet().stream()
                .map(filter -> new FilterLayout.Layer(
                        filter.getKey(), Math.toIntExact(filter.getValue().size(0))))
                .toList());
    }

    @Override
    long bytesPerImage() {
        return 1; // unknown, and of no use: images go one at a time whatever the memory
    }

    @Override
    Tensor saliency(Tensor images, long[] labels, boolean recorded) {
        List<Tensor> filters = List.copyOf(script.filters().values());
        TensorVector rows = new TensorVector();
        for (int i = 0; i < labels.length; i++) {
            int row = i;
            Tensor image = images.narrow(0, i, 1);
            rows.push_back(
                    recorded
                            ? one(filters, image, labels[i], true)
                            : Scopes.scoped(() -> one(filters, image, labels[row], false)));
        }
        return torch.stack(rows);
    }

    private Tensor one(List<Tensor> filters, Tensor image, long label, boolean recorded) {
        Tensor loss = AttackLosses.crossEntropy(script.logitsThroughFilters(image), Tensors.longs(label))
                .sum();
        TensorVector layers = new TensorVector();
        for (Tensor gradient : Tensors.gradients(loss, filters, recorded)) {
            layers.push_back(gradient.abs().mean(1, 2, 3));
        }
        return torch.cat(layers);
    }
}

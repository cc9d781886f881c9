package io.redrl.evaluation;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
import io.redrl.adversarial.SetRows;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.calibration.Prediction;
import io.redrl.data.ImageDataset;
import io.redrl.image.Image;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** Choice of test images to look at, and what victims and recogniser predict for them. */
public final class Exemplars {
    private Exemplars() {}

    /**
     * The same few images under every attack: those that the most attacks fooled as stored, then the lowest index. It
     * looks at the attacks only, never at the recogniser or the reconstructor, so the choice flatters neither.
     *
     * @param rows an adversarial set
     * @param images how many images
     * @return rows attack by attack, each attack's in the order of the images
     */
    public static List<AdversarialExample> choose(List<AdversarialExample> rows, int images) {
        Checks.positive("images to show", images);
        Map<Integer, Integer> fooled = new TreeMap<>();
        for (AttackClass attack : AttackClass.attacks()) {
            SetRows.heads(rows).stream()
                    .filter(r -> r.attack().equals(attack.id()))
                    .filter(Exemplars::fooledForGood)
                    .map(AdversarialExample::index)
                    .distinct()
                    .forEach(index -> fooled.merge(index, 1, Integer::sum));
        }
        List<Integer> indices = fooled.keySet().stream()
                .sorted(Comparator.comparing((Integer i) -> -fooled.getOrDefault(i, 0))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(images)
                .toList();
        List<AdversarialExample> theirs = SetRows.where(rows, r -> indices.contains(r.index()));
        List<AdversarialExample> chosen = new ArrayList<>();
        for (AttackClass attack : AttackClass.attacks()) {
            for (int index : indices) {
                first(theirs, attack, index).ifPresent(chosen::add);
            }
        }
        return chosen;
    }

    private static boolean fooledForGood(AdversarialExample row) {
        return row.outcome().success8bit() && row.outcome().cleanPrediction() == row.label();
    }

    private static Optional<AdversarialExample> first(List<AdversarialExample> rows, AttackClass attack, int index) {
        return rows.stream()
                .filter(r -> r.index() == index && r.attack().equals(attack.id()))
                .min(Comparator.comparing(r -> !fooledForGood(r)));
    }

    /**
     * Gathers the images and predictions of some rows.
     *
     * @param rows attacked rows
     * @param victims every victim that the rows name, by id
     * @param data the split that the rows' indices belong to
     * @param reconstruct G: {@code [N,3,H,W]} float32 in [0, 1] to the same, in the caller's scope
     * @param recogniser REDRL
     */
    public static List<Exemplar> of(
            List<AdversarialExample> rows,
            Map<String, Classifier> victims,
            ImageDataset data,
            UnaryOperator<Tensor> reconstruct,
            Evaluator.RowPredictions recogniser) {
        List<Exemplar> exemplars = new ArrayList<>();
        for (AdversarialExample row : rows) {
            Classifier victim = victims.get(row.victim());
            Checks.require(victim != null, "no victim called %s; there are %s", row.victim(), victims.keySet());
            exemplars.add(exemplar(row, java.util.Objects.requireNonNull(victim), data, reconstruct, recogniser));
        }
        return exemplars;
    }

    private static Exemplar exemplar(
            AdversarialExample row,
            Classifier victim,
            ImageDataset data,
            UnaryOperator<Tensor> reconstruct,
            Evaluator.RowPredictions recogniser) {
        List<AdversarialExample> one = List.of(row);
        Prediction prediction = recogniser.of(one).get(0);
        long repaired = Evaluator.verdicts(victim, reconstruct).of(one)[0];
        Image adversarial =
                Scopes.valuedNoGrad(() -> Tensors.images(ImageStack.pixels(one)).get(0));
        Image reconstruction = Scopes.valuedNoGrad(
                () -> Tensors.images(reconstruct.apply(ImageStack.pixels(one))).get(0));
        return new Exemplar(
                row.index(),
                className(data, row.label()),
                row.attack(),
                row.victim(),
                row.config(),
                className(data, row.outcome().cleanPrediction()),
                className(data, row.outcome().adversarialPrediction()),
                className(data, repaired),
                prediction.best().id(),
                prediction.confidence(),
                row.outcome().linf(),
                row.outcome().l2(),
                data.image(row.index()),
                adversarial,
                reconstruction);
    }

    private static String className(ImageDataset data, long label) {
        List<String> names = data.classNames();
        return label >= 0 && label < names.size() ? names.get((int) label) : "class " + label;
    }
}

package io.redrl.experiment;

import io.redrl.base.Checks;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.recognition.LossSettings;
import io.redrl.recognition.RecogniserInput;
import io.redrl.recognition.RecogniserSpec;
import java.util.List;

/**
 * Recogniser of an experiment: what it is trained from, and what it is compared with.
 *
 * @param settings all that training needs beside data and networks
 * @param kind its role
 * @param of the recogniser that it is a version of: from another seed, with a part taken away, or without some victims; empty if of none
 * @param seedNumber which training seed: 1, or more for a repetition of {@code of}
 * @param title how tables call it
 */
record Variant(RecogniserSpec settings, RecogniserKind kind, String of, int seedNumber, String title) {

    /** The recogniser's name in folders. */
    String name() {
        return settings.name();
    }

    /** Whether every victim's images are in its training set: only then can it be compared with others on the whole test set. */
    boolean metAllVictims() {
        return settings.leftOutVictims().isEmpty();
    }

    /** The same again from another seed. */
    Variant repeated(int number) {
        String label = "seed" + number;
        RecogniserSpec again = settings.withInput(name() + "." + label, settings.input())
                .withSeed(settings.seedValue().child(label).value());
        return new Variant(again, kind, name(), number, title + ", seed " + number);
    }

    /** The same with what its entry leaves out: the recogniser that it is a version of, and a title of its own. */
    Variant among(List<Variant> all) {
        String whole = of;
        if (!metAllVictims() && of.isEmpty()) {
            whole = all.stream()
                    .filter(other -> other.metAllVictims() && other.kind() == kind)
                    .map(Variant::name)
                    .findFirst()
                    .orElse("");
        }
        List<String> others = all.stream()
                .map(Variant::name)
                .filter(name -> !name.equals(name()))
                .toList();
        Checks.require(
                whole.isEmpty() || others.contains(whole),
                "%s is said to be a version of %s, which is none of the other variants %s",
                name(),
                whole,
                others);
        return new Variant(settings, kind, whole, seedNumber, title.isEmpty() ? title(all) : title);
    }

    private String title(List<Variant> all) {
        if (!metAllVictims()) {
            return kind.title() + " without " + String.join(", ", settings.leftOutVictims());
        }
        boolean alone = all.stream()
                        .filter(one -> one.kind == kind && one.title.isEmpty() && one.metAllVictims())
                        .count()
                == 1;
        return kind == RecogniserKind.OTHER ? name() : alone ? kind.title() : kind.title() + " (" + name() + ")";
    }

    /** The role that settings alone tell. */
    static RecogniserKind kindOf(RecogniserSpec settings) {
        RecogniserInput input = settings.input();
        // One that asks victims is no baseline and not the paper's, whatever it sees beside their answers.
        if (!settings.victimFeatures().isEmpty()) {
            return input.reconstructs() || input == RecogniserInput.LINEAR_PREDICTION_RESIDUAL_AND_IMAGE
                    ? RecogniserKind.PLUS
                    : RecogniserKind.OTHER;
        }
        // No baseline either: it has seen more than the set.
        boolean exposed = settings.training().exposure().isPresent();
        return switch (input) {
            case IMAGE -> exposed ? RecogniserKind.OTHER : RecogniserKind.IMAGE;
            case SRM_AND_IMAGE -> exposed ? RecogniserKind.OTHER : RecogniserKind.HIGH_PASS;
            case PERTURBATION_AND_IMAGE -> RecogniserKind.ORACLE;
            case RESIDUAL_AND_IMAGE -> kindOf(settings.losses());
            // Inputs that the paper does not have.
            case RESIDUAL_SRM_AND_IMAGE, LINEAR_PREDICTION_RESIDUAL_AND_IMAGE -> RecogniserKind.PLUS;
        };
    }

    /** The paper's Table 5. */
    private static RecogniserKind kindOf(LossSettings losses) {
        boolean features = losses.features() > 0;
        boolean classification = losses.imageClassification() > 0;
        if (losses.reconstruction() > 0) {
            return features
                    ? classification ? RecogniserKind.REDRL : RecogniserKind.ABLATION_B
                    : classification ? RecogniserKind.ABLATION_C : RecogniserKind.ABLATION_A;
        }
        return features || classification ? RecogniserKind.OTHER : RecogniserKind.ATTACK_LOSS_ONLY;
    }

    /** What Ψ sees, in a few words. */
    String input() {
        String maps =
                switch (settings.input()) {
                    case IMAGE -> "I_adv";
                    case PERTURBATION_AND_IMAGE -> "δ, I_adv";
                    case RESIDUAL_AND_IMAGE -> "I_adv − G(I_adv), I_adv";
                    case SRM_AND_IMAGE -> "high-pass maps, I_adv";
                    case RESIDUAL_SRM_AND_IMAGE -> "I_adv − G(I_adv), high-pass maps, I_adv";
                    case LINEAR_PREDICTION_RESIDUAL_AND_IMAGE -> "linear prediction residual, high-pass maps, I_adv";
                };
        return settings.victimFeatures().isEmpty()
                ? maps
                : maps + ", features of " + String.join(", ", settings.victimFeatures());
    }
}

package io.redrl.experiment;

import io.redrl.evaluation.RecogniserKind;
import io.redrl.recognition.LossSettings;
import io.redrl.recognition.RecogniserInput;
import io.redrl.recognition.RecogniserSpec;

/** What sort a recogniser is and what tables call it: by its settings, and {@code redrl+} and its ablations by name. */
final class RecogniserKinds {
    /** The name of {@code redrl+} in experiment files. */
    static final String PLUS = "redrl-plus";

    private static final String WITHOUT = PLUS + ".without-";

    private RecogniserKinds() {}

    /** What sort of recogniser it is. */
    static RecogniserKind of(RecogniserSpec recogniser) {
        String name = base(recogniser.name());
        if (name.startsWith(WITHOUT)) {
            return RecogniserKind.PLUS_ABLATION;
        }
        if (name.equals(PLUS)) {
            return RecogniserKind.PLUS;
        }
        RecogniserInput input = recogniser.input();
        // One that asks victims is no baseline and not the paper's, whatever it sees beside their answers.
        if (!recogniser.victimFeatures().isEmpty()) {
            return input.reconstructs() ? RecogniserKind.PLUS : RecogniserKind.OTHER;
        }
        // No baseline either: it has seen more than the set.
        if (recogniser.training().exposure().isPresent()
                && (input == RecogniserInput.IMAGE || input == RecogniserInput.SRM_AND_IMAGE)) {
            return RecogniserKind.OTHER;
        }
        if (input == RecogniserInput.IMAGE) {
            return RecogniserKind.IMAGE;
        }
        if (input == RecogniserInput.PERTURBATION_AND_IMAGE) {
            return RecogniserKind.ORACLE;
        }
        if (input == RecogniserInput.SRM_AND_IMAGE) {
            return RecogniserKind.HIGH_PASS;
        }
        // Inputs that the paper does not have.
        return input == RecogniserInput.RESIDUAL_AND_IMAGE ? byLosses(recogniser.losses()) : RecogniserKind.PLUS;
    }

    /** The paper's Table 5. */
    private static RecogniserKind byLosses(LossSettings losses) {
        boolean features = losses.features() > 0;
        boolean verdict = losses.imageClassification() > 0;
        if (losses.reconstruction() > 0) {
            return features
                    ? verdict ? RecogniserKind.REDRL : RecogniserKind.ABLATION_B
                    : verdict ? RecogniserKind.ABLATION_C : RecogniserKind.ABLATION_A;
        }
        return features || verdict ? RecogniserKind.OTHER : RecogniserKind.ATTACK_LOSS_ONLY;
    }

    /** How tables call it. */
    static String title(RecogniserSpec recogniser) {
        String name = recogniser.name();
        String base = base(name);
        String seed = name.equals(base)
                ? ""
                : ", " + name.substring(base.length() + 1).replace("seed", "seed ");
        return switch (of(recogniser)) {
                    case IMAGE -> "Ψ on the image alone";
                    case REDRL -> base.equals("redrl") ? "REDRL" : "REDRL (" + base + ")";
                    case PLUS -> base.equals(PLUS) ? "redrl+" : "redrl+ (" + base + ")";
                    case ATTACK_LOSS_ONLY -> "REDRL's networks, L_AC alone";
                    case HIGH_PASS -> "Ψ on fixed high-pass maps";
                    case ORACLE -> "oracle: Ψ on the true perturbation";
                    case ABLATION_A -> "A: L_R + L_AC";
                    case ABLATION_B -> "B: A + L_F";
                    case ABLATION_C -> "C: A + L_IC";
                    case PLUS_ABLATION ->
                        "redrl+ without " + base.substring(WITHOUT.length()).replace('-', ' ');
                    case OTHER -> base;
                }
                + seed;
    }

    /** What Ψ sees, in a few words. */
    static String input(RecogniserSpec recogniser) {
        String maps = maps(recogniser.input());
        return recogniser.victimFeatures().isEmpty()
                ? maps
                : maps + ", answers of " + String.join(", ", recogniser.victimFeatures());
    }

    private static String maps(RecogniserInput input) {
        return switch (input) {
            case IMAGE -> "I_adv";
            case PERTURBATION_AND_IMAGE -> "δ, I_adv";
            case RESIDUAL_AND_IMAGE -> "I_adv − G(I_adv), I_adv";
            case SRM_AND_IMAGE -> "high-pass maps, I_adv";
            case RESIDUAL_SRM_AND_IMAGE -> "I_adv − G(I_adv), high-pass maps, I_adv";
            case LINEAR_PREDICTION_RESIDUAL_AND_IMAGE -> "errors of prediction, high-pass maps, I_adv";
        };
    }

    private static String base(String name) {
        return name.replaceFirst("\\.seed[1-9][0-9]*$", "");
    }
}

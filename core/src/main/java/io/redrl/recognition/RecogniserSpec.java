package io.redrl.recognition;

import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.ReconstructorSpec;
import java.util.List;

/**
 * Everything that a recogniser is made from, but for the data, the victim and the feature extractor.
 *
 * @param name of the recogniser: a folder name and a row of tables
 * @param input what Ψ sees; the baselines differ from REDRL in this
 * @param residualScale factor on residuals, perturbations and what filters leave on their way into Ψ
 * @param reconstructor size of G; used only by inputs that reconstruct
 * @param classifier size of Ψ
 * @param losses how they are weighed; inputs that do not reconstruct have L_AC alone
 * @param training how it is trained
 * @param victimFeatures victims that Ψ may ask about an image, beside looking at it; none in the paper
 * @param leftOutVictims training leaves out every image that one of these was attacked with: how the recogniser does on a
 *     victim that it never met
 * @param phi the victim that serves as Φ in L_IC; empty for the experiment's
 * @param seed fixes initial weights, order and draws
 */
public record RecogniserSpec(
        String name,
        RecogniserInput input,
        double residualScale,
        ReconstructorSpec reconstructor,
        AttackClassifierSpec classifier,
        LossSettings losses,
        TrainingSettings training,
        List<String> victimFeatures,
        List<String> leftOutVictims,
        String phi,
        long seed) {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

    /** Checks names, which become paths, and the scale; the parts check themselves. */
    public RecogniserSpec {
        victimFeatures = List.copyOf(victimFeatures);
        leftOutVictims = List.copyOf(leftOutVictims);
        Checks.require(
                name.matches(NAME), "recogniser name must be of letters, digits, '.', '_' and '-', got '%s'", name);
        victimFeatures.forEach(victim -> Checks.require(
                victim.matches(NAME), "victims' names must be of letters, digits, '.', '_' and '-', got '%s'", victim));
        Checks.positive("residual-scale", residualScale);
        Checks.require(
                training.exposure().isEmpty() || !(input.reconstructs() || input.needsClean()),
                "exposure is for recognisers that look at images alone, not for %s with its input %s: what should a changed image be"
                        + " compared with?",
                name,
                input);
    }

    /**
     * The paper's settings for CIFAR-10 (§4.2; what it leaves open is taken from the authors' code). Departure: G runs
     * at the images' own size and only Ψ's input is resized to 64×64; the authors' code resizes before G.
     */
    public static RecogniserSpec paper() {
        return new RecogniserSpec(
                "redrl",
                RecogniserInput.RESIDUAL_AND_IMAGE,
                1,
                ReconstructorSpec.paper(),
                AttackClassifierSpec.paper(),
                LossSettings.paper(),
                TrainingSettings.paper(),
                List.of(),
                List.of(),
                "",
                1);
    }

    /** Small networks, paired batches, scaled residuals and a near-identity start, for training on a CPU in minutes. */
    public static RecogniserSpec compact() {
        return new RecogniserSpec(
                "redrl",
                RecogniserInput.RESIDUAL_AND_IMAGE,
                16,
                ReconstructorSpec.compact(),
                AttackClassifierSpec.compact(),
                LossSettings.scaled(),
                TrainingSettings.compact(),
                List.of(),
                List.of(),
                "",
                1);
    }

    /** The seed as an argument for what draws. */
    public Seed seedValue() {
        return new Seed(seed);
    }

    /** The same under another name and with another input of Ψ. */
    public RecogniserSpec withInput(String newName, RecogniserInput newInput) {
        return new RecogniserSpec(
                newName,
                newInput,
                residualScale,
                reconstructor,
                classifier,
                losses,
                training,
                victimFeatures,
                leftOutVictims,
                phi,
                seed);
    }

    /** The same under another name and with other losses. */
    public RecogniserSpec withLosses(String newName, LossSettings newLosses) {
        return new RecogniserSpec(
                newName,
                input,
                residualScale,
                reconstructor,
                classifier,
                newLosses,
                training,
                victimFeatures,
                leftOutVictims,
                phi,
                seed);
    }

    /** The same with networks of other sizes. */
    public RecogniserSpec withNetworks(ReconstructorSpec newReconstructor, AttackClassifierSpec newClassifier) {
        return new RecogniserSpec(
                name,
                input,
                residualScale,
                newReconstructor,
                newClassifier,
                losses,
                training,
                victimFeatures,
                leftOutVictims,
                phi,
                seed);
    }

    /** The same, trained in another way. */
    public RecogniserSpec withTraining(TrainingSettings newTraining) {
        return new RecogniserSpec(
                name,
                input,
                residualScale,
                reconstructor,
                classifier,
                losses,
                newTraining,
                victimFeatures,
                leftOutVictims,
                phi,
                seed);
    }

    /** The same from another seed. */
    public RecogniserSpec withSeed(long newSeed) {
        return new RecogniserSpec(
                name,
                input,
                residualScale,
                reconstructor,
                classifier,
                losses,
                training,
                victimFeatures,
                leftOutVictims,
                phi,
                newSeed);
    }
}

package io.redrl.attribution;

import io.redrl.attack.ApgdSpec;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.CwL2Spec;
import io.redrl.attack.CwLinfSpec;
import io.redrl.attack.CwLinfTauSpec;
import io.redrl.attack.DeepFoolSpec;
import io.redrl.attack.EadSpec;
import io.redrl.attack.FewPixelSpec;
import io.redrl.attack.FgsmSpec;
import io.redrl.attack.Loss;
import io.redrl.attack.MiFgsmSpec;
import io.redrl.attack.PatchSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.attack.SquareSpec;
import io.redrl.attack.Target;
import io.redrl.tensor.Norm;
import java.util.SplittableRandom;

/**
 * A draw of an attack's settings from wide distributions, so that what is learnt is the algorithm and not one list of
 * settings. Some draws are what papers and libraries use as they stand. Steps are fewer for larger images, which cost more.
 *
 * @param side of the images in pixels
 * @param random where the settings come from
 * @param classes of the victim: with few of them there is no DLR loss
 */
record AttackDraw(int side, SplittableRandom random, int classes) {
    /** The targeted DLR loss looks at the four greatest logits. */
    private static final int CLASSES_OF_DLR = 4;

    private static final double LEVEL = 1 / 255.0;
    private static final double[] USUAL_EPSILONS = {1, 2, 4, 8, 16};
    private static final double[] USUAL_C = {1, 100, 1000};

    /** Settings of an algorithm other than {@link Algorithm#CLEAN}. */
    AttackSpec of(Algorithm algorithm) {
        return switch (algorithm) {
            case CLEAN -> throw new IllegalArgumentException("clean images are not attacked");
            case FGSM -> new FgsmSpec(Norm.LINF, epsilon(0.6, 32), target());
            case PGD -> pgd();
            case MI_FGSM ->
                new MiFgsmSpec(epsilon(0.5, 32), steps(3, 30), often(0.5) ? 1 : uniform(0.4, 1.2), target());
            case APGD -> new ApgdSpec(Norm.LINF, epsilon(0.5, 32), steps(5, 50), 1, loss(), Target.NONE);
            case CW_LINF ->
                new CwLinfSpec(
                        epsilon(1, 32),
                        often(0.5) ? 5 : logUniform(0.5, 20),
                        often(0.4) ? 0.005 : logUniform(0.001, 0.02),
                        often(0.15) ? capped(100) : steps(15, 60),
                        confidence(),
                        Target.NONE);
            case CW_LINF_TAU ->
                new CwLinfTauSpec(
                        logUniform(0.01, 0.3),
                        20,
                        often(0.5) ? 0.005 : logUniform(0.002, 0.02),
                        thoroughly(20, 60, 120),
                        confidence(),
                        often(0.2) ? 0.9 : uniform(0.5, 0.8),
                        random.nextInt(3),
                        10,
                        Target.NONE);
            case DEEPFOOL_LINF -> new DeepFoolSpec(50, overshoot(), 10, Norm.LINF);
            case DEEPFOOL -> new DeepFoolSpec(50, overshoot(), 10, Norm.L2);
            case PGD_L2 -> l2Ball();
            case CW_L2 ->
                new CwL2Spec(
                        often(0.5) ? USUAL_C[random.nextInt(USUAL_C.length)] : logUniform(0.05, 1000),
                        often(0.6) ? 0.01 : logUniform(0.003, 0.03),
                        steps(60, 300),
                        confidence(),
                        1,
                        40,
                        Target.NONE);
            case CW_L2_SEARCHED ->
                new CwL2Spec(
                        logUniform(0.001, 0.1),
                        often(0.6) ? 0.01 : logUniform(0.003, 0.03),
                        thoroughly(30, 60, 200),
                        confidence(),
                        random.nextInt(4, 8),
                        12,
                        Target.NONE);
            case EAD ->
                new EadSpec(
                        often(0.3) ? 0.001 : logUniform(0.001, 0.1),
                        logUniform(0.001, 0.1),
                        0.01,
                        thoroughly(25, 60, 150),
                        confidence(),
                        random.nextInt(3, 7),
                        12,
                        often(0.5) ? EadSpec.Rule.EN : EadSpec.Rule.L1,
                        Target.NONE);
            case FEW_PIXEL ->
                new FewPixelSpec(
                        often(0.4) ? 1 + 2 * random.nextInt(3) : random.nextInt(1, 13),
                        random.nextInt(20, 60),
                        thoroughly(4, 15, 60),
                        Target.NONE);
            case PATCH_BOUNDED -> patch(epsilon(2, 64));
            case PATCH_FREE -> patch(1);
            case SQUARE ->
                new SquareSpec(
                        epsilon(1, 32),
                        capped(random.nextInt(80, 400)),
                        often(0.5) ? 0.8 : uniform(0.05, 0.8),
                        Target.NONE);
        };
    }

    private AttackSpec pgd() {
        boolean papers = often(0.12);
        double epsilon = papers ? LEVEL * USUAL_EPSILONS[2 + random.nextInt(3)] : epsilon(0.5, 32);
        int steps = papers ? capped(100) : often(0.3) ? capped(10) : often(0.1) ? steps(60, 200) : steps(2, 60);
        double step = papers
                ? 0.01
                : switch (random.nextInt(4)) {
                    case 0 -> 2 * LEVEL;
                    case 1 -> 2.5 * epsilon / steps;
                    case 2 -> epsilon / 4;
                    default -> epsilon * logUniform(0.03, 1);
                };
        boolean start = papers || often(0.6);
        return new PgdSpec(
                Norm.LINF,
                epsilon,
                step,
                steps,
                start,
                start && steps < 20 && often(0.2) ? 3 : 1,
                papers ? Loss.CROSS_ENTROPY : loss(),
                !papers && often(0.15),
                papers ? Target.NONE : target());
    }

    /** The radius grows with the side, so that the mean square of a pixel's change does not depend on it. */
    private AttackSpec l2Ball() {
        double epsilon = side / 32.0 * (often(0.4) ? (often(0.5) ? 0.5 : 1) : logUniform(0.1, 4));
        int steps = steps(5, 50);
        if (often(0.25)) {
            return new ApgdSpec(Norm.L2, epsilon, steps, 1, loss(), Target.NONE);
        }
        return new PgdSpec(
                Norm.L2,
                epsilon,
                epsilon * (often(0.4) ? 2.5 / steps : logUniform(0.03, 0.5)),
                steps,
                often(0.5),
                1,
                loss(),
                often(0.15),
                target());
    }

    private AttackSpec patch(double epsilon) {
        int height = patchSide();
        boolean square = often(0.6);
        double step =
                epsilon == 1 ? logUniform(4 * LEVEL, 0.2) : often(0.5) ? 2 * LEVEL : epsilon * logUniform(0.05, 0.5);
        return new PatchSpec(
                epsilon,
                height,
                square ? height : patchSide(),
                PatchSpec.RANDOM,
                step,
                steps(15, 50),
                often(0.3),
                loss(),
                often(0.85) ? Target.NONE : new Target("random"));
    }

    /** 3 to 50 % of the side. */
    private int patchSide() {
        return (int) Math.max(2, Math.round(side * logUniform(0.06, 0.5)));
    }

    private double epsilon(double least, double most) {
        if (often(0.35)) {
            double usual = USUAL_EPSILONS[random.nextInt(USUAL_EPSILONS.length)];
            if (usual >= least && usual <= most) {
                return usual * LEVEL;
            }
        }
        return LEVEL * logUniform(least, most);
    }

    private double overshoot() {
        return often(0.5) ? 0.02 : logUniform(0.02, 0.5);
    }

    private double confidence() {
        return often(0.65) ? 0 : uniform(0, 10);
    }

    private Loss loss() {
        return often(0.7) ? Loss.CROSS_ENTROPY : often(0.5) || classes < CLASSES_OF_DLR ? Loss.MARGIN : Loss.DLR;
    }

    private Target target() {
        return often(0.85) ? Target.NONE : often(0.7) ? new Target("random") : new Target("least-likely");
    }

    /** Few steps mostly, and sometimes as many as the attack's authors would take: a search costs many times what a step does. */
    private int thoroughly(int least, int most, int all) {
        return often(0.12) && side <= 48 ? all : steps(least, most);
    }

    private int steps(int least, int most) {
        return capped((int) Math.round(logUniform(least, most)));
    }

    /** As many steps as there were at 32 pixels, or fewer where each costs more. */
    private int capped(int steps) {
        return (int) Math.max(Math.min(steps, 8), Math.round(steps * Math.min(1, Math.pow(48.0 / side, 1.2))));
    }

    private boolean often(double probability) {
        return random.nextDouble() < probability;
    }

    private double uniform(double low, double high) {
        return random.nextDouble(low, high);
    }

    private double logUniform(double low, double high) {
        return Math.exp(random.nextDouble(Math.log(low), Math.log(high)));
    }
}

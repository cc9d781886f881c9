package io.redrl.evaluation;

import io.redrl.image.Image;

/**
 * Attacked test image to look at, with what victims and recogniser predict for it.
 *
 * @param index its index in the test split
 * @param label the name of its true class
 * @param attack the attack's class
 * @param victim the attacked victim
 * @param config the attack's settings as JSON
 * @param cleanVerdict what the victim sees in the clean image
 * @param adversarialVerdict what it sees in the attacked image
 * @param repairedVerdict what it sees in the reconstruction
 * @param recognised the class that REDRL named
 * @param probability how sure REDRL was, in [0, 1]
 * @param linf largest change of a value, in [0, 1]
 * @param l2 Euclidean length of the change
 * @param clean the clean image
 * @param adversarial the attacked image, rounded to 8 bits
 * @param reconstruction G of the attacked image, rounded to 8 bits
 */
public record Exemplar(
        int index,
        String label,
        String attack,
        String victim,
        String config,
        String cleanVerdict,
        String adversarialVerdict,
        String repairedVerdict,
        String recognised,
        double probability,
        double linf,
        double l2,
        Image clean,
        Image adversarial,
        Image reconstruction) {

    /** What the attack added, magnified: adversarial − clean. */
    public Image perturbation(int gain) {
        return adversarial.minus(clean, gain);
    }

    /** What the reconstructor took away, magnified: adversarial − reconstruction. */
    public Image residual(int gain) {
        return adversarial.minus(reconstruction, gain);
    }
}

package io.redrl.identify;

import io.redrl.image.Image;
import java.util.List;
import java.util.Optional;

/** Whoever names the attack that made an image. */
sealed interface Judge extends AutoCloseable permits AttributionJudge, RecogniserJudge {
    /** Its name in results. */
    String name();

    /** What its user should know of every verdict, such as how often it is wrong, in a sentence each. */
    List<String> remarks();

    /**
     * Judges images of three channels and any size, in their order.
     *
     * @throws io.redrl.base.RedrlException if the judge knows no prior or no other classes, and the settings have some
     */
    List<Judgement> judge(List<Image> images, IdentifySettings settings);

    @Override
    void close();

    /**
     * What is said of an image.
     *
     * @param reading how it was read
     * @param box where the change sits, if it is local
     * @param epsilon the bound that the attack kept, in [0, 1]; empty for attacks without one and where it is not known
     * @param strength of the attack with intervals; empty if the image is clean or the judge cannot tell
     * @param suspects names of the suspected victims that were asked; none if it is from the image alone
     * @param remarks what a reader should know before believing this
     */
    record Judgement(
            Verdict verdict,
            Identification.Reading reading,
            Optional<Box> box,
            Optional<Double> epsilon,
            Optional<Strength> strength,
            List<String> suspects,
            List<String> remarks) {}
}

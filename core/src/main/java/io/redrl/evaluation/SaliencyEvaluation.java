package io.redrl.evaluation;

import io.redrl.base.Checks;
import io.redrl.image.Image;
import io.redrl.saliency.FilterLayout;
import io.redrl.saliency.ProfileComparison;
import io.redrl.saliency.ProfileNumbers;
import io.redrl.saliency.SaliencyProfile;
import java.util.List;
import java.util.Optional;

/**
 * Saliency of the victims: which filters and which pixels each attack activates.
 *
 * @param victims one after another, no name twice
 * @param maps saliency in input space; for each victim, image and attack at most one
 */
public record SaliencyEvaluation(List<Victim> victims, List<MapPicture> maps) {
    /** Copies the lists. */
    public SaliencyEvaluation {
        victims = List.copyOf(victims);
        maps = List.copyOf(maps);
        long names = victims.stream().map(Victim::name).distinct().count();
        Checks.require(
                names == victims.size(),
                "each victim has its saliency once, got %d victims of %d names",
                victims.size(),
                names);
    }

    /** The maps of one victim. */
    public List<MapPicture> maps(String victim) {
        return maps.stream().filter(m -> m.victim().equals(victim)).toList();
    }

    /**
     * The filters of one victim.
     *
     * @param name its name
     * @param sourceImages how many images were attacked; a profile says how many of them it was measured on
     * @param profiles one per kind of image, clean among them or not; all of one layout
     * @param numbers the profiles in a few numbers, as far as they were computed
     * @param comparisons of pairs of profiles, as far as they were made
     */
    public record Victim(
            String name,
            int sourceImages,
            List<SaliencyProfile> profiles,
            List<ProfileNumbers> numbers,
            List<ProfileComparison> comparisons) {
        /** Copies the lists; refuses profiles of another victim or layout and values that are not finite. */
        public Victim {
            profiles = List.copyOf(profiles);
            numbers = List.copyOf(numbers);
            comparisons = List.copyOf(comparisons);
            Checks.positive("source images of " + name, sourceImages);
            Checks.require(!profiles.isEmpty(), "the saliency of %s has no profile", name);
            FilterLayout layout = profiles.get(0).layout();
            for (SaliencyProfile profile : profiles) {
                Checks.require(
                        profile.victim().equals(name) && profile.layout().equals(layout),
                        "the profiles of %s belong to it and have one layout; that of %s is of %s, %d filters",
                        name,
                        profile.attack(),
                        profile.victim(),
                        profile.layout().filters());
                Checks.require(
                        profile.mean().stream().allMatch(Double::isFinite)
                                && profile.standardError().stream().allMatch(Double::isFinite),
                        "the profile of %s under %s must be finite",
                        name,
                        profile.attack());
            }
            for (ProfileNumbers of : numbers) {
                Checks.require(
                        of.layerMeans().size() == layout.layers().size(),
                        "%s has %d convolutions, the numbers of %s are of %d",
                        name,
                        layout.layers().size(),
                        of.attack(),
                        of.layerMeans().size());
            }
        }

        /** The victim's filters. */
        public FilterLayout layout() {
            return profiles.get(0).layout();
        }

        /** The numbers of one kind of image. */
        public Optional<ProfileNumbers> numbers(String attack) {
            return numbers.stream().filter(n -> n.attack().equals(attack)).findFirst();
        }
    }

    /**
     * An image and where it is salient.
     *
     * @param image its index in the data
     * @param label its true class
     * @param victim whose saliency
     * @param attack what was done to the image, or {@code clean}
     * @param shown the image as the victim saw it
     * @param overlay the heat over it
     */
    public record MapPicture(int image, String label, String victim, String attack, Image shown, Image overlay) {}
}

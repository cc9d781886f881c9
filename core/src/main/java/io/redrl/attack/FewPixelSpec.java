package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link FewPixelAttack}.
 *
 * @param pixels how many pixels may change, to any colour; its authors use 1, 3 and 5
 * @param population how many candidates evolve for each image, at least 4; its authors use 400
 * @param steps the number of generations after the first; its authors use 100. An image costs at most
 *     {@code population · (steps + 1)} queries
 * @param target the class to reach, if any
 */
public record FewPixelSpec(int pixels, int population, int steps, Target target) implements AttackSpec {
    /** One pixel, as in its authors' title. */
    public static final FewPixelSpec DEFAULTS = new FewPixelSpec(1, 400, 100, Target.NONE);

    /** Refuses values out of range. */
    public FewPixelSpec {
        Checks.positive("pixels", pixels);
        Checks.inRange("population", population, 4, 1_000_000);
        Checks.inRange("steps", steps, 0, MAX_STEPS);
    }

    @Override
    public String id() {
        return "few-pixel";
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new FewPixelAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        return new Passes("at most ", population * (steps + 1L), 0);
    }
}

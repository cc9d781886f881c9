package io.redrl.report;

import io.redrl.evaluation.RobustnessEvaluation;

/** Whether recognition holds outside its training data: findings, then tables. */
final class RobustnessSection {
    private RobustnessSection() {}

    /** Writes the section's content. */
    static void write(Html html, RobustnessEvaluation robustness) {
        html.open("ul", "class", "findings");
        RobustnessFindings.of(robustness).forEach(sentence -> html.element("li", sentence));
        html.close();
        RobustnessTables.all(robustness).forEach(table -> table.html(html));
        RobustnessFindings.skipped(robustness).forEach(sentence -> html.element("p", sentence, "class", "note"));
    }
}

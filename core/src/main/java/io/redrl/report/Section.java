package io.redrl.report;

import io.redrl.adversarial.AttackSummary;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.SaliencyEvaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A section of the report, for the page and for Markdown alike. The page's template adds figures by its kind.
 *
 * @param kind what it is about
 * @param victim the victim whose saliency it is about, if it is
 * @param title over it
 * @param findings sentences before all else
 * @param tables those with rows; after the figures
 */
record Section(
        String kind,
        Optional<SaliencyEvaluation.Victim> victim,
        String title,
        List<String> findings,
        List<Table> tables) {
    Section {
        tables = tables.stream().filter(table -> !table.rows().isEmpty()).toList();
    }

    private Section(String kind, String title, List<String> findings, List<Table> tables) {
        this(kind, Optional.empty(), title, findings, tables);
    }

    /** The sections that an evaluation has something for. */
    static List<Section> of(Evaluation evaluation) {
        Tables t = new Tables(evaluation);
        Findings findings = new Findings(evaluation);
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("setup", "What was run", List.of(), List.of(t.victims(), t.settings())));
        sections.add(new Section(
                "recognition",
                "Naming the attack",
                findings.recognition(),
                List.of(t.recognition(), t.bySuccess(), t.comparisons(), t.seeds(), t.losses(), t.plus())));
        if (!evaluation.repair().rows().isEmpty()) {
            sections.add(new Section("repair", "Repairing images", findings.repair(), List.of(t.repair())));
        }
        if (!evaluation.exemplars().isEmpty()) {
            sections.add(new Section("pictures", "Pictures", List.of(), List.of()));
        }
        List<AttackSummary> attacks = evaluation.attacks();
        if (!attacks.isEmpty()) {
            List<Table> tables = attacks.stream()
                    .map(AttackSummary::victim)
                    .distinct()
                    .map(t::attacks)
                    .toList();
            sections.add(new Section("attacks", "What the attacks did", findings.attacks(), tables));
        }
        evaluation.saliency().map(SaliencyEvaluation::victims).orElse(List.of()).forEach(victim -> {
            SaliencyTables s = new SaliencyTables(victim);
            String title = "Filters of " + victim.name() + " that the attacks activate";
            sections.add(new Section(
                    "saliency", Optional.of(victim), title, s.findings(), List.of(s.depths(), s.distances())));
        });
        evaluation.robustness().ifPresent(r -> {
            List<String> worst = RobustnessTables.findings(r);
            sections.add(new Section("robustness", "Outside the training data", worst, RobustnessTables.all(r)));
        });
        if (!evaluation.curves().isEmpty()) {
            sections.add(new Section("curves", "How training went", List.of(), List.of()));
        }
        sections.add(new Section("costs", "What it cost", List.of(), List.of()));
        sections.add(new Section("manifest", "Where this comes from", List.of(), List.of()));
        return sections;
    }
}

use proptest::prelude::*;

use super::*;
use crate::{
    evaluation::table::tests::{part, table},
    routing::{Escalation, Policy},
};

fn at(threshold: f32) -> OperatingPoint {
    OperatingPoint {
        strategy: sweep::Strategy::Policy(Policy::Synconf),
        score: Score::MeanLogprob,
        threshold,
        escalation: Escalation::Early,
    }
}

proptest! {
    /// All parts of the picture cover the same outcomes, each counted once.
    #[test]
    fn everything_shown_is_of_the_same_outcomes(table in table(), part in part(), step in -8_i8..1) {
        let setting = at(f32::from(step) * 0.25);
        let shown = shown(&table, part, setting, Some(at(-1.0)));
        let quadrant = shown.quadrant;
        let cells = [
            quadrant.sure_parses,
            quadrant.sure_broken,
            quadrant.unsure_parses,
            quadrant.unsure_broken,
        ];
        let all: usize = cells.iter().map(|cell| cell.outcomes).sum();
        prop_assert_eq!(all, shown.totals.outcomes);
        let scored = table.rows_in(part).filter(|(_, row)| row.scores.is_some()).count();
        let barred = shown.histogram.iter().map(|bar| bar.right + bar.wrong + bar.unlabelled);
        prop_assert_eq!(barred.sum::<usize>(), scored);
        prop_assert_eq!(shown.curves[0].strategy, setting.strategy);
        prop_assert_eq!(shown.curves.len(), sweep::Strategy::ALL.len());
    }

    #[test]
    fn the_sure_that_parse_are_what_synconf_keeps(table in table(), part in part()) {
        // A completion without tokens is escalated whatever its score.
        let rows = table.rows().iter().filter(|row| row.tokens > 0).cloned();
        let table = Table::new(rows.collect(), table.k());
        let shown = shown(&table, part, at(-0.75), None);
        let kept = shown.totals.outcomes - shown.totals.escalated;
        prop_assert_eq!(shown.quadrant.sure_parses.outcomes, kept);
    }

    #[test]
    fn changes_are_the_difference_of_the_totals(table in table(), part in part()) {
        let (before, after) = (at(-1.25), at(-0.5));
        let escalated = |setting| sweep::totals(&table, part, setting).escalated;
        let changes = changes(&table, part, &before, &after);
        prop_assert!(changes.iter().all(|change| !change.to_keep));
        prop_assert_eq!(changes.len(), escalated(&after) - escalated(&before));
        let back = super::changes(&table, part, &after, &before);
        prop_assert!(back.iter().all(|change| change.to_keep));
        prop_assert!(back.iter().map(|c| c.row).eq(changes.iter().map(|c| c.row)));
    }
}

//! The optional contents of a report: fitted thresholds, and the comparison of all scores.

use crate::{
    cli::report::page::{Block, Cell, Row, Section, known},
    evaluation::{
        compare::{Difference, FittedScore, ScoreComparison, ScoreResult},
        fit::FitReport,
    },
};

pub(super) fn fitted(fit: &FitReport) -> Section {
    let mut section = Section::new("Fitted thresholds");
    section.say(format!(
        "For {} by {}, aim: {}. Fitted on {}, tested on the others; cuts of one problem are never \
         split. Expect the results on the outcomes it was tested on.",
        fit.policy.name(),
        fit.score.name(),
        fit.aim,
        fit.split
    ));
    let columns = vec![
        "language",
        "τ",
        "fitted on",
        "tested on",
        "pass@1 [95 %]",
        "escalated",
    ];
    let rows = fit_rows(fit);
    if !rows.is_empty() {
        section.table("", columns, rows);
    }
    let rows = fit.fitted().map(|(language, fitted)| {
        Row::from(vec![
            language.name().into(),
            Cell::Threshold(fitted.default_threshold),
            known(fitted.default_on_other.pass_at_1, Cell::ShareEstimate),
            Cell::Share(fitted.default_on_other.escalation),
            known(fitted.difference, Cell::PointsEstimate),
        ])
    });
    let columns = vec![
        "language",
        "default τ",
        "pass@1 [95 %]",
        "escalated",
        "fitted − default",
    ];
    let rows: Vec<Row> = rows.collect();
    if !rows.is_empty() {
        section.table("The default threshold on the same outcomes", columns, rows);
    }
    for (language, fitted) in fit.fitted() {
        let difference = fitted.difference.filter(|difference| difference.high < 0.0);
        if difference.is_some() {
            section.say(format!(
                "{}: on the test outcomes, the fitted threshold is right less often than the \
                 default one, beyond noise; compare how much each escalates before you use it.",
                language.name()
            ));
        }
    }
    for one in &fit.languages {
        if let Some(why) = &one.refused {
            section.say(format!("{}: not fitted: {why}.", one.language.name()));
        }
    }
    section
}

/// A row per fitted language.
fn fit_rows(fit: &FitReport) -> Vec<Row> {
    let rows = fit.fitted().map(|(language, fitted)| {
        Row::from(vec![
            language.name().into(),
            Cell::Threshold(fitted.threshold),
            Cell::Count(fitted.on_fit.labelled),
            Cell::Count(fitted.on_other.labelled),
            known(fitted.on_other.pass_at_1, Cell::ShareEstimate),
            Cell::Share(fitted.on_other.escalation),
        ])
    });
    rows.collect()
}

pub(super) fn compared(comparison: &ScoreComparison) -> Section {
    let mut section = Section::new("All scores compared");
    section.say(format!(
        "For {} on {} outcomes with both results known, best first. In each language, completions \
         that do not parse are escalated first if the policy checks syntax, then the least \
         confident ones; area is the mean pass@1 over all escalation rates.",
        comparison.policy.name(),
        Cell::Count(comparison.labelled).text()
    ));
    let columns = vec!["score", "area [95 %]", "AUROC [95 %]"];
    let rows = comparison.scores.iter().map(|one| {
        Row::from(vec![
            one.score.name().into(),
            Cell::ShareEstimate(one.area),
            known(one.auroc, Cell::RatioEstimate),
        ])
    });
    let rows = rows.collect();
    section.table("", columns, rows);
    budgets(&mut section, &comparison.scores);
    tried(&mut section, comparison);
    for difference in &comparison.differences {
        section.blocks.push(verdict(difference));
    }
    section
}

fn budgets(section: &mut Section, scores: &[ScoreResult]) {
    let rows = scores.iter().map(|one| {
        let mut cells: Vec<Cell> = vec![one.score.name().into()];
        let budgets = one.budgets.iter();
        cells.extend(budgets.map(|budget| Cell::ShareEstimate(budget.pass_at_1)));
        Row::from(cells)
    });
    let rows: Vec<Row> = rows.collect();
    let columns = vec!["score", "10 % escalated", "20 %", "30 %", "50 %"];
    section.table("pass@1 [95 %] by share escalated", columns, rows);
}

/// The results of thresholds fitted for each score, on outcomes they were not fitted on.
fn tried(section: &mut Section, comparison: &ScoreComparison) {
    let row = |score: &ScoreResult, fitted: &FittedScore| {
        let thresholds = fitted.thresholds.iter().map(|(language, threshold)| {
            format!("{} {}", language.name(), Cell::Threshold(*threshold).text())
        });
        Row::from(vec![
            score.score.name().into(),
            thresholds.collect::<Vec<_>>().join(", ").into(),
            known(fitted.pass_at_1, Cell::ShareEstimate),
            Cell::Share(fitted.escalation),
        ])
    };
    let fitted = comparison.scores.iter();
    let fitted = fitted.filter_map(|score| Some(row(score, score.fitted.as_ref()?)));
    let rows: Vec<Row> = fitted.collect();
    if rows.is_empty() {
        section.say("Too few outcomes to fit thresholds for any score.");
        return;
    }
    let caption = format!(
        "Thresholds fitted for {} on {}, tested on the others",
        comparison.aim, comparison.split
    );
    let columns = vec!["score", "τ", "pass@1 [95 %]", "escalated"];
    section.table(caption, columns, rows);
}

fn verdict(difference: &Difference) -> Block {
    let verdict = match difference.beyond_noise {
        true => ", which is beyond noise.",
        false => ", which is within noise.",
    };
    Block::Paragraph(vec![
        format!(
            "{} is better than {} by ",
            difference.best.name(),
            difference.other.name()
        )
        .into(),
        Cell::PointsEstimate(difference.area),
        format!(" points of area{verdict}").into(),
    ])
}

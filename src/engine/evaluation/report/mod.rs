//! The report that stakeholders read: what each policy achieves and costs, what its gates do, how
//! far the scores can be trusted. [`Report`] is plain data, built by one pure function ([`make`]);
//! text, Markdown, HTML and JSON are written from it elsewhere.
//!
//! Here: the report's parts, one file each: `policies`, `equal`, `gates`, `calibration`, `curves`. Its
//! input is in [`super::material`], its options in [`super::asked`]. Nothing here reads, prints or
//! draws.

mod calibration;
mod curves;
mod equal;
mod gates;
mod policies;

use serde::Serialize;

pub use calibration::{Mapping, ScoreCalibration};
pub use curves::Curves;
pub use equal::Equal;
pub use gates::{GateConfusion, Unparsed};

use super::{
    asked::Asked,
    compare::ScoreComparison,
    drafts::DraftFacts,
    fit::FitReport,
    material::{Material, RunFacts},
    measure::PolicyResult,
    outcome::ModelIdentity,
    sweep::Strategy,
    table::Part,
};

/// The results for one part of the outcomes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartReport {
    /// `all`, or the language's or the kind's name.
    pub name: String,
    pub part: Part,
    pub outcomes: usize,
    /// Outcomes for which it is known whether each completion is right.
    pub labelled: usize,
    /// Outcomes whose small completion has no score: it is empty, or its tokens came without
    /// probabilities.
    pub unscored: usize,
    /// How many problems the tasks are cut from; intervals resample these.
    pub problems: usize,
    /// Every strategy at its threshold: small, the policies, large, oracle.
    pub policies: Vec<PolicyResult>,
    /// `synconf` against `confidence` at equal escalation.
    pub equal: Option<Equal>,
    /// The syntax gate alone, the score gate alone, both.
    pub gates: Vec<GateConfusion>,
    /// Wrong small completions that do not parse.
    pub unparsed: Unparsed,
    /// Pass@1 against escalation, and the scores of right and wrong small completions.
    pub curves: Curves,
}

impl PartReport {
    /// The result of a strategy.
    pub fn result(&self, strategy: Strategy) -> Option<&PolicyResult> {
        self.policies.iter().find(|one| one.strategy == strategy)
    }
}

/// The report, as data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The version of routelens that made the report.
    pub routelens: String,
    /// The date of the report, as `2026-11-21`.
    pub date: String,
    pub runs: Vec<RunFacts>,
    pub small: ModelIdentity,
    pub large: ModelIdentity,
    pub asked: Asked,
    /// Resamples behind each interval.
    pub resamples: usize,
    /// All outcomes first, then by language, then by kind of hole.
    pub parts: Vec<PartReport>,
    /// Ids of the tasks whose small completion passed its tests but was judged broken. Must be
    /// empty: the syntax gate may not reject a completion that passes its tests.
    pub broken_but_passed: Vec<String>,
    /// The effect of giving the large model the small completion as a draft; `None` if not
    /// recorded.
    pub drafts: Option<DraftFacts>,
    pub calibration: Vec<ScoreCalibration>,
    /// The comparison of all scores, if requested.
    pub comparison: Option<ScoreComparison>,
    /// Fitted thresholds, if requested.
    pub fit: Option<FitReport>,
}

impl Report {
    /// The part with all outcomes.
    pub fn all(&self) -> &PartReport {
        &self.parts[0]
    }
}

/// Makes the report, without score comparison and fitting; the caller can add those.
pub fn make(material: &Material, asked: Asked, date: String) -> Report {
    let table = material.table();
    let languages = table.languages().into_iter().map(|language| {
        let part = Part {
            language: Some(language),
            kind: None,
        };
        (language.name(), part)
    });
    let kinds = table.kinds().into_iter().map(|kind| {
        let part = Part {
            language: None,
            kind: Some(kind),
        };
        (kind.name(), part)
    });
    let parts = [("all", Part::default())]
        .into_iter()
        .chain(languages)
        .chain(kinds);
    Report {
        routelens: env!("CARGO_PKG_VERSION").to_owned(),
        date,
        runs: material.runs().to_vec(),
        small: material.small().clone(),
        large: material.large().clone(),
        resamples: super::statistics::RESAMPLES,
        parts: parts
            .map(|(name, part)| part_report(material, &asked, name, part))
            .collect(),
        broken_but_passed: material.broken_but_passed().to_vec(),
        drafts: material.drafts(),
        calibration: calibration::of_scores(material),
        comparison: None,
        fit: None,
        asked,
    }
}

fn part_report(material: &Material, asked: &Asked, name: &str, part: Part) -> PartReport {
    let tasks = material.tasks(part);
    let rows = material.table().rows();
    let unscored = tasks.iter().filter(|task| rows[**task].scores.is_none());
    PartReport {
        name: name.to_owned(),
        part,
        outcomes: tasks.len(),
        labelled: tasks
            .iter()
            .filter(|task| {
                let row = &rows[**task];
                row.small_right.is_some() || row.large_right.is_some()
            })
            .count(),
        unscored: unscored.count(),
        problems: material.families().count(tasks.iter().copied()),
        policies: policies::results(material, asked, part),
        equal: equal::difference(material, asked, part),
        gates: gates::gates(material, asked, part),
        unparsed: gates::unparsed(material, part),
        curves: curves::curves(material, asked, part),
    }
}

#[cfg(test)]
mod tests;

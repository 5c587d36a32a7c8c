//! The report that stakeholders read: what each policy achieves and costs, what its gates do, how
//! far the scores can be trusted. [`Report`] is plain data, built by one pure function ([`make`]);
//! text, Markdown, HTML and JSON are written from it elsewhere.
//!
//! Here: the report's input ([`Material`], in `material`) and its parts, one file each: `policies`,
//! `equal`, `gates`, `calibration`, `curves`. Nothing here reads, prints or draws.

mod calibration;
mod curves;
mod drafts;
mod equal;
mod gates;
mod material;
mod policies;

use serde::Serialize;

pub use calibration::{Mapping, ScoreCalibration};
pub use curves::Curves;
pub use drafts::DraftFacts;
pub use equal::{Equal, is_beyond_noise};
pub use gates::{Gate, Unparsed};
pub use material::Material;
pub use policies::{PolicyResult, measure, measure_on};

use super::{
    compare::ScoreComparison,
    dataset::DatasetId,
    fit::FitReport,
    outcome::{Header, ModelIdentity, RunSettings},
    person::Person,
    sweep::{Setting, Strategy},
    table::{Labels, Part},
};
use crate::{
    config::Fit,
    language::Language,
    routing::{Escalation, Policy, Score},
};

/// Seed of every interval in a report, so that the same run gives the same report.
pub const SEED: u64 = 1;

/// The options of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Asked {
    /// The policy that the report is about; the others are shown for comparison.
    pub policy: Policy,
    pub score: Score,
    /// How many tokens the first-k scores cover.
    pub first_k: usize,
    /// When the large model is asked.
    pub escalation: Escalation,
    /// Where the labels come from.
    pub labels: Labels,
    /// For `score` and for the scores that policies bring themselves, one threshold per language
    /// that occurs.
    pub thresholds: Vec<Threshold>,
    /// The simulated people who accept or reject what `mccom` shows.
    pub persons: Vec<Person>,
}

impl Asked {
    /// The setting of a strategy for rows of a language.
    pub fn setting(&self, strategy: Strategy, language: Option<Language>) -> Setting {
        let score = strategy.score(self.score);
        let mut thresholds = self.thresholds_of(score);
        let own = thresholds.find(|threshold| Some(threshold.language) == language);
        Setting {
            strategy,
            score,
            threshold: own.map_or_else(|| score.default_threshold(), |own| own.value),
            escalation: self.escalation,
        }
    }

    /// The thresholds of a score, one for each language.
    pub fn thresholds_of(&self, score: Score) -> impl Iterator<Item = &Threshold> {
        let thresholds = self.thresholds.iter();
        thresholds.filter(move |threshold| threshold.score == score)
    }

    /// Every strategy reported, in reading order: the ends of the scale, what lies between, the
    /// upper bound.
    pub fn strategies(&self) -> Vec<Strategy> {
        let policies = [
            Policy::Small,
            Policy::Syntax,
            Policy::Confidence,
            Policy::Synconf,
            Policy::Mccom,
        ];
        let persons = self.persons.iter().map(|person| Strategy::Person(*person));
        policies
            .into_iter()
            .map(Strategy::Policy)
            .chain(persons)
            .chain([Strategy::Policy(Policy::Large), Strategy::Oracle])
            .collect()
    }
}

/// The threshold of a language, and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Threshold {
    pub language: Language,
    pub score: Score,
    /// τ, in the score's unit.
    pub value: f32,
    pub from: Provenance,
}

/// Where a threshold comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// The score's default.
    Default,
    /// The configuration file, set by a person.
    Configuration,
    /// A command-line flag or environment variable, named here.
    Given(String),
    /// The configuration file, fitted on outcomes.
    Fitted(Box<Fit>),
}

/// A run in the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunFacts {
    /// The file's name, without folders.
    pub file: String,
    pub date: String,
    /// The version of routelens that wrote the run.
    pub routelens: String,
    pub dataset: DatasetId,
    pub settings: RunSettings,
    pub outcomes: usize,
    /// Notices about the file, such as a truncated last line.
    pub notices: Vec<String>,
}

impl RunFacts {
    /// The facts of a run.
    pub fn of(file: &str, header: &Header, outcomes: usize, notices: &[String]) -> Self {
        RunFacts {
            file: file.to_owned(),
            date: header.date.clone(),
            routelens: header.routelens.clone(),
            dataset: header.dataset.clone(),
            settings: header.settings.clone(),
            outcomes,
            notices: notices.to_vec(),
        }
    }
}

/// Everything about one part of the outcomes.
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
    pub gates: Vec<Gate>,
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

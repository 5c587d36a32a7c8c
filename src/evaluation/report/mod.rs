//! What a stakeholder reads of a run: what each policy achieves and costs, what its gates do, how
//! far the scores can be believed. [`Report`] is plain data, made by one pure function ([`make`]);
//! text, Markdown, HTML and JSON are all written from it, elsewhere.
//!
//! Here: what the report is about ([`Material`], in `material`) and its parts, one file each:
//! `policies`, `equal`, `gates`, `calibration`, `curves`. Nothing here reads, prints or
//! draws.

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
    language::Language,
    routing::{Escalation, Fit, Policy, Score},
};

/// Seed of every interval in a report, so that the same run gives the same report.
pub const SEED: u64 = 1;

/// What the report is asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Asked {
    /// The policy that the report is about; the others stand beside it.
    pub policy: Policy,
    pub score: Score,
    /// How many first tokens the first-k scores are over.
    pub first_k: usize,
    /// When the large model is asked.
    pub escalation: Escalation,
    /// What says which completions are right.
    pub labels: Labels,
    /// Of `score`, and of what policies go by that have a score of their own: one for each language
    /// that occurs.
    pub thresholds: Vec<Threshold>,
    /// Who is simulated to accept or reject what `mccom` shows.
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

    /// Every strategy that is reported, in the order in which they are read: the ends of the scale,
    /// what lies between, the bound.
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

/// The threshold of a language, and where it is from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Threshold {
    pub language: Language,
    pub score: Score,
    /// τ, in the score's unit.
    pub value: f32,
    pub from: Provenance,
}

/// Where a threshold is from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// The score's own.
    Default,
    /// The configuration file, chosen by a person.
    Configuration,
    /// This flag or variable.
    Given(String),
    /// The configuration file, fitted on outcomes.
    Fitted(Box<Fit>),
}

/// A run that the report is on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunFacts {
    /// The file's name, without folders.
    pub file: String,
    pub date: String,
    /// The version of routelens that wrote it.
    pub routelens: String,
    pub dataset: DatasetId,
    pub settings: RunSettings,
    pub outcomes: usize,
    /// What should be known of the file, such as a last line that was cut off.
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
    /// Those of which it is known whether either completion is right.
    pub labelled: usize,
    /// Those whose small completion has no score: it is empty, or its tokens came without numbers.
    pub unscored: usize,
    /// How many problems they are cut from; intervals resample these.
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
    /// The version that made it.
    pub routelens: String,
    /// The day it was made, as `2026-11-21`.
    pub date: String,
    pub runs: Vec<RunFacts>,
    pub small: ModelIdentity,
    pub large: ModelIdentity,
    pub asked: Asked,
    /// How many resamples each interval is from.
    pub resamples: usize,
    /// All outcomes first, then by language, then by kind of hole.
    pub parts: Vec<PartReport>,
    /// Ids of the tasks whose small completion passed its tests and was judged broken: none, or the
    /// syntax gate does not keep its promise.
    pub broken_but_passed: Vec<String>,
    /// What came of giving the large model the small completion as its draft; `None` where that was
    /// not recorded.
    pub drafts: Option<DraftFacts>,
    pub calibration: Vec<ScoreCalibration>,
    /// All scores beside each other, where that was asked for.
    pub comparison: Option<ScoreComparison>,
    /// Fitted thresholds, where that was asked for.
    pub fit: Option<FitReport>,
}

impl Report {
    /// All outcomes together.
    pub fn all(&self) -> &PartReport {
        &self.parts[0]
    }
}

/// Makes the report, without comparison of scores and fitting, which may be put in.
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

//! The options of a report, a fit or a comparison of scores: the policy and score, and the
//! thresholds with their origins.

use serde::Serialize;

use super::{
    person::Person,
    sweep::{OperatingPoint, Strategy},
    table::Labels,
};
use crate::{
    language::Language,
    routing::{Escalation, Fit, Policy, Score},
};

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
    /// One threshold per language that occurs, for `score` and for the scores that policies bring
    /// themselves.
    pub thresholds: Vec<Threshold>,
    /// The simulated people who accept or reject what `mccom` shows.
    pub persons: Vec<Person>,
}

impl Asked {
    /// The setting of a strategy for rows of a language.
    pub fn setting(&self, strategy: Strategy, language: Option<Language>) -> OperatingPoint {
        let score = strategy.score(self.score);
        let mut thresholds = self.thresholds_of(score);
        let own = thresholds.find(|threshold| Some(threshold.language) == language);
        OperatingPoint {
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

    /// Every strategy reported, in reading order: always small, the policies, always large, the
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
    /// The configuration file, set by hand.
    Configuration,
    /// A command-line flag or environment variable, named here.
    Given(String),
    /// The configuration file, fitted on outcomes.
    Fitted(Box<Fit>),
}

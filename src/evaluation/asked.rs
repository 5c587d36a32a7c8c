//! What a report, a fit or a comparison of scores is asked for: the policy and score, and the
//! thresholds with where each is from.

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

/// What the report is asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Asked {
    /// The policy that the report is about; the others stand beside it.
    pub policy: Policy,
    pub score: Score,
    /// How many first tokens the first-k scores cover.
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

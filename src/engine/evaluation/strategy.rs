//! What makes decisions on recorded outcomes: a policy of the router, a policy with a simulated
//! person, or the oracle that bounds them all.

use serde::{Deserialize, Serialize};

use super::person::Person;
use crate::routing::{Policy, Score};

/// A way to decide on recorded outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// A policy of the router, with no person: `mccom` is then its score gate alone.
    Policy(Policy),
    /// `mccom` with a person who accepts or rejects what it shows.
    Person(Person),
    /// Keeps the small completion iff it is right. Only for runs with known results: the upper
    /// bound of every policy.
    Oracle,
}

impl Strategy {
    /// All strategies that recorded outcomes support; they lack the self-test results that
    /// `selftest` needs.
    pub const ALL: [Strategy; 9] = [
        Strategy::Policy(Policy::Synconf),
        Strategy::Policy(Policy::Confidence),
        Strategy::Policy(Policy::Syntax),
        Strategy::Policy(Policy::Mccom),
        Strategy::Policy(Policy::Small),
        Strategy::Policy(Policy::Large),
        Strategy::Oracle,
        Strategy::Person(Person::NOISY),
        Strategy::Person(Person::Perfect),
    ];

    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Policy(policy) => policy.name(),
            Strategy::Person(Person::Perfect) => "mccom+perfect",
            Strategy::Person(Person::Noisy { .. }) => "mccom+noisy",
            Strategy::Oracle => "oracle",
        }
    }

    /// Finds a strategy by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The router policy behind it; `None` for the oracle.
    pub fn policy(self) -> Option<Policy> {
        match self {
            Strategy::Policy(policy) => Some(policy),
            Strategy::Person(_) => Some(Policy::Mccom),
            Strategy::Oracle => None,
        }
    }

    /// The simulated person, if any.
    pub fn person(self) -> Option<Person> {
        match self {
            Strategy::Person(person) => Some(person),
            Strategy::Policy(_) | Strategy::Oracle => None,
        }
    }

    /// The score it uses when `chosen` is selected; see [`Policy::score`].
    pub fn score(self, chosen: Score) -> Score {
        self.policy().map_or(chosen, |policy| policy.score(chosen))
    }

    /// Whether it depends on the threshold.
    pub fn has_threshold(self) -> bool {
        matches!(
            self.policy(),
            Some(Policy::Synconf | Policy::Confidence | Policy::Mccom)
        )
    }
}

impl Serialize for Strategy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Strategy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Strategy::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("no such policy: `{name}`")))
    }
}

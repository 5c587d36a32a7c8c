//! Counts reactions by model and language, and by decision.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Reaction;
use crate::{
    language::Language,
    routing::{Action, Policy},
};

/// Reactions to the completions of a model in a language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Count {
    /// The small model's name.
    pub model: String,
    /// `None` if the file had no grammar.
    pub language: Option<Language>,
    /// The reactions for each policy and decision.
    pub decisions: Vec<Decided>,
}

/// Reactions to completions with the same policy and decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    pub policy: Policy,
    pub decision: Action,
    /// How many completions got a reaction.
    pub shown: usize,
    /// Accepted, in whole or in part, or typed along.
    pub accepted: usize,
    /// Dismissed, or typed over with something else.
    pub rejected: usize,
    /// How many of the rejected were replaced by the large model's completion.
    pub took_large: usize,
}

/// Counts reactions, ordered by model, language, policy and decision.
pub fn counts(reactions: &[Reaction]) -> Vec<Count> {
    type Key<'a> = (&'a str, Option<&'static str>);
    let mut by: BTreeMap<Key, BTreeMap<(usize, bool), Vec<&Reaction>>> = BTreeMap::new();
    for reaction in reactions {
        let place = (
            reaction.small.as_str(),
            reaction.language.map(Language::name),
        );
        let policy = Policy::ALL.iter().position(|one| *one == reaction.policy);
        let decided = (
            policy.unwrap_or(Policy::ALL.len()),
            reaction.action == Action::Escalate,
        );
        let of_place = by.entry(place).or_default();
        of_place.entry(decided).or_default().push(reaction);
    }
    by.into_iter()
        .map(|((model, language), decisions)| Count {
            model: model.to_owned(),
            language: language.and_then(Language::from_name),
            decisions: decisions.values().filter_map(|of| decided(of)).collect(),
        })
        .collect()
}

fn decided(reactions: &[&Reaction]) -> Option<Decided> {
    let first = reactions.first()?;
    let count = |which: fn(&Reaction) -> bool| reactions.iter().filter(|one| which(one)).count();
    Some(Decided {
        policy: first.policy,
        decision: first.action,
        shown: reactions.len(),
        accepted: count(|one| !one.feedback().rejects()),
        rejected: count(|one| one.feedback().rejects()),
        took_large: count(|one| one.took_large),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{routing::UserSignal, signals::fixture::reaction};

    #[test]
    fn models_languages_and_decisions_are_counted_apart() {
        let mut escalated = reaction("one", UserSignal::Dismissed);
        escalated.action = Action::Escalate;
        escalated.took_large = true;
        let mut java = reaction("one", UserSignal::Accepted);
        java.language = Some(Language::Java);
        let reactions = [
            reaction("two", UserSignal::TypedOtherwise),
            reaction("one", UserSignal::TypedAlong),
            escalated,
            java,
            reaction("one", UserSignal::Accepted),
        ];
        let counted = counts(&reactions);
        let places: Vec<_> = counted
            .iter()
            .map(|count| (count.model.as_str(), count.language))
            .collect();
        assert_eq!(
            places,
            [
                ("one", Some(Language::Java)),
                ("one", Some(Language::Python)),
                ("two", Some(Language::Python))
            ]
        );
        let decided = |shown, accepted, rejected, took_large, decision| Decided {
            policy: Policy::Mccom,
            decision,
            shown,
            accepted,
            rejected,
            took_large,
        };
        assert_eq!(
            counted[1].decisions,
            [
                decided(2, 2, 0, 0, Action::Keep),
                decided(1, 0, 1, 1, Action::Escalate)
            ]
        );
        assert_eq!(counted[2].decisions, [decided(1, 0, 1, 0, Action::Keep)]);
    }
}

//! The enums that appear in JSON, in the configuration and on screen have one name everywhere.

use std::{collections::BTreeSet, fmt::Debug};

use routelens::{
    completion::DraftSource,
    evaluation::task::HoleKind,
    language::Language,
    remote::Dialect,
    routing::{Escalation, Policy, Score, Signal, UserSignal},
    sandbox::TestResult,
    syntax::VerdictState,
};
use serde::{Serialize, de::DeserializeOwned};

/// Checks that each value is written to JSON, and read from it, under its own name.
fn same<T>(values: &[T], name: impl Fn(T) -> &'static str)
where
    T: Copy + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let names: BTreeSet<&str> = values.iter().map(|value| name(*value)).collect();
    assert_eq!(names.len(), values.len(), "{names:?}");
    for value in values {
        let json = serde_json::to_value(value).expect("plain data");
        assert_eq!(json, name(*value));
        assert_eq!(serde_json::from_value::<T>(json).expect("its name"), *value);
    }
}

#[test]
fn names_are_those_of_json() {
    same(&DraftSource::ALL, DraftSource::name);
    same(&HoleKind::ALL, HoleKind::name);
    same(&Language::ALL, Language::name);
    same(&Dialect::ALL, Dialect::name);
    same(&Escalation::ALL, Escalation::name);
    same(&Policy::ALL, Policy::name);
    same(&Score::ALL, Score::name);
    same(&UserSignal::ALL, UserSignal::name);
    let results = [
        TestResult::Passed,
        TestResult::Failed,
        TestResult::DoesNotCompile,
        TestResult::TimedOut,
        TestResult::OutOfMemory,
        TestResult::TooMuchOutput,
        TestResult::TooManyProcesses,
    ];
    same(&results, TestResult::name);
    let states = [
        VerdictState::Valid,
        VerdictState::Broken,
        VerdictState::Unsupported,
    ];
    same(&states, VerdictState::name);
    let signals = [
        Signal::Syntax,
        Signal::Always,
        Signal::Empty,
        Signal::User,
        Signal::SelfTest,
    ];
    same(&signals, Signal::name);
    for score in Score::ALL {
        assert_eq!(Signal::Score(score).name(), score.name());
    }
}

#[test]
fn names_lead_back_to_their_values() {
    for policy in Policy::ALL {
        assert_eq!(Policy::from_name(policy.name()), Some(policy));
    }
    for score in Score::ALL {
        assert_eq!(Score::from_name(score.name()), Some(score));
    }
    for language in Language::ALL {
        assert_eq!(Language::from_name(language.name()), Some(language));
    }
    for dialect in Dialect::ALL {
        assert_eq!(Dialect::from_name(dialect.name()), Some(dialect));
    }
    assert_eq!(Policy::from_name("Synconf"), None);
}

//! The tune screen's content as JSON: the same for the screen's export and for `routelens tune
//! --json`.

use serde::Serialize;

use super::{
    explore::Explored,
    list::{List, Listed},
    outcome::{Attempt, Outcome},
    subject::Subject,
    table::Labels,
};
use crate::{
    language::Language,
    routing::{Action, Flip},
    syntax::VerdictState,
};

/// The exported content, with the listed outcomes.
#[derive(Debug, Serialize)]
pub struct Export<'a> {
    /// The run file's name, or `this run` for a playground's own.
    run: &'a str,
    /// The dataset and the models.
    about: &'a str,
    labels: Labels,
    /// How many tokens the first-k scores cover.
    first_k: usize,
    #[serde(flatten)]
    shown: &'a Explored,
    /// Which outcomes are listed, and the search text.
    listed: &'static str,
    search: &'a str,
    outcomes: Vec<ExportedOutcome<'a>>,
}

#[derive(Debug, Serialize)]
struct ExportedOutcome<'a> {
    id: &'a str,
    language: Option<Language>,
    kind: Option<&'static str>,
    action: Action,
    /// The decision before, if it has changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Action>,
    score: Option<f32>,
    verdict: VerdictState,
    small_right: Option<bool>,
    large_right: Option<bool>,
    marked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    small: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    large: Option<&'a str>,
}

impl<'a> Export<'a> {
    /// The export of what is shown of a subject, with the outcomes in `list`.
    pub fn of(subject: &'a Subject, shown: &'a Explored, list: &'a List) -> Self {
        let outcome = |listed| ExportedOutcome::of(subject, shown, list, listed);
        Export {
            run: &subject.title,
            about: &subject.about,
            labels: subject.labels,
            first_k: subject.table.k(),
            shown,
            listed: list.filter.name(),
            search: list.query.trim(),
            outcomes: list.rows.iter().map(outcome).collect(),
        }
    }
}

impl<'a> ExportedOutcome<'a> {
    fn of(subject: &'a Subject, shown: &Explored, list: &List, listed: &Listed) -> Self {
        let row = &subject.table.rows()[listed.row];
        let recorded = subject.outcome(listed.row).map(|(_, outcome)| outcome);
        let text = |attempt: fn(&Outcome) -> &Attempt| {
            recorded.map(|outcome| attempt(outcome).completion.text.as_str())
        };
        ExportedOutcome {
            id: &subject.cases[listed.row].id,
            language: row.language,
            kind: row.kind.map(|kind| kind.name()),
            action: match listed.keeps {
                true => Action::Keep,
                false => Action::Escalate,
            },
            before: listed.turn.map(|turn| match turn {
                Flip::ToKeep => Action::Escalate,
                Flip::ToEscalate => Action::Keep,
            }),
            score: row.scores.map(|scores| scores.get(shown.setting.score)),
            verdict: row.verdict,
            small_right: row.small_right,
            large_right: row.large_right,
            marked: list.marked.contains(&listed.row),
            small: text(|outcome| &outcome.small),
            large: text(|outcome| &outcome.large),
        }
    }
}

//! What is shown, as JSON: the same for the screen's export and for `routelens tune --json`.

use std::path::PathBuf;

use serde::Serialize;

use super::{Listed, Tune, TuneEffect};
use crate::{
    evaluation::{
        explore::Shown,
        outcome::{Attempt, Outcome as Recorded},
        table::Labels,
    },
    language::Language,
    routing::{Action, Flip},
    syntax::VerdictState,
};

/// What is shown, and the outcomes that are listed.
#[derive(Debug, Serialize)]
pub struct Export<'a> {
    /// The run file's name, or `this run` for a playground's own.
    run: &'a str,
    /// The dataset and the models.
    about: &'a str,
    labels: Labels,
    /// How many first tokens the first-k scores are over.
    first_k: usize,
    #[serde(flatten)]
    shown: &'a Shown,
    /// Which outcomes are listed, and what was searched for in them.
    listed: &'static str,
    search: &'a str,
    outcomes: Vec<Outcome<'a>>,
}

#[derive(Debug, Serialize)]
struct Outcome<'a> {
    id: &'a str,
    language: Option<Language>,
    kind: Option<&'static str>,
    action: Action,
    /// The decision before, where it has changed.
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

impl Tune {
    /// What is shown now.
    pub fn export(&self) -> Export<'_> {
        Export {
            run: &self.subject.title,
            about: &self.subject.about,
            labels: self.subject.labels,
            first_k: self.subject.table.k(),
            shown: &self.shown,
            listed: self.list.filter.name(),
            search: self.list.query.trim(),
            outcomes: self.list.rows.iter().map(|row| self.outcome(row)).collect(),
        }
    }

    fn outcome(&self, listed: &Listed) -> Outcome<'_> {
        let row = &self.subject.table.rows()[listed.row];
        let recorded = self.subject.outcome(listed.row).map(|(_, outcome)| outcome);
        let text = |attempt: fn(&Recorded) -> &Attempt| {
            recorded.map(|outcome| attempt(outcome).completion.text.as_str())
        };
        Outcome {
            id: &self.subject.cases[listed.row].id,
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
            score: row.scores.map(|scores| scores.get(self.setting.score)),
            verdict: row.verdict,
            small_right: row.small_right,
            large_right: row.large_right,
            marked: self.list.marked.contains(&listed.row),
            small: text(|outcome| &outcome.small),
            large: text(|outcome| &outcome.large),
        }
    }

    /// The name that is proposed for an export.
    pub(super) fn export_name(&self) -> String {
        let title = self.subject.title.as_str();
        let stem = title.split('.').next().unwrap_or(title).replace(' ', "-");
        format!("tune-{stem}.json")
    }

    /// Exports what is shown to a file.
    pub(super) fn export_to(&mut self, name: &str) -> Vec<TuneEffect> {
        match serde_json::to_string_pretty(&self.export()) {
            Ok(mut text) => {
                text.push('\n');
                vec![TuneEffect::Export {
                    path: PathBuf::from(name),
                    text,
                }]
            }
            Err(error) => {
                self.info(format!("cannot be written as JSON: {error}"));
                Vec::new()
            }
        }
    }
}

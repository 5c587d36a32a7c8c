//! The latest completions of this run as outcomes, so that the tune screen can open them even
//! after the buffer has changed. No tests ran on them: whether they are right follows from
//! what the user did, which is in the history.

use std::collections::BTreeMap;

use super::Completions;
use crate::{
    completion::{Completion, RequestId},
    config::Config,
    evaluation::{
        dataset::DatasetId,
        outcome::{Attempt, Header, ModelIdentity, Outcome, RunSettings},
        task::HoleKind,
    },
    meter::Rates,
    sandbox::Limits,
    syntax::VerdictState,
    turn::{ModelState, Phase, Run, RunKind},
};

/// The most that are kept.
const MOST: usize = 200;
/// The most bytes of text around their holes, which is the whole file each time: for a large file,
/// fewer outcomes are kept.
const BYTES: usize = 64 << 20;

/// Outcomes by the request of the small completion, of holes whose language has a grammar.
#[derive(Debug, Clone, Default)]
pub(super) struct Recording {
    outcomes: BTreeMap<RequestId, Outcome>,
}

impl Recording {
    fn keep(&mut self, id: RequestId, outcome: Outcome) {
        self.outcomes.insert(id, outcome);
        let around = |outcome: &Outcome| outcome.prefix.len() + outcome.suffix.len();
        let mut bytes: usize = self.outcomes.values().map(around).sum();
        while self.outcomes.len() > MOST || bytes > BYTES {
            let Some((_, oldest)) = self.outcomes.pop_first() else {
                return;
            };
            bytes -= around(&oldest);
        }
    }
}

impl Completions {
    /// A completion has been judged: keeps it with its hole and the other model's text so far.
    pub fn record_outcome(&mut self) {
        let ended = |run: &&Run| run.kind == RunKind::Greedy && run.phase == Phase::Done;
        let (Some(hole), Some(small)) = (
            self.turn.small.hole.as_ref(),
            self.turn.small.runs.iter().find(ended),
        ) else {
            return;
        };
        let Some(language) = hole.language else {
            return;
        };
        let large = self.turn.large.runs.iter().find(ended);
        let outcome = Outcome {
            id: self.hole_label.clone(),
            language,
            kind: HoleKind::Span,
            prefix: hole.prefix.clone(),
            suffix: hole.suffix.clone(),
            canonical: String::new(),
            small: attempt(Some(small)),
            large: attempt(large),
            large_drafted: None,
            overhead_ms: 0.0,
        };
        self.recording.keep(small.id, outcome);
    }

    /// What was recorded of a small completion.
    pub fn recorded(&self, id: RequestId) -> Option<&Outcome> {
        self.recording.outcomes.get(&id)
    }

    /// The header that a run of these outcomes would have.
    pub fn recording_header(&self, config: &Config) -> Header {
        let dataset = DatasetId {
            name: "this run".to_owned(),
            sha256: String::new(),
            tasks: self.recording.outcomes.len(),
        };
        let settings = RunSettings {
            max_tokens: config.max_tokens,
            top: 0,
            context: None,
            limits: Limits::default(),
            unsafe_execution: false,
            sample: None,
        };
        let (small, large) = (
            identity(&self.turn.small.model),
            identity(&self.turn.large.model),
        );
        Header::new(dataset, small, large, settings)
    }
}

/// The result of a model's completion; empty if it was not requested.
fn attempt(run: Option<&Run>) -> Attempt {
    let verdict = run.and_then(|run| run.verdict.as_ref());
    Attempt {
        completion: run.map_or_else(Completion::cancelled, |run| run.completion.clone()),
        token_ms: Vec::new(),
        timeline: run.map_or_else(Vec::new, |run| run.timeline.clone()),
        verdict: verdict.map_or(VerdictState::Unsupported, |verdict| verdict.state),
        faults: Vec::new(),
        passed: None,
        execution: None,
    }
}

/// The name of a model; empty without one.
fn identity(model: &ModelState) -> ModelIdentity {
    let info = match model {
        ModelState::Ready(info) => Some(info),
        _ => None,
    };
    let name = if model.is_usable() { model.name() } else { "" };
    ModelIdentity {
        name: name.to_owned(),
        // Of a file it is not needed here; a server has none.
        fingerprint: (!model.is_server()).then(String::new),
        description: String::new(),
        fim: info.map_or_else(String::new, |info| info.fim.clone()),
        device: info.map_or_else(String::new, |info| info.device.clone()),
        rates: Rates::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn of_a_large_file_fewer_outcomes_are_kept_the_latest() {
        let mut recording = Recording::default();
        for id in 1..=3 {
            let outcome = Outcome {
                id: String::new(),
                language: Language::Python,
                kind: HoleKind::Span,
                prefix: " ".repeat(BYTES / 3),
                suffix: " ".repeat(BYTES / 9),
                canonical: String::new(),
                small: attempt(None),
                large: attempt(None),
                large_drafted: None,
                overhead_ms: 0.0,
            };
            recording.keep(RequestId(id), outcome);
        }
        let kept: Vec<&RequestId> = recording.outcomes.keys().collect();
        assert_eq!(kept, [&RequestId(2), &RequestId(3)]);
    }
}

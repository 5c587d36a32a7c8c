//! The latest completions of this run as outcomes, so that the tune screen can open them when their
//! place in the buffer is long gone. No tests ran on them: what a person did says whether they are
//! right, and that is in the history.

use std::collections::BTreeMap;

use super::{App, ModelState, Phase, Run, RunKind};
use crate::{
    completion::{Completion, RequestId},
    evaluation::{
        dataset::DatasetId,
        execution::Limits,
        outcome::{Attempt, Header, ModelIdentity, Outcome, RunSettings},
        task::HoleKind,
    },
    meter::Rates,
    syntax::VerdictState,
};

/// The most that are kept. Each holds the whole text around its hole.
const MOST: usize = 200;

/// Outcomes by the request of the small completion, of holes whose language has a grammar.
#[derive(Debug, Clone, Default)]
pub(super) struct Recording {
    outcomes: BTreeMap<RequestId, Outcome>,
}

impl Recording {
    pub fn get(&self, id: RequestId) -> Option<&Outcome> {
        self.outcomes.get(&id)
    }

    fn keep(&mut self, id: RequestId, outcome: Outcome) {
        self.outcomes.insert(id, outcome);
        while self.outcomes.len() > MOST {
            self.outcomes.pop_first();
        }
    }
}

impl App {
    /// A completion has been judged: keeps it with its hole, and with what the other model said so
    /// far.
    pub(super) fn record_outcome(&mut self) {
        let ended = |run: &&Run| run.kind == RunKind::Greedy && run.phase == Phase::Done;
        let (Some(hole), Some(small)) =
            (self.small.hole.as_ref(), self.small.runs.iter().find(ended))
        else {
            return;
        };
        let Some(language) = hole.language else {
            return;
        };
        let large = self.large.runs.iter().find(ended);
        let outcome = Outcome {
            id: self.hole_label.clone(),
            language,
            kind: HoleKind::Span,
            prefix: hole.prefix.clone(),
            suffix: hole.suffix.clone(),
            canonical: String::new(),
            small: attempt(Some(small)),
            large: attempt(large),
            overhead_ms: 0.0,
        };
        self.recording.keep(small.id, outcome);
    }

    /// What a run of these outcomes would say of itself.
    pub(super) fn recording_header(&self) -> Header {
        let dataset = DatasetId {
            name: "this run".to_owned(),
            sha256: String::new(),
            tasks: self.recording.outcomes.len(),
        };
        let settings = RunSettings {
            max_tokens: self.config.max_tokens,
            top: 0,
            context: None,
            limits: Limits::default(),
            unsafe_execution: false,
            sample: None,
        };
        let (small, large) = (identity(&self.small.model), identity(&self.large.model));
        Header::new(dataset, small, large, settings)
    }
}

/// What became of a model's completion; of one that was not asked for, nothing.
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

/// A model as it is named here. Without one the name is empty.
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

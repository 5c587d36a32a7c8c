//! One model's side of the playground: the model, and the completions it gave for the current hole.

use std::{sync::Arc, time::Duration};

use super::event::LaneKind;
use crate::{
    completion::{Completion, Hole, PromptInfo, RequestId},
    local::ModelInfo,
    routing::{Decision, Evidence},
    syntax::{TokenSyntax, Verdict},
};

/// Where a model stands.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelState {
    /// No model in this lane.
    Absent,
    /// The weights load, 0 to 1; what is loading.
    Loading(String, f32),
    Ready(Arc<ModelInfo>),
    /// It cannot be used: what is wrong and what to do.
    Failed(String),
}

/// Where a completion stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Asked for; no token yet.
    Waiting,
    Streaming,
    Done,
    Failed(String),
}

/// How a completion came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    Greedy,
    /// Sampled with this seed.
    Sampled(u32),
    /// A person chose the token at this index in the inspector.
    Steered(usize),
}

/// One completion of the current hole, growing while it streams.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub id: RequestId,
    pub kind: RunKind,
    pub phase: Phase,
    /// Grows token by token; replaced by the trimmed one at the end.
    pub completion: Completion,
    pub prompt: PromptInfo,
    /// How the text stood after each token; may lag behind the tokens.
    pub timeline: Vec<TokenSyntax>,
    /// The verdict on the finished completion.
    pub verdict: Option<Verdict>,
    pub requested_at: Duration,
    /// When the first token came.
    pub first_token_at: Option<Duration>,
    /// The decision on it, and how long after the request it was known (small lane only).
    pub decision: Option<(Decision, Duration)>,
    /// The evidence the decision was made on.
    pub evidence: Evidence,
}

/// A model and its completions of the current hole.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    pub kind: LaneKind,
    pub model: ModelState,
    /// The hole the runs are for.
    pub hole: Option<Hole>,
    /// Greedy first, then sampled and steered ones.
    pub runs: Vec<Run>,
    /// Which of them is shown.
    pub shown: usize,
}

impl Lane {
    /// The run on screen.
    pub fn run(&self) -> Option<&Run> {
        self.runs.get(self.shown)
    }
}

//! What a run records: one [`Header`] that says what was run on what, and an [`Outcome`] for each
//! task, both as JSON lines. Everything that a policy may look at is in here, so that no policy and
//! no threshold needs a model again.

use serde::{Deserialize, Serialize};

use super::{
    dataset::DatasetId,
    execution::{Execution, Limits},
    task::HoleKind,
};
use crate::{
    completion::{Completion, model::ModelInfo},
    language::Language,
    meter::Rates,
    syntax::{TokenSyntax, VerdictState},
};

/// Version of the format. A file of a newer one is refused.
pub const VERSION: u32 = 1;

/// The first line of a run file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Always `routelens`, so that another file is not taken for a run.
    pub format: String,
    pub version: u32,
    /// The program's version that wrote it.
    pub routelens: String,
    /// When the run began, in UTC, as `2026-11-21T00:17:26Z`.
    pub date: String,
    pub dataset: DatasetId,
    pub small: ModelIdentity,
    pub large: ModelIdentity,
    pub settings: RunSettings,
}

/// Which model it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelIdentity {
    /// The name under which thresholds are kept.
    pub name: String,
    /// Of a file: [`crate::local::fingerprint`]. A server does not say.
    pub fingerprint: Option<String>,
    /// Such as "6.8M Q8_0"; of a server its address.
    pub description: String,
    /// How holes are put to it.
    pub fim: String,
    /// Where it runs. Another device gives other timings, and is not another model.
    pub device: String,
    pub rates: Rates,
}

impl ModelIdentity {
    /// The identity of a model that is ready; a file is read for its fingerprint.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of(info: &ModelInfo, rates: Rates) -> std::io::Result<Self> {
        let _ = (info, rates);
        todo!()
    }

    /// Whether it is the same model: by fingerprint where both have one, else by name and layout.
    pub fn is_same(&self, other: &ModelIdentity) -> bool {
        let _ = other;
        todo!()
    }
}

/// What else an outcome depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSettings {
    pub max_tokens: usize,
    /// Candidates kept for each token.
    pub top: usize,
    pub context: Option<u32>,
    pub limits: Limits,
    /// Tests ran without a sandbox.
    pub unsafe_execution: bool,
    /// How many tasks were drawn and with which seed; `None` for all.
    pub sample: Option<(usize, u64)>,
}

/// One task with both models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The task's id.
    pub id: String,
    pub language: Language,
    pub kind: HoleKind,
    /// The hole as it was presented to the models.
    pub prefix: String,
    pub suffix: String,
    /// What belongs in it.
    pub canonical: String,
    pub small: Attempt,
    pub large: Attempt,
    /// Wall-clock time of this task besides the models and the tests, in milliseconds.
    pub overhead_ms: f64,
}

/// One model's completion of a task, judged and tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub completion: Completion,
    /// When each token of `completion` came, in milliseconds since the request.
    pub token_ms: Vec<f32>,
    /// How the text stood after each token.
    pub timeline: Vec<TokenSyntax>,
    pub verdict: VerdictState,
    /// Messages of its new faults.
    pub faults: Vec<String>,
    /// Whether it is right; `None` where that could not be found out.
    pub passed: Option<bool>,
    /// How its tests went; `None` where text was compared.
    pub execution: Option<Execution>,
}

/// A run that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub header: Header,
    pub outcomes: Vec<Outcome>,
    /// What should be known of the file, for people to read: a last line that was cut off.
    pub notices: Vec<String>,
}

//! What a run records: one [`Header`] that says what was run on what, and one [`Outcome`] per task,
//! both as JSON lines. An outcome holds everything that policies may look at, so no policy or
//! threshold needs a model again.

#[cfg(test)]
pub(super) mod tests;

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{dataset::DatasetId, task::HoleKind};
use crate::{
    completion::{
        Completion, Drafting, StopReason,
        model::{ModelInfo, Origin},
    },
    language::Language,
    local,
    meter::Rates,
    sandbox::{Execution, Limits},
    syntax::{TokenSyntax, VerdictState},
};

/// The value of [`Header::format`].
pub const FORMAT: &str = "routelens";

/// Version of the format. Files of a newer version are refused.
pub const VERSION: u32 = 1;

/// The first line of a run file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Always `routelens`, so that other files are not mistaken for runs.
    pub format: String,
    pub version: u32,
    /// The version of the program that wrote the file.
    pub routelens: String,
    /// When the run began, in UTC, as `2026-11-21T00:17:26Z`.
    pub date: String,
    pub dataset: DatasetId,
    pub small: ModelIdentity,
    pub large: ModelIdentity,
    pub settings: RunSettings,
}

impl Header {
    /// The header of a run that begins now.
    pub fn new(
        dataset: DatasetId,
        small: ModelIdentity,
        large: ModelIdentity,
        settings: RunSettings,
    ) -> Self {
        Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            routelens: env!("CARGO_PKG_VERSION").to_owned(),
            date: now(),
            dataset,
            small,
            large,
            settings,
        }
    }

    /// What makes a run with the header `now` a different run, for display: each entry gives the
    /// old and the new value. Empty if the outcomes belong together; date, device, prices and the
    /// program's version do not matter.
    pub fn differences(&self, now: &Header) -> Vec<String> {
        let mut found = Vec::new();
        if self.dataset.sha256 != now.dataset.sha256 || self.dataset.tasks != now.dataset.tasks {
            let (was, is) = (self.dataset.told(), now.dataset.told());
            found.push(changed("the dataset", &was, &is));
        }
        let models = [
            ("the small model", &self.small, &now.small),
            ("the large model", &self.large, &now.large),
        ];
        for (what, was, is) in models {
            if !was.is_same(is) {
                found.push(changed(what, &was.told(), &is.told()));
            }
        }
        found.extend(self.settings.differences(&now.settings));
        found
    }
}

/// The current time in UTC, to the second.
pub fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let whole = now.replace_nanosecond(0).unwrap_or(now);
    // RFC 3339 allows years 0 to 9999 only.
    whole.format(&Rfc3339).unwrap_or_default()
}

fn changed(what: &str, was: &str, is: &str) -> String {
    format!("{what} was {was} and is now {is}")
}

impl DatasetId {
    /// A readable description that distinguishes it from other datasets.
    fn told(&self) -> String {
        let digits: String = self.sha256.chars().take(12).collect();
        let plural = if self.tasks == 1 { "" } else { "s" };
        format!("{} ({digits}, {} task{plural})", self.name, self.tasks)
    }
}

/// Identifies a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelIdentity {
    /// The name that thresholds are stored under.
    pub name: String,
    /// For a file: [`crate::local::fingerprint`]. Servers do not report one.
    pub fingerprint: Option<String>,
    /// For a file, such as "6.8M Q8_0"; for a server, its address.
    pub description: String,
    /// The FIM layout.
    pub fim: String,
    /// Where it runs. Another device changes the timings, not the model's identity.
    pub device: String,
    pub rates: Rates,
}

impl ModelIdentity {
    /// The identity of a ready model; a model file is read for its fingerprint.
    ///
    /// # Errors
    /// The file is unreadable.
    pub fn of(info: &ModelInfo, rates: Rates) -> std::io::Result<Self> {
        let (fingerprint, description) = match &info.origin {
            Origin::File {
                path, description, ..
            } => (Some(local::fingerprint(path)?), description.clone()),
            Origin::Server { url, .. } => (None, url.clone()),
        };
        Ok(ModelIdentity {
            name: info.name.clone(),
            fingerprint,
            description,
            fim: info.fim.clone(),
            device: info.device.clone(),
            rates,
        })
    }

    /// Whether it is the same model: by fingerprint if both have one, else by name and layout.
    pub fn is_same(&self, other: &ModelIdentity) -> bool {
        match (&self.fingerprint, &other.fingerprint) {
            (Some(one), Some(two)) => one == two,
            _ => (&self.name, &self.fim) == (&other.name, &other.fim),
        }
    }

    /// A readable description that distinguishes it from other models.
    fn told(&self) -> String {
        let mark = self.fingerprint.as_ref().unwrap_or(&self.description);
        format!("{} ({mark}, {} layout)", self.name, self.fim)
    }
}

/// The settings that outcomes depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSettings {
    pub max_tokens: usize,
    /// Alternatives kept per token.
    pub top: usize,
    pub context: Option<u32>,
    pub limits: Limits,
    /// Whether tests ran without a sandbox.
    pub unsafe_execution: bool,
    /// Sample size and seed; `None` if all tasks were taken.
    pub sample: Option<(usize, u64)>,
}

impl RunSettings {
    fn differences(&self, now: &RunSettings) -> Vec<String> {
        let context = |context: Option<u32>| {
            context.map_or("the model's default".to_owned(), |tokens| {
                tokens.to_string()
            })
        };
        let sandbox = |without: bool| match without {
            true => "without a sandbox",
            false => "in a sandbox",
        };
        let sample = |sample: Option<(usize, u64)>| match sample {
            Some((count, seed)) => format!("a sample of {count} with seed {seed}"),
            None => "all tasks".to_owned(),
        };
        let number = |number: u64| number.to_string();
        let (old, new) = (&self.limits, &now.limits);
        let count = |count: usize| count.to_string();
        let compared = [
            (
                "the limit on tokens per completion",
                count(self.max_tokens),
                count(now.max_tokens),
            ),
            (
                "the number of alternatives per token",
                count(self.top),
                count(now.top),
            ),
            ("the context", context(self.context), context(now.context)),
            (
                "the time limit in ms",
                number(old.time_ms),
                number(new.time_ms),
            ),
            (
                "the memory limit in MiB",
                number(old.memory_mb),
                number(new.memory_mb),
            ),
            (
                "the process limit",
                number(old.processes.into()),
                number(new.processes.into()),
            ),
            (
                "the output limit in bytes",
                number(old.output_bytes),
                number(new.output_bytes),
            ),
            (
                "the way tests run",
                sandbox(self.unsafe_execution).to_owned(),
                sandbox(now.unsafe_execution).to_owned(),
            ),
            (
                "the choice of tasks",
                sample(self.sample),
                sample(now.sample),
            ),
        ];
        let different = compared.into_iter().filter(|(_, was, is)| was != is);
        different
            .map(|(what, was, is)| changed(what, &was, &is))
            .collect()
    }
}

/// One task, completed by both models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The task's id.
    pub id: String,
    pub language: Language,
    pub kind: HoleKind,
    /// The hole as it was put to the models.
    pub prefix: String,
    pub suffix: String,
    /// The expected content of the hole.
    pub canonical: String,
    pub small: Attempt,
    pub large: Attempt,
    /// The large model's second run with the small completion as its draft, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large_drafted: Option<Drafted>,
    /// Time spent on this task besides models and tests, in milliseconds: preparing the hole,
    /// judging the syntax, preparing the tests. Excludes writing this line and waiting in queues.
    pub overhead_ms: f64,
}

impl Outcome {
    /// Whether an attempt equals the expected content, ignoring surrounding whitespace.
    pub fn is_exact(&self, attempt: &Attempt) -> bool {
        attempt.completion.text.trim() == self.canonical.trim()
    }
}

/// The large model's run with the rejected small completion as a draft to verify (MCCom's second
/// stage, arXiv 2603.05974).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drafted {
    /// From the request to the end, in milliseconds.
    pub total_ms: f64,
    /// Drafting statistics; empty if the model could not take the draft.
    pub drafting: Vec<Drafting>,
    /// Whether the text equals the one without the draft, as it must.
    pub same: bool,
}

/// One model's completion of a task, judged and tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub completion: Completion,
    /// When each token of `completion` arrived, in milliseconds since the request.
    pub token_ms: Vec<f32>,
    /// The syntax state after each token.
    pub timeline: Vec<TokenSyntax>,
    pub verdict: VerdictState,
    /// Messages of the new faults.
    pub faults: Vec<String>,
    /// Whether it is right; `None` if that could not be determined.
    pub passed: Option<bool>,
    /// How its tests went; `None` if it was graded by comparing text.
    pub execution: Option<Execution>,
}

impl Attempt {
    /// Whether the model was asked at all; in a playground's own outcomes the large model may not
    /// have been.
    pub fn was_asked(&self) -> bool {
        let completion = &self.completion;
        !(completion.tokens.is_empty() && completion.stop == StopReason::Cancelled)
    }
}

/// A run read from its file.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedRun {
    pub header: Header,
    pub outcomes: Vec<Outcome>,
    /// Notices about the file, such as a truncated last line, for display.
    pub notices: Vec<String>,
}

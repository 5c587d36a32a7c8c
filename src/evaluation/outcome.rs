//! What a run records: one [`Header`] that says what was run on what, and an [`Outcome`] for each
//! task, both as JSON lines. Everything that a policy may look at is in here, so that no policy and
//! no threshold needs a model again.

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

/// What [`Header::format`] says.
pub const FORMAT: &str = "routelens";

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

    /// What makes a run with the header `now` another one than this, for people to read: each says
    /// what it was and what it is. Empty where the outcomes belong together: date, device, prices
    /// and the program's version do not matter.
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

/// This moment in UTC, to the second.
pub fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let whole = now.replace_nanosecond(0).unwrap_or(now);
    // A year has four digits for a while yet.
    whole.format(&Rfc3339).unwrap_or_default()
}

fn changed(what: &str, was: &str, is: &str) -> String {
    format!("{what} was {was} and is now {is}")
}

impl DatasetId {
    /// What tells it from others, for people to read.
    fn told(&self) -> String {
        let digits: String = self.sha256.chars().take(12).collect();
        let plural = if self.tasks == 1 { "" } else { "s" };
        format!("{} ({digits}, {} task{plural})", self.name, self.tasks)
    }
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

    /// Whether it is the same model: by fingerprint where both have one, else by name and layout.
    pub fn is_same(&self, other: &ModelIdentity) -> bool {
        match (&self.fingerprint, &other.fingerprint) {
            (Some(one), Some(two)) => one == two,
            _ => (&self.name, &self.fim) == (&other.name, &other.fim),
        }
    }

    /// What tells it from others, for people to read.
    fn told(&self) -> String {
        let mark = self.fingerprint.as_ref().unwrap_or(&self.description);
        format!("{} ({mark}, {} layout)", self.name, self.fim)
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

impl RunSettings {
    fn differences(&self, now: &RunSettings) -> Vec<String> {
        let context = |context: Option<u32>| {
            context.map_or("the model's own".to_owned(), |tokens| tokens.to_string())
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
                "the most tokens of a completion",
                count(self.max_tokens),
                count(now.max_tokens),
            ),
            (
                "the number of candidates of a token",
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
                "the limit on processes",
                number(old.processes.into()),
                number(new.processes.into()),
            ),
            (
                "the limit on output in bytes",
                number(old.output_bytes),
                number(new.output_bytes),
            ),
            (
                "the way tests ran",
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
    /// The large model once more, with the small completion as its draft, where that was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large_drafted: Option<Drafted>,
    /// Time that was spent on this task besides the models and the tests, in milliseconds: putting
    /// the hole, judging the syntax, preparing the tests. Not in it: writing this line, and waiting
    /// for others' turn.
    pub overhead_ms: f64,
}

impl Outcome {
    /// Whether an attempt is exactly what belongs in the hole, but for white space around it.
    pub fn is_exact(&self, attempt: &Attempt) -> bool {
        attempt.completion.text.trim() == self.canonical.trim()
    }
}

/// What the large model did with a rejected small completion as the draft that it verifies (MCCom's
/// second stage, arXiv 2603.05974).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drafted {
    /// From the request to the end, in milliseconds.
    pub total_ms: f64,
    /// What came of the draft; empty where the model could not take it.
    pub drafting: Vec<Drafting>,
    /// Whether the text is the same as without the draft, as it must be.
    pub same: bool,
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

impl Attempt {
    /// Whether the model was asked at all: of a playground's own outcomes the large one need not
    /// have been.
    pub fn was_asked(&self) -> bool {
        let completion = &self.completion;
        !(completion.tokens.is_empty() && completion.stop == StopReason::Cancelled)
    }
}

/// A run that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub header: Header,
    pub outcomes: Vec<Outcome>,
    /// What should be known of the file, for people to read: a last line that was cut off.
    pub notices: Vec<String>,
}

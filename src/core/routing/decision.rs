//! A decision and its reasons, as data for both the screen and the JSON output.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{policy::Policy, score::Score};

/// The router's choice for the small completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Keep,
    Escalate,
}

/// The input behind one reason of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Signal {
    /// A confidence score against its threshold.
    #[strum(transparent)]
    Score(Score),
    /// The syntax verdict.
    Syntax,
    /// The policy always decides the same.
    Always,
    /// There was nothing to keep: the small model failed or returned no text.
    Empty,
    /// The user's reaction to the completion.
    User,
    /// The model's own solutions run against its own tests.
    SelfTest,
}

impl Signal {
    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The contribution of one signal to a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    pub signal: Signal,
    /// The observed value as text: a number, or the verdict's state.
    pub value: String,
    /// The number behind `value`, if it is one.
    pub number: Option<f32>,
    /// The threshold, if there is one.
    pub threshold: Option<f32>,
    /// `number` − `threshold`; positive means passed.
    pub margin: Option<f32>,
    /// Whether this signal favours keeping.
    pub passed: bool,
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Reason", 5)?;
        out.serialize_field("signal", self.signal.name())?;
        match self.number {
            Some(number) => out.serialize_field("value", &number)?,
            None => out.serialize_field("value", &self.value)?,
        }
        out.serialize_field("threshold", &self.threshold)?;
        out.serialize_field("margin", &self.margin)?;
        out.serialize_field("passed", &self.passed)?;
        out.end()
    }
}

/// Keep or escalate, with reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    pub policy: Policy,
    pub action: Action,
    pub reasons: Vec<Reason>,
    /// The large model was wanted but unavailable, so the small completion is kept.
    pub degraded: bool,
}

impl Decision {
    /// Whether the policy keeps the small completion (rather than the large model being
    /// unavailable).
    pub fn keeps(&self) -> bool {
        self.action == Action::Keep
    }

    /// Marks an escalation that the large model cannot answer; a kept completion needs no answer.
    pub fn set_degraded(&mut self, unanswered: bool) {
        self.degraded = unanswered && !self.keeps();
    }
}

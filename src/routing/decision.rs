//! A decision and why it was made, as data that the screen and the JSON both show.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{Policy, Score};

/// What the router does with the small completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Keep,
    Escalate,
}

/// Something a policy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Signal {
    /// A confidence score against its threshold.
    #[strum(transparent)]
    Score(Score),
    /// The syntax verdict.
    Syntax,
    /// The policy always decides the same.
    Always,
    /// There was nothing to keep: the small model gave no text or failed.
    Empty,
    /// What the person did with the completion.
    User,
    /// The model's own solutions against its own tests.
    SelfTest,
}

impl Signal {
    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// One signal's part in a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    pub signal: Signal,
    /// The value seen, as text: a number, or the verdict's state.
    pub value: String,
    /// The number behind `value`, where it is one.
    pub number: Option<f32>,
    /// What it was held against, where that is a number.
    pub threshold: Option<f32>,
    /// `number` − `threshold`: positive passes, and by how much.
    pub margin: Option<f32>,
    /// Whether this signal speaks for keeping.
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
    /// The large model was wanted but could not be had, so the small completion stands.
    pub degraded: bool,
}

impl Decision {
    /// Whether the small completion is kept by the rule (not because the large model was missing).
    pub fn keeps(&self) -> bool {
        self.action == Action::Keep
    }

    /// Marks an escalation that the large model cannot answer. What is kept needs no answer.
    pub fn set_degraded(&mut self, unanswered: bool) {
        self.degraded = unanswered && !self.keeps();
    }
}

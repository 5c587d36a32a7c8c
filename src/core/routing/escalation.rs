//! When to ask the large model; the decision itself does not depend on it.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use crate::words::names::array;

/// When to ask the large model about a hole. Asking sooner saves time if the decision is to
/// escalate, and wastes work if it is to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Escalation {
    /// After the small completion has ended and was judged.
    Patient,
    /// As soon as one gate has failed, even if the small model is still writing.
    #[default]
    Early,
    /// At the same time as the small model, whatever it writes.
    Hedged,
}

impl Escalation {
    pub const ALL: [Escalation; Escalation::COUNT] = array(Escalation::VARIANTS);

    /// The name used in JSON, configuration and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Finds one by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// After which decisions the large model is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LargeUse {
    Never,
    /// If the decision is, or may be, to escalate; see [`Escalation`].
    #[default]
    Escalated,
    /// Whatever the decision, to compare.
    Always,
}

//! When the large model is asked, which is not what decides.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use crate::words::names::array;

/// When the large model is asked about a hole. Asking sooner saves time where the decision is to
/// escalate, and wastes work where it is to keep.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    EnumCount,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Escalation {
    /// Once the small completion has ended and was judged.
    Patient,
    /// As soon as one gate has failed, while the small model may still write.
    #[default]
    Early,
    /// Together with the small model, whatever comes of it.
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

//! What the arrows change, and what can lie over the tune screen.

use strum::{EnumCount, IntoStaticStr, VariantArray};

use crate::{routing::FittedThreshold, tui::help::Help, words::names::array};

/// What up and down change. Left and right always move τ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Control {
    Policy,
    Score,
    Language,
    Kind,
    #[strum(serialize = "large asked")]
    Escalation,
    /// Which outcome is chosen.
    List,
}

impl Control {
    pub const ALL: [Control; Control::COUNT] = array(Control::VARIANTS);

    /// The name on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Something over the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Over {
    Help(Help),
    /// Write this threshold to the configuration? y: write it, Esc: no.
    Write(Box<FittedThreshold>),
    /// The name of the file to export to.
    Export(String),
    /// What the list is searched for, which is looked for while it is typed; and what it was
    /// searched for before.
    Search(String),
}

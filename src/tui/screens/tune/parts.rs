//! The controls of the tune screen and its overlays.

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
    Escalation,
    /// The chosen outcome.
    List,
}

impl Control {
    pub const ALL: [Control; Control::COUNT] = array(Control::VARIANTS);

    /// The name on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// An overlay.
#[derive(Debug, Clone, PartialEq)]
pub enum Over {
    Help(Help),
    /// The question whether to write this threshold to the configuration.
    Write(Box<FittedThreshold>),
    /// The file name for an export.
    Export(String),
    /// A search in progress, with the previous query. The list follows the typing.
    Search(String),
}

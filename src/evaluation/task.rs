//! One task of a benchmark: a hole, what belongs in it, and how to tell whether a completion is
//! right. Also how a hole is presented to a model: as an editor would.

use serde::{Deserialize, Serialize};

use super::execution::{Check, Program};
use crate::{completion::Hole, language::Language};

/// What kind of place a hole is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HoleKind {
    /// One whole line.
    Line,
    /// Several whole lines.
    Lines,
    /// Part of a line, or parts of several.
    Span,
    /// A block of an algorithm (SAFIM, arXiv 2403.04814).
    Block,
    /// A control-flow expression (SAFIM).
    Control,
    /// A call of a library's function (SAFIM).
    Api,
}

impl HoleKind {
    pub const ALL: [HoleKind; 6] = [
        HoleKind::Line,
        HoleKind::Lines,
        HoleKind::Span,
        HoleKind::Block,
        HoleKind::Control,
        HoleKind::Api,
    ];

    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        match self {
            HoleKind::Line => "line",
            HoleKind::Lines => "lines",
            HoleKind::Span => "span",
            HoleKind::Block => "block",
            HoleKind::Control => "control",
            HoleKind::Api => "api",
        }
    }

    /// Finds a kind by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How to tell whether a completion is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grading {
    /// The filled program passes its tests.
    Tests {
        /// What stands before and after the completion in the program that is run, where that is
        /// not what the model is shown.
        around: Option<(String, String)>,
        check: Check,
    },
    /// The completion is the expected text, white space at its ends aside (SAFIM's API calls).
    ExactMatch,
}

/// One task, as its benchmark gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The benchmark's own name for it; unique in a dataset.
    pub id: String,
    pub language: Language,
    pub kind: HoleKind,
    /// What stands before the hole, in the benchmark's own cut.
    pub prefix: String,
    /// What stands after it.
    pub suffix: String,
    /// What belongs in it.
    pub canonical: String,
    pub grading: Grading,
}

/// A hole as an editor presents it, and what belongs in it then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    pub prefix: String,
    pub suffix: String,
    pub canonical: String,
}

impl Presented {
    /// The hole to put to a model.
    pub fn hole(&self, language: Language) -> Hole {
        Hole::new(self.prefix.clone(), self.suffix.clone(), Some(language))
    }
}

impl Task {
    /// The hole as an editor presents it. Benchmarks cut whole lines with their indentation and the
    /// line's end, so that a model would have to begin with white space and end with a new line;
    /// a person's cursor stands behind the indentation, on a line that has its end already. So the
    /// indentation of the first line goes before the hole and the last line's end after it. A hole
    /// that is not whole lines stays as it is.
    pub fn presented(&self) -> Presented {
        todo!()
    }

    /// The program that says whether `completion`, written in the hole as [`Task::presented`], is
    /// right; `None` where that is a matter of text ([`Grading::ExactMatch`]).
    pub fn program(&self, completion: &str) -> Option<Program> {
        let _ = completion;
        todo!()
    }

    /// The same for a completion of the benchmark's own cut.
    pub fn program_as_cut(&self, completion: &str) -> Option<Program> {
        let _ = completion;
        todo!()
    }

    /// Whether a completion is the expected text, white space at both ends aside.
    pub fn is_exact(&self, completion: &str) -> bool {
        completion.trim() == self.canonical.trim()
    }
}

//! Syntax and colours: the incremental syntax tree of a document, its faults, the verdict on a
//! completion, highlight spans, and themes.
//!
//! Nothing here draws or starts a thread: error recovery can cost as much as a whole parse, so the
//! playground calls this module from a worker thread.

mod fault;
mod gaps;
mod highlight;
mod probe;
mod source;
mod theme;
mod tree;
mod verdict;

pub use fault::{Fault, FaultPlace, MOST_FAULTS};
pub use highlight::{Highlighter, Span};
pub use theme::{Rgb, TextStyle, Theme, ThemeError, ThemeSet};
pub use tree::{Edit, Tree};
pub use verdict::{Judge, TokenSyntax, Verdict, VerdictState, verdict};

//! The router. A named rule (policy) turns what is known about a completion (evidence) into keep or
//! escalate (decision). Pure functions and plain data. The playground, the headless commands and
//! the evaluation all call [`action`], or [`decide`] if they need reasons.

mod decision;
mod escalation;
pub mod fit;
#[cfg(test)]
pub(crate) mod fixture;
mod gates;
mod history;
mod policy;
mod score;

pub use decision::{Action, Decision, Reason, Signal};
pub use escalation::{Escalation, LargeUse};
pub use fit::{Fit, FittedThreshold, LoadedModel};
pub use gates::{action, decide};
pub use history::{Cost, Entry, Feedback, Flip, History};
pub use policy::{Evidence, Policy, SelfTest, Settings, UserSignal};
pub use score::{Score, Scores};

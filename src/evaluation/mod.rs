//! Evaluate once, tune by eye: a benchmark's tasks are put to both models once, what they wrote is
//! run against the tasks' tests, and everything is recorded as outcomes. From then on every policy
//! and threshold is a computation on the outcomes.
//!
//! The way: [`dataset`] reads tasks ([`task`]), [`run`] asks the models, judges, tests
//! ([`execution`], in a sandbox) and writes [`outcome`]s to a run file ([`mod@file`]). Then, pure and
//! without input or output: [`table`] holds what a policy may look at as columns, [`sweep`] goes
//! through all thresholds, [`explore`] is what the tune screen shows, [`report`] what a stakeholder
//! reads, [`fit`] chooses thresholds, [`compare`] puts scores beside each other, [`picks`] are what a
//! person preferred without names, [`person`] is one who is simulated, and [`statistics`] and
//! [`family`] have the intervals. No model runs in here but through [`crate::model`]; nothing draws.

pub mod compare;
pub mod dataset;
pub mod execution;
pub mod explore;
pub mod family;
pub mod file;
pub mod fit;
#[cfg(test)]
pub(crate) mod fixture;
pub mod outcome;
pub mod person;
pub mod picks;
pub mod report;
pub mod run;
pub mod statistics;
mod strategy;
pub mod sweep;
pub mod table;
pub mod task;

//! Evaluate once, tune by eye: a benchmark's tasks are put to both models once, what they wrote is
//! run against the tasks' tests, and everything is recorded as outcomes. From then on every policy
//! and threshold is a computation on the outcomes.
//!
//! The way: [`dataset`] reads tasks ([`task`]), [`run`] asks the models, judges, tests
//! (in the [`crate::sandbox`]) and writes [`outcome`]s to a run file ([`mod@file`]). Then, pure and
//! without input or output: [`table`] holds what a policy may look at as columns, [`sweep`] goes
//! through all thresholds, [`subject`], [`list`] and [`explore`] are what the tune screen shows and
//! [`export`] writes as JSON. [`report`] is what a stakeholder reads, [`fit`] chooses thresholds, and
//! [`compare`] puts scores beside each other; all three are on some [`material`], do what is [`asked`],
//! and go by the same [`measure`]. [`picks`] are what a person preferred without names, [`person`] is
//! one who is simulated, [`plan`] computes on recorded self-tests which chains are worth their cost,
//! and [`statistics`] and [`family`] have the intervals. No model runs in here but through
//! [`crate::models`]; nothing draws.

pub mod asked;
pub mod compare;
pub mod dataset;
pub mod drafts;
pub mod explore;
pub mod export;
pub mod family;
pub mod file;
pub mod fit;
#[cfg(test)]
pub(crate) mod fixture;
pub mod list;
pub mod material;
pub mod measure;
pub mod outcome;
pub mod person;
pub mod picks;
pub mod plan;
pub mod report;
pub mod run;
pub mod statistics;
mod strategy;
pub mod subject;
pub mod sweep;
pub mod table;
pub mod task;

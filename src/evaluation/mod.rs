//! Evaluate once, then tune by eye: a benchmark's tasks are put to both models once, their
//! completions are run against the tasks' tests, and everything is recorded as outcomes. After
//! that, every policy and threshold is a computation on the outcomes.
//!
//! [`dataset`] reads tasks ([`task`]); [`run`] asks the models, judges, tests ([`execution`], in a
//! sandbox) and writes [`outcome`]s to a run file ([`mod@file`]). The rest is pure: [`table`] holds
//! the columns that policies look at, [`sweep`] tries all thresholds, [`explore`] computes what the
//! tune screen shows, [`report`] what stakeholders read, [`fit`] chooses thresholds, [`compare`]
//! compares scores, [`picks`] holds a person's blind picks, [`person`] simulates a person, and
//! [`statistics`] and [`family`] provide the intervals. Models run only through [`crate::model`];
//! nothing here draws.

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

//! Evaluate once, then tune by eye. Both models complete a benchmark's tasks once, the completions
//! run against the tasks' tests, and everything is recorded as outcomes. After that, every policy
//! and threshold is a computation on the outcomes.
//!
//! [`dataset`] reads tasks ([`task`]); [`run`] asks the models, judges, tests (in the
//! [`crate::sandbox`]) and writes [`outcome`]s to a run file ([`mod@file`]). The rest is pure:
//! [`table`] holds the columns that policies look at and [`sweep`] tries all thresholds;
//! [`subject`], [`list`] and [`explore`] compute what the tune screen shows and [`export`] writes
//! as JSON. [`report`] computes what stakeholders read, [`fit`] chooses thresholds and [`compare`]
//! compares scores; all three take a [`material`] and options ([`asked`]), and measure with
//! [`measure`]. [`picks`] holds the user's blind picks, [`person`] simulates a user, [`plan`]
//! computes from recorded self-tests which chains are worth their cost, and [`statistics`] and
//! [`family`] provide the intervals. Models run only through [`crate::models`]; nothing here draws.

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

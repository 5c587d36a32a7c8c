//! Benchmarks as a user runs them: the datasets, the sandbox, `eval`, `report` and `tune`.

mod commands;
mod core;
mod execution;
// The benchmarks use the rest of it.
#[allow(dead_code)]
pub(crate) mod fixture;
mod picks;
mod report;
mod suite;
pub(crate) mod tune;

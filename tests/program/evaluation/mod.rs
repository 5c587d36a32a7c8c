//! Benchmarks as a person runs them: the datasets, the sandbox, `eval`, `report` and `tune`.

mod commands;
mod datasets;
mod execution;
mod report;
mod suite;
mod tune;

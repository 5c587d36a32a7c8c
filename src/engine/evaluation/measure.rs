//! What a strategy achieves and costs on the outcomes of some runs, with a setting per language.

use serde::Serialize;

use super::{
    material::Material,
    person::Person,
    statistics::{Estimate, SEED},
    sweep::{Latency, OperatingPoint, Strategy},
    table::{Part, Row},
};
use crate::language::Language;

/// What a strategy achieves and costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyResult {
    pub strategy: Strategy,
    /// The simulated person, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    pub outcomes: usize,
    /// Outcomes whose served completion is labelled.
    pub labelled: usize,
    /// Labelled outcomes whose served completion is right.
    pub right: usize,
    /// Share of the labelled that is right, 0 to 1, with its 95 % interval.
    pub pass_at_1: Option<Estimate>,
    /// Share whose served completion equals the expected content, ignoring surrounding whitespace,
    /// with its 95 % interval; `None` if that is unknown for all.
    pub exact_match: Option<Estimate>,
    pub escalated: usize,
    /// Share escalated, 0 to 1.
    pub escalation: f64,
    /// Time until the completion is served, in milliseconds.
    pub latency: Latency,
    /// Its mean relative to that of the large model alone; `None` if that took no time.
    pub latency_of_large: Option<f64>,
    /// Seconds that the models worked times their accelerators, summed.
    pub accelerator_s: f64,
}

/// What a strategy achieves, given a setting per language.
pub fn measure(
    material: &Material,
    part: Part,
    strategy: Strategy,
    setting: impl Fn(Option<Language>) -> OperatingPoint,
) -> PolicyResult {
    let tasks = material.tasks(part);
    measure_on(material, &tasks, strategy, setting)
}

/// The same for the rows with these indices.
pub fn measure_on(
    material: &Material,
    tasks: &[usize],
    strategy: Strategy,
    setting: impl Fn(Option<Language>) -> OperatingPoint,
) -> PolicyResult {
    let (rows, k) = (material.table().rows(), material.table().k());
    let row = |task: &usize| &rows[*task];
    let of = |row: &Row| setting(row.language);
    let right = |task: &usize| {
        let right = row(task).served_right(of(row(task)).keeps(row(task), k))?;
        Some((*task, f64::from(right)))
    };
    let right: Vec<(usize, f64)> = tasks.iter().filter_map(right).collect();
    let exact = |task: &usize| {
        let exact = row(task).served_exact(of(row(task)).keeps(row(task), k))?;
        Some((*task, f64::from(exact)))
    };
    let exact: Vec<(usize, f64)> = tasks.iter().filter_map(exact).collect();
    let escalated = tasks.iter().map(row).filter(|row| !of(row).keeps(row, k));
    let escalated = escalated.count();
    let latencies = tasks.iter().map(row).map(|row| of(row).latency_ms(row, k));
    let mut latencies: Vec<f64> = latencies.collect();
    let seconds = tasks
        .iter()
        .map(row)
        .map(|row| of(row).accelerator_s(row, k));
    PolicyResult {
        strategy,
        person: strategy.person(),
        outcomes: tasks.len(),
        labelled: right.len(),
        right: right.iter().filter(|(_, right)| *right > 0.0).count(),
        pass_at_1: material.families().share(&right, SEED),
        exact_match: material.families().share(&exact, SEED),
        escalated,
        escalation: escalated as f64 / tasks.len().max(1) as f64,
        latency: Latency::of(&mut latencies),
        latency_of_large: None,
        accelerator_s: seconds.sum(),
    }
}

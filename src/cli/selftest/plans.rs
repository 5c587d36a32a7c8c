//! `routelens selftest --plans`: the plans worth their cost, as a table or as JSON.

use std::path::Path;

use super::record::read;
use crate::{
    cli::{Exit, Failure, console::Console},
    evaluation::{
        fit::Split,
        plan::{PlanCost, PlanResults, PlanRow, Plans, plans},
        statistics::Estimate,
    },
    words::{
        number::{UNKNOWN, decimal, percent},
        table::{Align, Table},
    },
};

/// Words are left-aligned, numbers right-aligned.
const COLUMNS: [Align; 6] = [
    Align::Left,
    Align::Right,
    Align::Right,
    Align::Right,
    Align::Right,
    Align::Left,
];

/// Computes and prints the plans.
pub(super) fn run(path: &Path, seed: u64, cost: PlanCost, json: bool) -> Exit {
    let tasks = read(path)?;
    let split = Split {
        seed,
        ..Split::default()
    };
    let found = plans(&tasks, split, cost)
        .map_err(|problem| Failure::Usage(format!("{}: {problem}", path.display())))?;
    let mut console = Console::plain();
    match json {
        true => console.json(&found)?,
        false => console.print(&write(&found))?,
    }
    Ok(0)
}

/// The plans as text: the frontier, then the rest for comparison.
fn write(plans: &Plans) -> String {
    let unit = match plans.cost {
        PlanCost::Seconds => "seconds",
        PlanCost::AcceleratorSeconds => "accelerator-seconds",
    };
    let mut text = format!(
        "{} plans tried; these are the Pareto frontier of {unit} and accuracy on the fit tasks\n\n",
        plans.tried
    );
    for (index, model) in plans.models.iter().enumerate() {
        text.push_str(&format!("  {}  {model}\n", name(index)));
    }
    let sides = plans
        .rows
        .first()
        .map(|row| (row.fit.tasks, row.other.tasks));
    let (fit, other) = sides.unwrap_or_default();
    let mut table = Table::new(COLUMNS);
    let heads = ["chain", "k", "tests", "lines", "θ"].map(String::from);
    let sides = [
        format!("{fit} fit tasks"),
        format!("{other} held-out tasks"),
    ];
    table.row(heads.into_iter().chain(sides));
    let (best, others): (Vec<_>, Vec<_>) = plans.rows.iter().partition(|row| row.on_frontier);
    for row in best.iter().chain(&others) {
        table.row(cells(row, plans.cost));
    }
    text.push('\n');
    for (index, line) in table.lines().into_iter().enumerate() {
        if index == best.len() + 1 {
            text.push_str("for comparison:\n");
        }
        text.push_str(&format!("{line}\n"));
    }
    text
}

/// The cells of a plan: its chain, its numbers, and its results on each half of the tasks.
fn cells(row: &PlanRow, cost: PlanCost) -> [String; 7] {
    let plan = &row.plan;
    let chain: Vec<String> = plan.models.iter().map(|model| name(*model)).collect();
    let or_dash = |number: usize| match number {
        0 => UNKNOWN.to_owned(),
        number => number.to_string(),
    };
    let theta = plan
        .theta
        .map_or(UNKNOWN.to_owned(), |theta| format!("{theta:.1}"));
    [
        chain.join(" → "),
        plan.solutions.to_string(),
        or_dash(plan.tests),
        or_dash(plan.lines),
        theta,
        side(&row.fit, cost),
        side(&row.other, cost),
    ]
}

/// Accuracy with its interval, and the cost per task.
fn side(results: &PlanResults, cost: PlanCost) -> String {
    let cost = match cost {
        PlanCost::Seconds => results.seconds,
        PlanCost::AcceleratorSeconds => results.accelerator_seconds,
    };
    let accuracy = results.accuracy.map(|Estimate { value, low, high }| {
        let [low, high] = [low, high].map(|share| decimal(share * 100.0, 0));
        format!("{} ({low}–{high})", percent(value, 0))
    });
    let accuracy = accuracy.unwrap_or_else(|| UNKNOWN.to_owned());
    format!("{accuracy}  {cost:.2} s")
}

/// A to Z; no plan has more models.
fn name(model: usize) -> String {
    char::from(b'A' + u8::try_from(model % 26).unwrap_or(0)).to_string()
}

//! `routelens selftest --plans`: the plans worth their cost, as a table or as JSON.

use std::path::Path;

use super::record::read;
use crate::{
    cli::{Failure, Outcome, console::Console},
    evaluation::{fit::Split, statistics::Estimate},
    selftest::plan::{Cost, Plans, Results, Row, plans},
};

/// Computes and prints the plans.
pub(super) fn run(path: &Path, seed: u64, cost: Cost, json: bool) -> Outcome {
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
        Cost::Seconds => "seconds",
        Cost::AcceleratorSeconds => "accelerator-seconds",
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
    let chosen = format!("{fit} fit tasks");
    text.push_str(&format!(
        "\n{:<10}{:>4}{:>7}{:>7}{:>6}   {chosen:<26}{other} held-out tasks\n",
        "chain", "k", "tests", "lines", "θ",
    ));
    for row in plans.rows.iter().filter(|row| row.on_frontier) {
        text.push_str(&line(row, plans.cost));
    }
    let mut others = plans.rows.iter().filter(|row| !row.on_frontier).peekable();
    if others.peek().is_some() {
        text.push_str("for comparison:\n");
        others.for_each(|row| text.push_str(&line(row, plans.cost)));
    }
    text
}

fn line(row: &Row, cost: Cost) -> String {
    let plan = &row.plan;
    let chain: Vec<String> = plan.models.iter().map(|model| name(*model)).collect();
    let or_dash = |number: usize| match number {
        0 => "-".to_owned(),
        number => number.to_string(),
    };
    let theta = plan
        .theta
        .map_or("-".to_owned(), |theta| format!("{theta:.1}"));
    format!(
        "{:<10}{:>4}{:>7}{:>7}{:>6}   {:<26}{}\n",
        chain.join(" → "),
        plan.solutions,
        or_dash(plan.tests),
        or_dash(plan.lines),
        theta,
        side(&row.fit, cost),
        side(&row.other, cost),
    )
}

/// Accuracy with its interval, and the cost per task.
fn side(results: &Results, cost: Cost) -> String {
    let cost = match cost {
        Cost::Seconds => results.seconds,
        Cost::AcceleratorSeconds => results.accelerator_seconds,
    };
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let accuracy = results
        .accuracy
        .map_or("-".to_owned(), |Estimate { value, low, high }| {
            format!("{} % ({}–{})", percent(value), percent(low), percent(high))
        });
    format!("{accuracy}  {cost:.2} s")
}

/// A to Z; no plan has more models.
fn name(model: usize) -> String {
    char::from(b'A' + u8::try_from(model % 26).unwrap_or(0)).to_string()
}

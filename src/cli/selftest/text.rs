//! The result for a hole as text: each model's matrix of solutions against tests, and the returned
//! solution.

use unicode_width::UnicodeWidthStr;

use super::turns::{Solved, Times};
use crate::{
    routing::SelfTest,
    selftest::{Trial, letter},
    words::shown_text,
};

/// The width at which lines of solutions and tests are cut.
const WIDTH: usize = 100;

/// Everything, model by model.
pub(super) fn write(solved: &Solved) -> String {
    let mut text = String::new();
    for link in solved.links() {
        text.push_str(&heading(link.trial(), Times::of(link).seconds()));
        text.push_str(&matrix(link.trial()));
        text.push('\n');
    }
    if let Some(returned) = solved.returned() {
        let model = &solved.links()[returned.model].matrix().model;
        let why = match returned.reached {
            true => "its score reaches θ",
            false => "no score reaches θ; this is the last model's best",
        };
        text.push_str(&format!("returned: {model}'s solution ({why})\n\n"));
        text.push_str(&returned.text);
        if !returned.text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

fn heading(trial: &Trial, seconds: f64) -> String {
    let matrix = trial.matrix();
    let model = &matrix.model;
    let Some(result) = trial.result() else {
        return format!("{model}\n");
    };
    if let Some(why) = &result.why {
        return format!("{model}: not tested: {why}\n");
    }
    let SelfTest::Tried { score, theta } = result.self_test else {
        return format!("{model}\n");
    };
    let against = match score >= theta {
        true => "reaches",
        false => "is below",
    };
    format!(
        "{model}: {} distinct of {} solutions, {} tests; score {score:.2} {against} θ {theta:.2}; \
         {seconds:.1} s\n",
        matrix.solutions.len(),
        matrix.samples(),
        matrix.tests.len(),
    )
}

/// A line per solution, a column per test, and a legend below.
fn matrix(trial: &Trial) -> String {
    let matrix = trial.matrix();
    let mut text = String::new();
    if matrix.solutions.is_empty() {
        return text;
    }
    let best = trial.result().and_then(|result| result.best);
    let letters: Vec<String> = (0..matrix.solutions.len()).map(letter).collect();
    let numbers: Vec<String> = (1..=matrix.tests.len()).map(|n| n.to_string()).collect();
    if !numbers.is_empty() {
        text.push_str(&format!("             {}\n", numbers.join("  ")));
    }
    for (row, solution) in matrix.solutions.iter().enumerate() {
        let cells: Vec<String> = matrix.passed[row]
            .iter()
            .zip(&numbers)
            .map(|(cell, number)| {
                let mark = match cell {
                    Some(true) => "✓",
                    Some(false) => "✗",
                    None => "·",
                };
                format!("{mark:<width$}", width = number.len())
            })
            .collect();
        let mark = if Some(row) == best { "*" } else { " " };
        let (letter, count) = (&letters[row], solution.count);
        text.push_str(&format!(
            "  {mark} {letter:<3} ×{count:<3}  {}\n",
            cells.join("  ").trim_end()
        ));
    }
    text.push('\n');
    for (number, test) in numbers.iter().zip(&matrix.tests) {
        text.push_str(&listed(number, test));
    }
    for (letter, solution) in letters.iter().zip(&matrix.solutions) {
        text.push_str(&listed(letter, &solution.text));
    }
    text
}

/// A name and its text, with continuation lines indented.
fn listed(name: &str, text: &str) -> String {
    let mut lines = text.lines();
    let mut listed = format!(
        "  {name:<4} {}\n",
        shorten(lines.next().unwrap_or("(empty)"))
    );
    for line in lines {
        listed.push_str(&format!("       {}\n", shorten(line)));
    }
    listed
}

fn shorten(line: &str) -> String {
    let shown = shown_text(line);
    if shown.width() <= WIDTH {
        return shown.into_owned();
    }
    let mut kept: String = shown.chars().take(WIDTH - 1).collect();
    kept.push('…');
    kept
}

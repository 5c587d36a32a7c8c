//! How long exploring takes on a table of many outcomes: all thresholds of all policies, one move
//! of the slider, and a report's intervals.

mod screen;

#[path = "../program/evaluation/fixture.rs"]
#[allow(dead_code)] // The tests use the rest of it.
mod fixture;

use std::{hint::black_box, time::Instant};

use routelens::{
    evaluation::{
        explore, statistics,
        sweep::{self, OperatingPoint, Strategy},
        table::{Part, Table},
    },
    routing::{Escalation, Policy, Score},
};

use crate::figure::{Bound, Report, percentile};

const OUTCOMES: usize = 10_000;
const SWEEPS: usize = 20;
const MOVES: usize = 500;
/// As many means as a report has: policies by language and by kind.
const INTERVALS: usize = 30;
const VALUES: usize = 3_000;

pub fn measure(report: &mut Report) {
    let table = Table::of_run(&fixture::run(OUTCOMES, 1), 3);
    sweep_everything(report, &table);
    move_the_slider(report, &table);
    screen::measure(report);
    intervals(report);
}

/// Sorting the rows by each score and every curve of every policy.
fn sweep_everything(report: &mut Report, table: &Table) {
    let mut times = Vec::with_capacity(SWEEPS);
    let mut points = 0;
    for _ in 0..SWEEPS {
        let rows = table.rows().to_vec();
        let start = Instant::now();
        let table = Table::new(rows, table.k());
        points = 0;
        for score in Score::ALL {
            for strategy in Strategy::ALL {
                points += sweep::curve(&table, Part::default(), strategy, score).len();
            }
        }
        times.push(start.elapsed());
    }
    let name = format!(
        "all thresholds of all policies and scores, {OUTCOMES} outcomes, {points} points, median"
    );
    let median = percentile(&mut times, 50.0);
    report.figure(&name, median, "ms", Bound::AtMost(50.0));
}

/// What one key on the tune screen computes: everything shown, beside a pinned setting, and the
/// outcomes whose decision changed.
fn move_the_slider(report: &mut Report, table: &Table) {
    let score = Score::default();
    let (low, high) = score.range();
    let at = |step: usize| OperatingPoint {
        strategy: Strategy::Policy(Policy::Synconf),
        score,
        threshold: low + (high - low) * step as f32 / MOVES as f32,
        escalation: Escalation::Early,
    };
    let pinned = Some(at(MOVES / 2));
    let mut times = Vec::with_capacity(MOVES);
    for step in 1..=MOVES {
        let start = Instant::now();
        let shown = explore::shown(table, Part::default(), at(step), pinned);
        let changes = explore::changes(table, Part::default(), &at(step - 1), &at(step));
        times.push(start.elapsed());
        black_box((shown, changes));
    }
    let name = format!("one slider move, {OUTCOMES} outcomes, ");
    let (median, p99) = (percentile(&mut times, 50.0), percentile(&mut times, 99.0));
    report.figure(&(name.clone() + "median"), median, "ms", Bound::AtMost(2.0));
    report.figure(&(name + "99th percentile"), p99, "ms", Bound::None);
}

/// The intervals of a whole report.
fn intervals(report: &mut Report) {
    let values: Vec<(f64, f64)> = (0..VALUES)
        .map(|at| (f64::from(at % 3 == 0), 1.0))
        .collect();
    let start = Instant::now();
    for seed in 0..INTERVALS {
        black_box(statistics::bootstrap(&values, seed as u64));
    }
    let seconds = start.elapsed().as_secs_f64();
    let name = format!("{INTERVALS} bootstrap intervals of {VALUES} outcomes");
    report.figure(&name, seconds, "s", Bound::AtMost(1.0));
}

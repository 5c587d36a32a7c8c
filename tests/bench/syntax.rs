//! Figures of the syntax gate: completions known to be right, completions known to be wrong, and
//! the cost of one more token.

mod compilers;
pub mod data;
mod mutants;
mod speed;

use routelens::syntax::{Judge, TokenSyntax, VerdictState, verdict};

use self::data::Task;
use crate::figure::{Bound, Report};

pub fn measure(report: &mut Report) {
    match data::tasks() {
        Ok(tasks) => {
            ground_truth(report, &tasks);
            mutants::measure(report, &tasks);
        }
        Err(why) => report.skipped("completions of the benchmarks", &why),
    }
    speed::measure(report);
}

/// Every hole filled with its own solution must be valid, and never broken while it streams.
fn ground_truth(report: &mut Report, tasks: &[Task]) {
    let mut broken = 0;
    let mut streamed_broken = 0;
    for task in tasks {
        let verdict = verdict(&task.hole, &task.solution);
        if verdict.state == VerdictState::Broken {
            broken += 1;
            println!("  broken {}: {:?}", task.id, verdict.faults);
        }
        let mut judge = Judge::new(&task.hole);
        for piece in data::pieces(&task.solution, 4) {
            if judge.push(piece) == TokenSyntax::Broken {
                streamed_broken += 1;
                println!("  broken while streaming {}: at {piece:?}", task.id);
                break;
            }
        }
    }
    let all = tasks.len();
    let name = format!("ground truths judged broken, of {all}");
    report.figure(&name, broken as f64, "holes", Bound::AtMost(0.0));
    let name = format!("ground truths judged broken while streaming, of {all}");
    report.figure(&name, streamed_broken as f64, "holes", Bound::AtMost(0.0));
}

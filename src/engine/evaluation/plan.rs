//! Plans: which models form the chain, how many solutions, tests and lines, and which θ. Recorded
//! attempts allow every plan to be computed ([`RecordedTrial::matrix`]). So a whole grid is tried on
//! one half of the tasks, and the plans on the Pareto frontier of cost against accuracy are kept.
//! Their results on the other half, which played no part in choosing them, are shown as well.
//!
//! The paper chooses the number of solutions and tests per model; here a plan uses the same for all
//! its models, which keeps the grid small enough for the few tasks that users record.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    evaluation::{
        family::{Families, family},
        fit::Split,
        statistics::Estimate,
    },
    selftest::attempt::RecordedTrial,
};

/// Thresholds in the grid are multiples of 1 / this.
const THETAS: u32 = 10;
/// The most models in a chain; each further one doubles the grid.
pub const MOST_MODELS: usize = 4;

/// One task, as tried by every model of a chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedTask {
    pub id: String,
    pub attempts: Vec<RecordedTrial>,
}

/// How a hole is completed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChainPlan {
    /// The models of the chain, as indices.
    pub models: Vec<usize>,
    /// k.
    pub solutions: usize,
    /// Tests that each model writes; 0 with one solution, which is returned untested.
    pub tests: usize,
    /// Lines per test.
    pub lines: usize,
    /// θ; `None` if there is no next model to escalate to.
    pub theta: Option<f32>,
}

/// A plan's results on one half of the tasks, averaged per task.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PlanResults {
    pub tasks: usize,
    /// Share of tasks whose returned solution is right.
    pub accuracy: Option<Estimate>,
    /// Time of models and programs, run one after another.
    pub seconds: f64,
    /// Time of the models alone, times the accelerators each runs on.
    pub accelerator_seconds: f64,
    /// Share of tasks that reached a second model.
    pub went_on: f64,
}

/// A plan and its results.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanRow {
    #[serde(flatten)]
    pub plan: ChainPlan,
    /// On the half that chose the plan.
    pub fit: PlanResults,
    /// On the other half.
    pub other: PlanResults,
    /// Whether no plan is both cheaper and better on the half that chose. Rows off the frontier are
    /// each model's greedy solution, shown for comparison.
    pub on_frontier: bool,
}

/// The cost to minimize.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanCost {
    #[default]
    Seconds,
    AcceleratorSeconds,
}

/// The plans worth their cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plans {
    pub models: Vec<String>,
    pub cost: PlanCost,
    /// Number of plans tried.
    pub tried: usize,
    pub rows: Vec<PlanRow>,
}

/// One model's leg on one task, as computed.
#[derive(Clone, Copy)]
struct Leg {
    score: f32,
    right: bool,
    model_seconds: f64,
    run_seconds: f64,
}

/// How one task goes through a chain.
#[derive(Clone, Copy, Default)]
struct Way {
    right: bool,
    seconds: f64,
    accelerator_seconds: f64,
    went_on: bool,
}

/// Tries all plans on recorded tasks.
///
/// # Errors
/// There are too few tasks for two halves, or the tasks are not comparable; the error names the
/// task.
pub fn plans(tasks: &[RecordedTask], split: Split, cost: PlanCost) -> Result<Plans, String> {
    let models = models_of(tasks)?;
    let sides = sides(tasks, split)?;
    let grid = Grid::of(tasks);
    let families = Families::of(tasks.iter().map(|task| task.id.as_str()));
    let legs: Vec<Vec<Vec<Leg>>> = tasks.iter().map(|task| grid.legs(task)).collect();
    let all = grid.plans(models.len());
    let ways = |plan: &ChainPlan, side: &[usize]| -> Vec<Way> {
        let accelerators = |task: usize, model: usize| tasks[task].attempts[model].accelerators;
        let way = |task: &usize| {
            let leg = |model: usize| legs[*task][model][grid.index(plan)];
            follow(plan, leg, |model| accelerators(*task, model))
        };
        side.iter().map(way).collect()
    };
    let points: Vec<(f64, f64)> = all
        .iter()
        .map(|plan| point(&ways(plan, &sides[0]), cost))
        .collect();
    let frontier = frontier(&points);
    let row = |index: usize, on_frontier: bool| {
        let results = |side: &[usize]| results(&ways(&all[index], side), side, &families);
        PlanRow {
            plan: all[index].clone(),
            fit: results(&sides[0]),
            other: results(&sides[1]),
            on_frontier,
        }
    };
    let greedy = (0..all.len()).filter(|index| all[*index].tests == 0);
    let mut rows: Vec<PlanRow> = frontier.iter().map(|index| row(*index, true)).collect();
    rows.extend(
        greedy
            .filter(|index| !frontier.contains(index))
            .map(|index| row(index, false)),
    );
    Ok(Plans {
        models,
        cost,
        tried: all.len(),
        rows,
    })
}

/// The names of the models, which must be the same in every task.
fn models_of(tasks: &[RecordedTask]) -> Result<Vec<String>, String> {
    let names = |task: &RecordedTask| -> Vec<String> {
        let attempts = task.attempts.iter();
        attempts.map(|attempt| attempt.model.clone()).collect()
    };
    let first = tasks.first().ok_or("no recorded tasks")?;
    let models = names(first);
    for task in tasks {
        if names(task) != models || models.is_empty() {
            return Err(format!(
                "{}: this task was tried by different models than {}; plans need a turn of every \
                 model at every task",
                task.id, first.id
            ));
        }
        let unknown = |attempt: &RecordedTrial| {
            attempt.solutions.is_empty() || attempt.solutions.iter().any(|one| one.right.is_none())
        };
        if task.attempts.iter().any(unknown) {
            return Err(format!(
                "{}: not recorded with --tasks, so it is unknown which solutions are right",
                task.id
            ));
        }
    }
    match models.len() {
        0..=MOST_MODELS => Ok(models),
        more => Err(format!("{more} models are too many: at most {MOST_MODELS}")),
    }
}

/// The tasks to choose on and the others; cuts of one problem stay on one side.
fn sides(tasks: &[RecordedTask], split: Split) -> Result<[Vec<usize>; 2], String> {
    let problems: BTreeSet<&str> = tasks.iter().map(|task| family(&task.id)).collect();
    let mut problems: Vec<&str> = problems.into_iter().collect();
    if problems.len() < 2 {
        return Err(
            "plans need at least two problems: one to choose on, one to test on".to_owned(),
        );
    }
    fastrand::Rng::with_seed(split.seed).shuffle(&mut problems);
    let count = (problems.len() as f64 * split.share).round() as usize;
    let chosen = &problems[..count.clamp(1, problems.len() - 1)];
    let (fit, other) =
        (0..tasks.len()).partition(|task| chosen.contains(&family(&tasks[*task].id)));
    Ok([fit, other])
}

/// The largest legs that all tasks allow.
struct Grid {
    solutions: usize,
    tests: usize,
    lines: usize,
}

impl Grid {
    /// The largest turn recorded for all tasks.
    fn of(tasks: &[RecordedTask]) -> Self {
        let attempts = || tasks.iter().flat_map(|task| &task.attempts);
        let lines = attempts().flat_map(|attempt| &attempt.tests);
        Grid {
            solutions: attempts().map(|all| all.solutions.len()).max().unwrap_or(0),
            tests: attempts().map(|all| all.tests.len()).max().unwrap_or(0),
            lines: lines.map(|test| test.lines.len()).max().unwrap_or(0),
        }
    }

    /// Every leg of every model on one task, indexed by [`Grid::index`].
    fn legs(&self, task: &RecordedTask) -> Vec<Vec<Leg>> {
        let of_model = |attempt: &RecordedTrial| {
            let mut legs = vec![leg(attempt, 1, 0, 0)];
            for solutions in 1..=self.solutions {
                for tests in 1..=self.tests {
                    let lines = 1..=self.lines;
                    legs.extend(lines.map(|lines| leg(attempt, solutions, tests, lines)));
                }
            }
            legs
        };
        task.attempts.iter().map(of_model).collect()
    }

    /// The index of a plan's legs.
    fn index(&self, plan: &ChainPlan) -> usize {
        match plan.tests {
            0 => 0,
            tests => {
                1 + ((plan.solutions - 1) * self.tests + tests - 1) * self.lines + plan.lines - 1
            }
        }
    }

    /// All plans for this many models: the greedy solution of a single model; and for every chain,
    /// every number of solutions, tests and lines and, if there is a next model, every θ.
    fn plans(&self, models: usize) -> Vec<ChainPlan> {
        let mut plans = Vec::new();
        for chain in 1_usize..1 << models {
            let chain: Vec<usize> = (0..models)
                .filter(|model| chain >> model & 1 == 1)
                .collect();
            let plan = |solutions, tests, lines, theta| ChainPlan {
                models: chain.clone(),
                solutions,
                tests,
                lines,
                theta,
            };
            if chain.len() == 1 {
                plans.push(plan(1, 0, 0, None));
            }
            for solutions in 1..=self.solutions {
                for tests in 1..=self.tests {
                    for lines in 1..=self.lines {
                        let plan = |theta| plan(solutions, tests, lines, theta);
                        match chain.len() {
                            1 => plans.push(plan(None)),
                            _ => plans.extend(
                                (1..=THETAS).map(|step| plan(Some(step as f32 / THETAS as f32))),
                            ),
                        }
                    }
                }
            }
        }
        plans
    }
}

/// Computes a smaller leg.
fn leg(attempt: &RecordedTrial, solutions: usize, tests: usize, lines: usize) -> Leg {
    let matrix = attempt.matrix(solutions, tests, lines);
    let best = matrix
        .best()
        .map(|best| matrix.solutions[best].text.as_str());
    let returned = attempt
        .solutions
        .iter()
        .find(|solution| Some(solution.text.as_str()) == best);
    let solving = attempt.solutions.iter().take(solutions).map(|one| one.ms);
    let writing = attempt.tests.iter().take(tests).map(|test| test.ms);
    let runs = matrix.solutions.len() * matrix.tests.len();
    Leg {
        score: matrix.score(),
        right: returned.and_then(|solution| solution.right) == Some(true),
        model_seconds: solving.chain(writing).sum::<f64>() / 1000.0,
        run_seconds: runs as f64 * attempt.run_ms / 1000.0,
    }
}

/// Follows a plan through a task, given the result of each model's leg.
fn follow(
    plan: &ChainPlan,
    leg: impl Fn(usize) -> Leg,
    accelerators: impl Fn(usize) -> f64,
) -> Way {
    let mut way = Way::default();
    for (place, model) in plan.models.iter().enumerate() {
        let leg = leg(*model);
        way.went_on = place > 0;
        way.right = leg.right;
        way.seconds += leg.model_seconds + leg.run_seconds;
        way.accelerator_seconds += leg.model_seconds * accelerators(*model);
        if plan.theta.is_none_or(|theta| leg.score >= theta) {
            break;
        }
    }
    way
}

/// Mean cost and share of right results.
fn point(ways: &[Way], cost: PlanCost) -> (f64, f64) {
    let cost_of = |way: &Way| match cost {
        PlanCost::Seconds => way.seconds,
        PlanCost::AcceleratorSeconds => way.accelerator_seconds,
    };
    let right = ways.iter().filter(|way| way.right).count() as f64;
    let count = ways.len().max(1) as f64;
    (ways.iter().map(cost_of).sum::<f64>() / count, right / count)
}

/// The Pareto frontier, cheapest first: each point is better than all cheaper ones.
fn frontier(points: &[(f64, f64)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|a, b| {
        let ((cost_a, value_a), (cost_b, value_b)) = (points[*a], points[*b]);
        cost_a.total_cmp(&cost_b).then(value_b.total_cmp(&value_a))
    });
    let mut best = f64::NEG_INFINITY;
    order.retain(|index| {
        let better = points[*index].1 > best;
        best = best.max(points[*index].1);
        better
    });
    order
}

fn results(ways: &[Way], side: &[usize], families: &Families) -> PlanResults {
    let right = |way: &Way| f64::from(u8::from(way.right));
    let values: Vec<(usize, f64)> = side.iter().copied().zip(ways.iter().map(right)).collect();
    let went_on = ways.iter().filter(|way| way.went_on).count();
    PlanResults {
        tasks: side.len(),
        accuracy: families.share(&values, 1),
        seconds: point(ways, PlanCost::Seconds).0,
        accelerator_seconds: point(ways, PlanCost::AcceleratorSeconds).0,
        went_on: went_on as f64 / ways.len().max(1) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selftest::attempt::{Sampled, WrittenTest};

    /// A model whose one solution is right or wrong, and whose one test holds or fails.
    fn attempt(model: &str, right: bool, holds: bool, ms: f64) -> RecordedTrial {
        RecordedTrial {
            model: model.to_owned(),
            solutions: vec![Sampled {
                text: "return 1".to_owned(),
                ms,
                right: Some(right),
            }],
            tests: vec![WrittenTest {
                lines: vec!["assert f()".to_owned()],
                ms,
            }],
            held: vec![vec![usize::from(holds)]],
            run_ms: 0.0,
            accelerators: 1.0,
            why: None,
        }
    }

    /// The small model is right in three of four tasks and its test detects that; the large one is
    /// always right.
    fn tasks() -> Vec<RecordedTask> {
        let right = |number: usize| !number.is_multiple_of(4);
        let task = |number: usize| RecordedTask {
            id: format!("t{number}"),
            attempts: vec![
                attempt("small", right(number), right(number), 100.0),
                attempt("large", true, true, 1000.0),
            ],
        };
        (0..40).map(task).collect()
    }

    #[test]
    fn a_chain_that_knows_when_it_is_right_lies_on_the_frontier_between_its_models() {
        let plans = plans(&tasks(), Split::default(), PlanCost::Seconds).expect("plans");
        let frontier: Vec<&PlanRow> = plans.rows.iter().filter(|row| row.on_frontier).collect();
        let [small, chain] = frontier[..] else {
            panic!("{frontier:?}");
        };
        assert_eq!((&small.plan.models[..], small.plan.tests), (&[0][..], 0));
        assert_eq!(chain.plan.models, [0, 1]);
        let accuracy =
            |row: &PlanRow| [row.fit, row.other].map(|side| side.accuracy.expect("tasks").value);
        assert!(accuracy(small).iter().all(|value| *value < 1.0));
        assert_eq!(accuracy(chain), [1.0, 1.0]);
        // Every task took the small model's solution and test; escalated ones also the large
        // model's.
        assert!((chain.fit.seconds - 0.2 - 2.0 * chain.fit.went_on).abs() < 1e-9);
        // The large model's greedy solution costs more and is no better: shown for comparison.
        let large = plans.rows.last().expect("rows");
        assert_eq!(
            (&large.plan.models[..], large.on_frontier),
            (&[1][..], false)
        );
    }

    #[test]
    fn what_cannot_be_compared_is_refused_by_name() {
        let refused =
            |tasks: &[RecordedTask]| plans(tasks, Split::default(), PlanCost::Seconds).unwrap_err();
        assert!(refused(&[]).contains("no recorded tasks"));
        assert!(refused(&tasks()[..1]).contains("two problems"));
        let mut other = tasks();
        other[3].attempts.pop();
        assert!(refused(&other).starts_with("t3: "));
        let mut unknown = tasks();
        unknown[5].attempts[0].solutions[0].right = None;
        assert!(refused(&unknown).starts_with("t5: not recorded"));
    }
}

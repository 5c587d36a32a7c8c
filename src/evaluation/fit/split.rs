//! Two sides of the outcomes: one to fit on, one to try on.

use serde::Serialize;

use crate::evaluation::{material::Material, table::Part};

/// How outcomes are split. Within each language its problems are shuffled and a share of them goes
/// to the side that is fitted on, so that the cuts of one problem never stand on both sides (see
/// [`crate::evaluation::family`]) and every language has both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Split {
    /// Share of the problems that is fitted on, above 0 and below 1.
    pub share: f64,
    /// The same seed gives the same sides.
    pub seed: u64,
}

impl Default for Split {
    fn default() -> Self {
        Split {
            share: 0.5,
            seed: 1,
        }
    }
}

impl std::fmt::Display for Split {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of the problems, seed {}", self.share, self.seed)
    }
}

/// Rows by index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sides {
    pub fit: Vec<usize>,
    pub other: Vec<usize>,
}

impl Split {
    /// The two sides of a part, which is mostly a language's.
    pub fn sides(&self, material: &Material, part: Part) -> Sides {
        let families = material.families();
        let tasks = material.tasks(part);
        let mut problems: Vec<usize> = tasks.iter().map(|task| families.index(*task)).collect();
        // By name, so that the order of the run's outcomes, which threads decide, does not matter.
        problems.sort_by_key(|problem| &families.names()[*problem]);
        problems.dedup();
        fastrand::Rng::with_seed(self.seed).shuffle(&mut problems);
        let count = (problems.len() as f64 * self.share).round() as usize;
        let chosen = &problems[..count.min(problems.len())];
        let (fit, other) = tasks
            .into_iter()
            .partition(|task| chosen.contains(&families.index(*task)));
        Sides { fit, other }
    }
}

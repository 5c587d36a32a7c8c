//! Splits the outcomes in two: one side to fit on, one to test on.

use serde::Serialize;

use crate::evaluation::{material::Material, table::Part};

/// How outcomes are split. Within each language the problems are shuffled and a share of them goes
/// to the fitting side. So the cuts of one problem are never on both sides (see
/// [`crate::evaluation::family`]), and both sides have every language.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Split {
    /// Share of the problems to fit on, above 0 and below 1.
    pub share: f64,
    /// The same seed gives the same split.
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

/// The two sides, as row indices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sides {
    pub fit: Vec<usize>,
    pub other: Vec<usize>,
}

impl Split {
    /// Splits a part, usually one language.
    pub fn sides(&self, material: &Material, part: Part) -> Sides {
        let families = material.families();
        let tasks = material.tasks(part);
        let mut problems: Vec<usize> = tasks.iter().map(|task| families.index(*task)).collect();
        // Sorted by name, because threads make the order of outcomes in a run arbitrary.
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

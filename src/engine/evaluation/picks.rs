//! Blind comparisons: which of two anonymous completions the user picked, stored beside the run,
//! and those picks as labels.
//!
//! The file is append-only: a later line about a task replaces an earlier one. The screen that
//! collects picks is not here.

mod file;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::file::{beside, keep, read};
use super::{
    outcome::{Outcome, RecordedRun},
    statistics::{Estimate, wilson},
    table::{Row, Table},
};
use crate::{
    meter::Side,
    words::number::{decimal, percent},
};

/// The user's choice between two completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pick {
    Small,
    Large,
    /// Both are equally good.
    Tie,
}

impl From<Side> for Pick {
    fn from(side: Side) -> Self {
        match side {
            Side::Small => Pick::Small,
            Side::Large => Pick::Large,
        }
    }
}

/// A stored pick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPick {
    /// The task's id.
    pub id: String,
    /// `None` withdraws an earlier pick.
    pub pick: Option<Pick>,
    /// The model whose completion was shown on the left, or on top.
    pub left: Side,
    /// Identifies the two completions, by [`digest`]; if the texts change, the pick no longer
    /// applies.
    pub texts: String,
}

/// All picks, by task id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picks {
    entries: BTreeMap<String, KeptPick>,
    /// Notices about the file, such as a truncated last line, for display.
    pub notices: Vec<String>,
}

impl Picks {
    /// Adds a pick, replacing an earlier one for the same task.
    pub fn add(&mut self, entry: KeptPick) {
        match entry.pick {
            Some(_) => self.entries.insert(entry.id.clone(), entry),
            None => self.entries.remove(&entry.id),
        };
    }

    /// The pick between an outcome's two completions.
    pub fn of(&self, outcome: &Outcome) -> Option<Pick> {
        let entry = self.entries.get(&outcome.id)?;
        entry.pick.filter(|_| entry.texts == digest(outcome))
    }

    /// Counts the picks on a run's outcomes.
    pub fn counts(&self, run: &RecordedRun) -> Counts {
        let mut counts = Counts::default();
        for pick in run.outcomes.iter().filter_map(|outcome| self.of(outcome)) {
            match pick {
                Pick::Small => counts.small += 1,
                Pick::Large => counts.large += 1,
                Pick::Tie => counts.ties += 1,
            }
        }
        counts
    }
}

/// How often each choice was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    pub small: usize,
    pub large: usize,
    pub ties: usize,
}

impl Counts {
    /// How many comparisons were made.
    pub fn compared(&self) -> usize {
        self.small + self.large + self.ties
    }

    /// The share that prefers the large model, ties aside, with Wilson's 95 % interval; `None` if
    /// all were ties.
    pub fn prefers_large(&self) -> Option<Estimate> {
        wilson(self.large, self.small + self.large)
    }

    /// The counts, the share and its interval, in a sentence.
    pub fn told(&self) -> String {
        let comparisons = match self.compared() {
            0 => return "no comparisons yet".to_owned(),
            1 => "1 comparison".to_owned(),
            count => format!("{count} comparisons"),
        };
        let ties = match self.ties {
            1 => "1 tie".to_owned(),
            ties => format!("{ties} ties"),
        };
        let counts = format!(
            "{comparisons}: small {}, large {}, {ties}",
            self.small, self.large
        );
        match self.prefers_large() {
            Some(share) => format!(
                "{counts}; ties aside, {} prefer the large model (95 % interval \
                 {} to {})",
                percent(share.value, 0),
                decimal(100.0 * share.low, 0),
                percent(share.high, 0)
            ),
            None => counts,
        }
    }

    /// The same, abbreviated.
    pub fn briefly(&self) -> String {
        let Counts { small, large, ties } = self;
        let counts = format!("small {small} · large {large} · ties {ties}");
        match self.prefers_large() {
            Some(share) => format!(
                "{counts} · large preferred {} ({}–{})",
                percent(share.value, 0),
                decimal(100.0 * share.low, 0),
                decimal(100.0 * share.high, 0)
            ),
            None => counts,
        }
    }
}

/// Labels the rows of a run, one per outcome, by the picks: the picked side is right and the other
/// wrong; in a tie both are right; outcomes that were not compared stay unlabelled.
pub fn apply(rows: &mut [Row], run: &RecordedRun, picks: &Picks) {
    for (row, outcome) in rows.iter_mut().zip(&run.outcomes) {
        (row.small_right, row.large_right) = labels(picks.of(outcome));
    }
}

/// A run's table, labelled by picks.
pub fn table(run: &RecordedRun, picks: &Picks, k: usize) -> Table {
    let mut rows = Table::of_run(run, k).rows().to_vec();
    apply(&mut rows, run, picks);
    Table::new(rows, k)
}

/// Whether the small and the large completion count as right.
fn labels(pick: Option<Pick>) -> (Option<bool>, Option<bool>) {
    match pick {
        Some(Pick::Small) => (Some(true), Some(false)),
        Some(Pick::Large) => (Some(false), Some(true)),
        Some(Pick::Tie) => (Some(true), Some(true)),
        None => (None, None),
    }
}

/// Identifies an outcome's two completions: the first digits of a SHA-256.
pub fn digest(outcome: &Outcome) -> String {
    let mut hash = Sha256::new();
    for attempt in [&outcome.small, &outcome.large] {
        let text = &attempt.completion.text;
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    let digits = hash.finalize();
    digits[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

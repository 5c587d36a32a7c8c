//! The list of outcomes: which are listed, and which is chosen.

use std::collections::BTreeSet;

use strum::{EnumCount, IntoStaticStr, VariantArray};

use super::subject::Subject;
use crate::{
    evaluation::{
        explore::{self, ChangedDecision},
        sweep::OperatingPoint,
        table::Part,
    },
    routing::Flip,
    words::names::array,
};

/// Which outcomes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Filter {
    /// Those whose decision the latest movement changed.
    #[default]
    #[strum(serialize = "changed sides")]
    Changed,
    /// Those decided differently than at the pinned setting.
    #[strum(serialize = "changed since the pin")]
    SincePin,
    All,
    /// Kept although the small completion is wrong.
    #[strum(serialize = "kept wrongly")]
    KeptWrongly,
    /// Escalated although the small completion is right.
    #[strum(serialize = "escalated wrongly")]
    EscalatedWrongly,
    Marked,
}

impl Filter {
    pub const ALL: [Filter; Filter::COUNT] = array(Filter::VARIANTS);

    /// The name on screen and in exports.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// One outcome in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Index of its row.
    pub row: usize,
    /// Whether the small completion is kept now.
    pub keeps: bool,
    /// How its decision changed.
    pub turn: Option<Flip>,
}

/// The data for the list.
pub struct Basis<'a> {
    pub subject: &'a Subject,
    pub part: Part,
    pub setting: &'a OperatingPoint,
    /// The setting before the latest movement.
    pub before: &'a OperatingPoint,
    pub pinned: Option<&'a OperatingPoint>,
}

/// The listed outcomes.
#[derive(Debug, Clone, Default)]
pub struct List {
    pub filter: Filter,
    /// The search text, as typed.
    pub query: String,
    /// In the order of the outcomes.
    pub rows: Vec<Listed>,
    /// Index into `rows`.
    pub chosen: usize,
    /// Rows that the user marked.
    pub marked: BTreeSet<usize>,
    /// How many decisions changed, listed or not: to keep, and to escalate.
    pub turned: (usize, usize),
}

impl List {
    /// The chosen outcome.
    pub fn chosen(&self) -> Option<&Listed> {
        self.rows.get(self.chosen)
    }

    /// Moves the choice, within the list.
    pub fn choose(&mut self, steps: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(steps).min(last);
    }

    /// Marks or unmarks an outcome; returns whether it is marked now.
    pub fn mark(&mut self, row: usize) -> bool {
        let new = !self.marked.remove(&row);
        if new {
            self.marked.insert(row);
        }
        new
    }

    /// Rebuilds the list. The same outcome stays chosen if it is still listed.
    pub fn rebuild(&mut self, basis: &Basis) {
        let chosen = self.chosen().map(|listed| listed.row);
        let before = match self.filter {
            Filter::SincePin => basis.pinned.unwrap_or(basis.setting),
            _ => basis.before,
        };
        let table = &basis.subject.table;
        let changes = explore::changes(table, basis.part, before, basis.setting);
        let up = changes.iter().filter(|change| change.to_keep).count();
        self.turned = (up, changes.len() - up);
        let needle = self.query.trim().to_lowercase();
        let found = |row: usize| needle.is_empty() || basis.subject.cases[row].matches(&needle);
        self.rows = match self.filter {
            Filter::Changed | Filter::SincePin => {
                let listed = changes.iter().map(turned);
                listed.filter(|listed| found(listed.row)).collect()
            }
            _ => self.filtered(basis, &changes, found),
        };
        let same = chosen.and_then(|row| self.rows.iter().position(|listed| listed.row == row));
        self.chosen = same.unwrap_or(self.chosen);
        self.choose(0);
    }

    fn filtered(
        &self,
        basis: &Basis,
        changes: &[ChangedDecision],
        found: impl Fn(usize) -> bool,
    ) -> Vec<Listed> {
        let k = basis.subject.table.k();
        let mut changes = changes.iter().peekable();
        let mut rows = Vec::new();
        for (index, row) in basis.subject.table.rows_in(basis.part) {
            let change = changes.next_if(|change| change.row == index);
            if !found(index) {
                continue;
            }
            let keeps = basis.setting.keeps(row, k);
            let wanted = match self.filter {
                Filter::KeptWrongly => keeps && row.small_right == Some(false),
                Filter::EscalatedWrongly => !keeps && row.small_right == Some(true),
                Filter::Marked => self.marked.contains(&index),
                _ => true,
            };
            if wanted {
                let turn = change.and_then(|change| turned(change).turn);
                rows.push(Listed {
                    row: index,
                    keeps,
                    turn,
                });
            }
        }
        rows
    }
}

fn turned(change: &ChangedDecision) -> Listed {
    Listed {
        row: change.row,
        keeps: change.to_keep,
        turn: Some(match change.to_keep {
            true => Flip::ToKeep,
            false => Flip::ToEscalate,
        }),
    }
}
